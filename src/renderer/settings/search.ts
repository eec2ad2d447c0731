/**
 * Which settings a search shows. Every word must be in title, key, description, category or value; `@modified`,
 * `@secret`, `@restart`, `@critical` and `@source:file` narrow by mark. A secret's value is never here to be found.
 */
import type { SettingView } from '../../contract/settings.ts';

export type Search = { words: string[]; marks: string[] };

export const parseSearch = (text: string): Search => {
  const parts = text
    .toLowerCase()
    .split(/\s+/u)
    .filter((part) => part !== '');
  return { words: parts.filter((part) => !part.startsWith('@')), marks: parts.filter((part) => part.startsWith('@')) };
};

/** True while a mark is being typed or unknown: it hides nothing. */
const fitsMark = (setting: SettingView, mark: string): boolean => {
  if (mark.startsWith('@source:')) return setting.source.startsWith(mark.slice('@source:'.length));
  switch (mark) {
    case '@modified':
      return setting.modified;
    case '@secret':
      return setting.secret;
    case '@restart':
      return setting.restart;
    case '@critical':
      return setting.critical;
    default:
      return true;
  }
};

const textOf = (setting: SettingView): string =>
  [
    setting.title,
    setting.key,
    setting.description,
    setting.category,
    setting.secret ? '' : typeof setting.value === 'string' ? setting.value : JSON.stringify(setting.value),
  ]
    .join('\n')
    .toLowerCase();

export const matches = (setting: SettingView, search: Search): boolean => {
  if (!search.marks.every((mark) => fitsMark(setting, mark))) return false;
  if (search.words.length === 0) return true;
  const text = textOf(setting);
  return search.words.every((word) => text.includes(word));
};

/** Cuts a text where the words are found: `[text, isHit]` pieces in order, for highlighting. */
export const highlight = (text: string, words: readonly string[]): [string, boolean][] => {
  if (words.length === 0 || text === '') return [[text, false]];
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'));
  return text
    .split(new RegExp(`(${escaped.join('|')})`, 'giu'))
    .map((piece, index): [string, boolean] => [piece, index % 2 === 1])
    .filter(([piece]) => piece !== '');
};
