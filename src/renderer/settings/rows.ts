/** The settings list as rows: what the category and the search leave, under headings where several categories show. Pure. */
import type { Output } from '../../contract/commands.ts';
import { parseSettingsQuery, searchSettings } from '../../contract/settings-search.ts';
import type { SettingView } from '../../contract/settings.ts';

export type Row =
  { kind: 'heading'; id: string; title: string; count: number } | { kind: 'setting'; setting: SettingView };
type Categories = Output<'settings.list'>['categories'];

export type Filtered = { rows: Row[]; found: number; perCategory: { readonly [category: string]: number } };

export type Edited = {
  /** Keys edited since the search changed: their rows stay, whatever they are now. */
  keep?: ReadonlySet<string>;
  /** Keys whose value, stored or staged, cannot be saved. */
  invalid?: ReadonlySet<string>;
  /** ISO time; ages such as `@changed:7d` count back from it. */
  now?: string;
};

const nothing: ReadonlySet<string> = new Set();

/** Rows keep the order of the list, so that the eye finds them again: the search only leaves out. */
export const filterSettings = (
  settings: readonly SettingView[],
  categories: Categories,
  search: string,
  category: string,
  { keep = nothing, invalid = nothing, now = new Date().toISOString() }: Edited = {},
): Filtered => {
  const context = { now, isInvalid: ({ key }: SettingView) => invalid.has(key) };
  const found = new Set(searchSettings(settings, parseSettingsQuery(search), context).map(({ key }) => key));
  const fitting = settings.filter(({ key }) => keep.has(key) || found.has(key));
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
