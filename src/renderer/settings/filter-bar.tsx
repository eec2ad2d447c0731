/** Under the search: its filters as chips that can be taken out, and a menu of those that can be put in. */
import { ListFilter, X } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { replaceQuery } from '../use-route.ts';
import css from './filter-bar.module.css';
import { filterGroups, filtersIn, unusedFilters, withFilter, withoutFilter } from './filters.ts';

const say = messages.settings.filters;

type Props = { settings: readonly SettingView[]; search: string; children?: ReactNode };

export const FilterBar = ({ settings, search, children }: Props): ReactNode => {
  const groups = useMemo(() => filterGroups(settings), [settings]);
  const entries = unusedFilters(groups, search).flatMap(({ id, filters }): MenuEntry[] => [
    { id, heading: say.groups[id] },
    ...filters.map((filter) => ({
      id: filter,
      label: <span className="mono">{filter}</span>,
      onSelect: () => replaceQuery({ q: withFilter(search, filter) }),
    })),
  ]);
  return (
    <div className={css['bar']}>
      <Menu entries={entries} trigger={<Button small />}>
        <ListFilter aria-hidden />
        {say.add}
      </Menu>
      <ul className={css['chips']} aria-label={say.label}>
        {filtersIn(search).map((filter) => (
          <li key={filter} className={css['chip']}>
            <span>{filter}</span>
            <button
              type="button"
              aria-label={say.remove(filter)}
              title={say.remove(filter)}
              onClick={() => replaceQuery({ q: withoutFilter(search, filter) })}
            >
              <X aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <span className={css['more']}>{children}</span>
    </div>
  );
};
