/**
 * The settings search, one for the screens and the terminal: words and filters such as `@modified` or `@source:file`.
 * Words are looked for in title, key, synonyms, category, description and value (never a secret's). A word that is in no
 * setting as it stands is taken for mistyped. Pure.
 */
import { Type, type Static } from './command.ts';
import type { SettingView } from './settings.ts';
import { slips } from './typos.ts';

const flags = ['modified', 'secret', 'invalid', 'restart', 'critical'] as const;
const valued = ['source', 'type', 'category', 'changed', 'user'] as const;
type Flag = (typeof flags)[number];
type Valued = (typeof valued)[number];

export const SettingsQuery = Type.Object({
  /** In lower case. */
  words: Type.Array(Type.String()),
  flags: Type.Array(Type.Unsafe<Flag>({ type: 'string', enum: [...flags] })),
  /** Several values of one filter: any of them. */
  filters: Type.Array(
    Type.Object({ name: Type.Unsafe<Valued>({ type: 'string', enum: [...valued] }), value: Type.String() }),
  ),
  /** What begins with `@` and is no filter, or not yet: it hides nothing. */
  ignored: Type.Array(Type.String()),
});
export type SettingsQuery = Static<typeof SettingsQuery>;

const spans: { [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The earliest change that counts, in milliseconds: an age such as `7d`, or a date. Null when it is neither. */
const changedSince = (value: string, nowMs: number): number | null => {
  const age = /^(\d{1,6})([smhdw])$/u.exec(value);
  if (age !== null) return nowMs - Number(age[1]) * (spans[age[2] ?? ''] ?? 0);
  const at = /^\d{4}-\d{2}-\d{2}/u.test(value) ? Date.parse(value.toUpperCase()) : Number.NaN;
  return Number.isNaN(at) ? null : at;
};

const isOne = <T extends string>(names: readonly T[], name: string): name is T => names.some((one) => one === name);

export const parseSettingsQuery = (text: string): SettingsQuery => {
  const query: SettingsQuery = { words: [], flags: [], filters: [], ignored: [] };
  for (const part of text.toLowerCase().split(/\s+/u)) {
    const [, name = '', value = ''] = /^@([^:]*)(?::(.*))?$/u.exec(part) ?? [];
    if (part === '') continue;
    if (!part.startsWith('@')) query.words.push(part);
    else if (isOne(flags, name) && !part.includes(':')) query.flags.push(name);
    else if (isOne(valued, name) && value !== '' && (name !== 'changed' || changedSince(value, 0) !== null))
      query.filters.push({ name, value });
    else query.ignored.push(part);
  }
  return query;
};

export type SearchContext = {
  /** ISO time: ages are counted back from it. */
  now: string;
  isInvalid: (setting: SettingView) => boolean;
};

const flagTests: { [name in Flag]: (setting: SettingView, context: SearchContext) => boolean } = {
  modified: (setting) => setting.modified,
  secret: (setting) => setting.secret,
  restart: (setting) => setting.restart,
  critical: (setting) => setting.critical,
  invalid: (setting, { isInvalid }) => isInvalid(setting),
};

const filterTests: { [name in Valued]: (setting: SettingView, value: string, nowMs: number) => boolean } = {
  // `@source:env` is the file `.env`.
  source: ({ source, file }, value) => source.startsWith(value) || file?.toLowerCase().includes(value) === true,
  type: (setting, value) => setting.type.startsWith(value) || setting.kind.startsWith(value),
  category: (setting, value) => setting.category.toLowerCase().startsWith(value),
  user: (setting, value) => setting.changedBy?.toLowerCase().startsWith(value) === true,
  changed: (setting, value, nowMs) => {
    const since = changedSince(value, nowMs);
    return since !== null && setting.changedAt !== null && Date.parse(setting.changedAt) >= since;
  },
};

/** Whether a setting fits flags and filters; null where there are none. */
const filterOf = (query: SettingsQuery, context: SearchContext): ((setting: SettingView) => boolean) | null => {
  if (query.flags.length === 0 && query.filters.length === 0) return null;
  const nowMs = Date.parse(context.now);
  return (setting) =>
    query.flags.every((flag) => flagTests[flag](setting, context)) &&
    query.filters.every(({ name }) =>
      query.filters.some((one) => one.name === name && filterTests[name](setting, one.value, nowMs)),
    );
};

type Texts = {
  setting: SettingView;
  /** Everything that words are looked for in. */
  all: string;
  title: string;
  key: string;
  synonyms: string[];
  rest: string;
  /** The words of title, key and synonyms; split when a word is mistyped. */
  names: string[] | null;
};

const valueText = ({ secret, value }: SettingView): string =>
  secret || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** The same views are searched again with every key that is pressed. */
const known = new WeakMap<SettingView, Texts>();
const textsOf = (setting: SettingView): Texts => {
  const texts = known.get(setting) ?? makeTexts(setting);
  known.set(setting, texts);
  return texts;
};

const makeTexts = (setting: SettingView): Texts => {
  const title = setting.title.toLowerCase();
  const key = setting.key.toLowerCase();
  const synonyms = (setting.synonyms ?? []).map((one) => one.toLowerCase());
  const rest = `${setting.category}\n${setting.description}\n${valueText(setting)}`.toLowerCase();
  return { setting, all: [title, key, ...synonyms, rest].join('\n'), title, key, synonyms, rest, names: null };
};

const beginsWord = (text: string, word: string): boolean => {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return true;
  return false;
};

/** How well a word fits as it stands; 0 when it does not. */
const literal = ({ key, title, synonyms, rest }: Texts, word: string): number => {
  if (key === word) return 100;
  if (title === word || synonyms.includes(word)) return 90;
  if (key.endsWith(`.${word}`)) return 80;
  if (title.startsWith(word)) return 70;
  if (title.includes(word)) return beginsWord(title, word) ? 60 : 40;
  if (key.includes(word)) return beginsWord(key, word) ? 50 : 35;
  if (synonyms.some((one) => one.includes(word))) return 30;
  return rest.includes(word) ? 10 : 0;
};

/** Short words have too many neighbours to be guessed. */
const slipsFor = (word: string): number => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

const namesOf = (texts: Texts): string[] =>
  (texts.names ??= [texts.title, texts.key, ...texts.synonyms]
    .join(' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((name) => name.length >= 3));

/** How well a word fits when it is taken for mistyped: against each word of title, key and synonyms, every one once. */
const createMistyped = (): ((texts: Texts, word: string) => number) => {
  const scores = new Map<string, number>();
  const scoreOf = (name: string, word: string, limit: number): number => {
    const whole = slips(word, name, limit);
    // It may still be in the midst of being typed.
    const begun = name.length > word.length ? slips(word, name.slice(0, word.length), limit) : whole;
    return limit + 1 - Math.min(whole, begun);
  };
  return (texts, word) => {
    const limit = slipsFor(word);
    if (limit === 0) return 0;
    let best = 0;
    for (const name of namesOf(texts)) {
      let score = scores.get(name);
      if (score === undefined) {
        score = scoreOf(name, word, limit);
        scores.set(name, score);
      }
      if (score > best) best = score;
    }
    return best;
  };
};

type WordTest = {
  word: string;
  score: (texts: Texts, word: string) => number;
  fits: (texts: Texts, word: string) => boolean;
};

const holds = ({ all }: Texts, word: string): boolean => all.includes(word);

/** A word that some setting has is not mistyped: guesses would only hide what was meant. */
const testOf = (texts: readonly Texts[], word: string): WordTest => {
  if (texts.some((one) => holds(one, word))) return { word, score: literal, fits: holds };
  const score = createMistyped();
  return { word, score, fits: (one) => score(one, word) > 0 };
};

const search = (
  settings: readonly SettingView[],
  query: SettingsQuery,
  context: SearchContext,
): { found: Texts[]; tests: WordTest[] } => {
  const passes = filterOf(query, context);
  const texts = settings.map(textsOf);
  const tests = query.words.map((word) => testOf(texts, word));
  const found = texts.filter(
    (one) => tests.every(({ word, fits }) => fits(one, word)) && passes?.(one.setting) !== false,
  );
  return { found, tests };
};

/** The settings that fit, in the order of the list. */
export const fittingSettings = (
  settings: readonly SettingView[],
  query: SettingsQuery,
  context: SearchContext,
): SettingView[] => search(settings, query, context).found.map(({ setting }) => setting);

/** The settings that fit, best first; those that fit equally well keep their order. */
export const searchSettings = (
  settings: readonly SettingView[],
  query: SettingsQuery,
  context: SearchContext,
): SettingView[] => {
  const { found, tests } = search(settings, query, context);
  return found
    .map((one) => ({ one, score: tests.reduce((sum, { word, score }) => sum + score(one, word), 0) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ one }) => one.setting);
};
