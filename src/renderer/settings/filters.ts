/** The search's filters as chips: which stand in it, how one goes in or out. The words of the search stay as typed. Pure. */
import { parseSettingsQuery } from '../../contract/settings-search.ts';
import type { SettingView } from '../../contract/settings.ts';

const parts = (search: string): string[] => search.split(/\s+/u).filter((part) => part !== '');

/** The filters that count, as they are written; what is half typed is none. */
export const filtersIn = (search: string): string[] =>
  parts(search).filter((part) => {
    const { flags, filters } = parseSettingsQuery(part);
    return flags.length + filters.length > 0;
  });

export const withoutFilter = (search: string, filter: string): string =>
  parts(search)
    .filter((part) => part !== filter)
    .join(' ');

export const withFilter = (search: string, filter: string): string =>
  parts(search).includes(filter) ? search : [filter, ...parts(search)].join(' ');

export type FilterGroup = { id: 'flags' | 'source' | 'changed' | 'type' | 'category' | 'user'; filters: string[] };

const flags = ['@modified', '@secret', '@invalid', '@restart', '@critical'];
const most = 8;

const distinct = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((one): one is string => one !== null && one !== '' && !/\s/u.test(one))),
];

/** What can be asked of these settings: only filters that find something, and the flags. */
export const filterGroups = (settings: readonly SettingView[]): FilterGroup[] => {
  const group = (id: Exclude<FilterGroup['id'], 'flags'>, values: readonly (string | null)[]): FilterGroup => ({
    id,
    filters: distinct(values)
      .slice(0, most)
      .map((value) => `@${id}:${value.toLowerCase()}`),
  });
  return [
    { id: 'flags', filters: flags },
    group('changed', ['1d', '7d', '30d']),
    group(
      'source',
      settings.map(({ source }) => source),
    ),
    group(
      'type',
      settings.map(({ kind }) => kind),
    ),
    group(
      'category',
      settings.map(({ category }) => category),
    ),
    group(
      'user',
      settings.map(({ changedBy }) => changedBy),
    ),
  ];
};

/** Those that do not stand in the search already. */
export const unusedFilters = (groups: readonly FilterGroup[], search: string): FilterGroup[] => {
  const used = new Set(filtersIn(search));
  return groups
    .map(({ id, filters }) => ({ id, filters: filters.filter((one) => !used.has(one)) }))
    .filter(({ filters }) => filters.length > 0);
};
