/** The categories at the side: how many settings, how many of them modified. Links, so that the address says which. */
import { memo, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { formatRoute } from '../route.ts';
import { Badge } from '../ui/badge.tsx';
import css from './category-list.module.css';
import { entryAt } from './staging.ts';

type Category = Output<'settings.list'>['categories'][number];
type Props = {
  categories: readonly Category[];
  current: string;
  search: string;
  /** How many fit the search, by category. */
  found: { readonly [category: string]: number };
  all: number;
};

const say = messages.settings;

export const CategoryList = memo(({ categories, current, search, found, all }: Props): ReactNode => {
  const entries = [
    { id: '', title: say.all, count: all, modified: categories.reduce((sum, one) => sum + one.modified, 0) },
    ...categories,
  ];
  const total = Object.values(found).reduce((sum, n) => sum + n, 0);
  return (
    <nav aria-label={say.categories} className={css['list']}>
      {entries.map((entry) => {
        const shown = search === '' ? entry.count : entry.id === '' ? total : (entryAt(found, entry.id) ?? 0);
        return (
          <a
            key={entry.id}
            className={css['item']}
            href={formatRoute('settings', { q: search, category: entry.id })}
            aria-current={entry.id === current ? 'true' : undefined}
            data-none={shown === 0 ? '' : undefined}
          >
            <span className={css['title']}>{entry.title}</span>
            {entry.modified === 0 || search !== '' ? null : (
              <Badge tone="accent" title={say.modifiedCount(entry.modified)}>
                {count(entry.modified)}
                <span className="visually-hidden">{say.badges.modified}</span>
              </Badge>
            )}
            <span className={css['count']}>{count(shown)}</span>
          </a>
        );
      })}
    </nav>
  );
});
