/** The list of pages with their counts. */
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { formatRoute } from '../route.ts';
import { isNotSetUp, useStatus } from '../status.ts';
import { cx } from '../ui/cx.ts';
import css from './navigation.module.css';
import { pages } from './pages.ts';

export const Navigation = ({ current }: { current: string }): ReactNode => {
  const { status } = useStatus();
  const shown = pages.filter((page) => !isNotSetUp(status) || page.withoutStore);
  return (
    <nav aria-label={messages.frame.navigation} className={css['nav']}>
      {shown.map((page, index) => {
        const Icon = page.icon;
        return (
          <a
            key={page.id}
            href={formatRoute(page.id)}
            className={cx(css['item'], index > 0 && shown[index - 1]?.group !== page.group && css['group'])}
            aria-current={page.id === current ? 'page' : undefined}
            title={page.label}
          >
            <Icon aria-hidden />
            <span className={css['label']}>{page.label}</span>
            {page.count === undefined ? null : (
              <span className={css['count']} aria-hidden>
                {count(page.count(status))}
              </span>
            )}
          </a>
        );
      })}
    </nav>
  );
};
