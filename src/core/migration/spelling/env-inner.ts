/** `.env` text for values that are no text: words for true and false, numbers, lists with commas, JSON. */
import { jsonEqual, type JsonValue } from '../../../contract/json.ts';
import type { EnvInner } from './form.ts';
import { formOfJson, spellJson } from './json-spelling.ts';

/** What applications write for true and false, the usual pair first. */
const wordPairs: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['1', '0'],
  ['yes', 'no'],
  ['on', 'off'],
  ['y', 'n'],
  ['t', 'f'],
  ['enabled', 'disabled'],
];

const inLetters = (word: string, letters: 'lower' | 'upper' | 'title'): string =>
  letters === 'upper'
    ? word.toUpperCase()
    : letters === 'title'
      ? `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
      : word;

const booleanForm = (text: string): { form: EnvInner; value: boolean } | null => {
  for (const [words, pair] of wordPairs.entries()) {
    for (const letters of ['lower', 'title', 'upper'] as const) {
      const i = pair.findIndex((word) => inLetters(word, letters) === text);
      if (i !== -1) return { form: { t: 'boolean', words, letters }, value: i === 0 };
    }
  }
  return null;
};

const blanksAround = (piece: string): [string, string] => {
  const trimmed = piece.trim();
  const start = trimmed === '' ? piece.length : piece.indexOf(trimmed);
  return [piece.slice(0, start), piece.slice(start + trimmed.length)];
};

const commasForm = (text: string): EnvInner => {
  const blanks = text.split(',').map(blanksAround);
  const [first, second] = blanks;
  const last = blanks.length - 1;
  const before = second?.[0] ?? '';
  const after = last > 0 ? (first?.[1] ?? '') : '';
  const marks = blanks.flatMap(([left, right], i): [number, string, string][] => {
    const usualLeft = i === 0 ? left : before;
    const usualRight = i === last ? right : after;
    return left === usualLeft && right === usualRight ? [] : [[i, left, right]];
  });
  return {
    t: 'commas',
    open: first?.[0] ?? '',
    close: blanks[last]?.[1] ?? '',
    before,
    after,
    ...(marks.length === 0 ? {} : { marks }),
  };
};

const listOf = (text: string): string[] => (text.trim() === '' ? [] : text.split(',').map((piece) => piece.trim()));

/** The value that a text stands for when the catalog declares this type; undefined when it stands for none. */
export const readInner = (
  type: 'boolean' | 'integer' | 'number' | 'list',
  text: string,
): Exclude<JsonValue, null> | undefined => {
  if (type === 'boolean') return booleanForm(text)?.value;
  if (type === 'list') return listOf(text);
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/u.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) && (type === 'number' || Number.isSafeInteger(value)) ? value : undefined;
};

/** How `text` stands for a value that is no text; null when none of these ways gives that text back. */
export const innerForm = (text: string, value: JsonValue): EnvInner | null => {
  if (typeof value === 'boolean') {
    const found = booleanForm(text);
    return found?.value === value ? found.form : null;
  }
  if (Array.isArray(value) && jsonEqual(value, listOf(text))) return commasForm(text);
  const form = formOfJson(text);
  return form === null ? null : { t: 'json', form };
};

const spellCommas = (form: Extract<EnvInner, { t: 'commas' }>, items: readonly JsonValue[]): string | null => {
  if (items.length === 0) return form.open;
  const marks = new Map((form.marks ?? []).map(([i, left, right]) => [i, [left, right] as const]));
  const text = items
    .map((item, i) => {
      const [left, right] = marks.get(i) ?? [
        i === 0 ? form.open : form.before,
        i === items.length - 1 ? form.close : form.after,
      ];
      return `${left}${typeof item === 'string' ? item : JSON.stringify(item)}${right}`;
    })
    .join(',');
  return jsonEqual([...items], listOf(text)) ? text : null;
};

/** Null when the reader would not get this value back. */
export const spellInner = (form: EnvInner | undefined, value: JsonValue): string | null => {
  if (typeof value === 'string') return value;
  if (value === null) return null;
  if (typeof value === 'boolean') {
    const [words, letters] = form?.t === 'boolean' ? [form.words, form.letters] : [0, 'lower' as const];
    return inLetters((wordPairs[words] ?? ['true', 'false'])[value ? 0 : 1], letters);
  }
  if (Array.isArray(value) && form?.t !== 'json')
    return spellCommas(
      form?.t === 'commas' ? form : { t: 'commas', open: '', close: '', before: '', after: '' },
      value,
    );
  return spellJson(form?.t === 'json' ? form.form : undefined, value);
};
