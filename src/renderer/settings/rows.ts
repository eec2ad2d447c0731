/** The settings list as rows: what the category and the search leave, under headings where several categories show. Pure. */
import type { Output } from '../../contract/commands.ts';
import type { SettingView } from '../../contract/settings.ts';
import { matches, parseSearch } from './search.ts';

export type Row =
  { kind: 'heading'; id: string; title: string; count: number } | { kind: 'setting'; setting: SettingView };
type Categories = Output<'settings.list'>['categories'];

export type Filtered = { rows: Row[]; found: number; perCategory: { readonly [category: string]: number } };

/** `keep` holds keys edited since the search changed: their rows stay, whatever they are now. */
export const filterSettings = (
  settings: readonly SettingView[],
  categories: Categories,
  search: string,
  category: string,
  keep: ReadonlySet<string> = new Set(),
): Filtered => {
  const parsed = parseSearch(search);
  const fitting = settings.filter((setting) => keep.has(setting.key) || matches(setting, parsed));
  const perCategory: { [id: string]: number } = {};
  for (const setting of fitting) perCategory[setting.category] = (perCategory[setting.category] ?? 0) + 1;
  const shown = category === '' ? fitting : fitting.filter((setting) => setting.category === category);
  const rows: Row[] = [];
  for (const { id, title } of withOthers(categories, shown)) {
    const members = shown.filter((setting) => setting.category === id);
    if (members.length === 0) continue;
    if (category === '') rows.push({ kind: 'heading', id, title, count: members.length });
    rows.push(...members.map((setting): Row => ({ kind: 'setting', setting })));
  }
  return { rows, found: shown.length, perCategory };
};

const withOthers = (categories: Categories, settings: readonly SettingView[]): { id: string; title: string }[] => {
  const known = new Set(categories.map(({ id }) => id));
  const rest = [...new Set(settings.map((setting) => setting.category))].filter((id) => !known.has(id));
  return [...categories, ...rest.map((id) => ({ id, title: id }))];
};
