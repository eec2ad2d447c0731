/** The settings list as rows: what the category and the search leave, under headings where several categories show. Pure. */
import type { Output } from '../../contract/commands.ts';
import { fittingSettings, parseSettingsQuery } from '../../contract/settings-search.ts';
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
  const fitting = fittingSettings(settings, parseSettingsQuery(search), context);
  const found = new Set(keep.size === 0 ? [] : fitting);
  const left = keep.size === 0 ? fitting : settings.filter((one) => found.has(one) || keep.has(one.key));
  const groups = new Map<string, SettingView[]>();
  for (const setting of left) {
    const group = groups.get(setting.category);
    if (group === undefined) groups.set(setting.category, [setting]);
    else group.push(setting);
  }
  const rows: Row[] = [];
  let shown = 0;
  for (const { id, title } of withOthers(categories, groups)) {
    const members = groups.get(id) ?? [];
    if (members.length === 0 || (category !== '' && category !== id)) continue;
    if (category === '') rows.push({ kind: 'heading', id, title, count: members.length });
    for (const setting of members) rows.push({ kind: 'setting', setting });
    shown += members.length;
  }
  const perCategory = Object.fromEntries([...groups].map(([id, members]) => [id, members.length]));
  return { rows, found: shown, perCategory };
};

const withOthers = (categories: Categories, groups: ReadonlyMap<string, unknown>): { id: string; title: string }[] => {
  const known = new Set(categories.map(({ id }) => id));
  const rest = [...groups.keys()].filter((id) => !known.has(id));
  return [...categories, ...rest.map((id) => ({ id, title: id }))];
};
