/**
 * What is wrong with a secret's value, decided where the value is; only the verdict leaves. Nothing here keeps or prints
 * a value.
 */
import type { JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';

export type Verdict = 'empty' | 'placeholder' | 'weak' | null;

const isEmpty = (value: JsonValue): boolean =>
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0);

/** What people leave where a secret belongs: as a whole, or as a word of it. */
const placeholderWhole =
  /^(?:x{3,}|\*{3,}|\.{3,}|-{2,}|none|null|undefined|nil|n\/?a|todo|tbd|fixme|secret|password|passwd|token|api[-_ ]?key|key|test|example|dummy|sample|default|changeme|change[-_ ]?me|foo|bar|foobar|12345+6*7*8*9*0*|abc123)$/iu;
const placeholderPart =
  /(?:^|[^a-z])(?:your|my|insert|enter|put|replace|fill)[-_ ]?(?:\w+[-_ ])*(?:key|token|secret|password|here|value|this|me)(?:$|[^a-z])|change[-_ ]?me|placeholder|example\.(?:com|org)\/(?:token|key)|^<[^>]+>$|^\{\{.*\}\}$|^\$\{.*\}$|^%\w+%$/iu;

const classesOf = (text: string): number =>
  [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u].filter((one) => one.test(text)).length;

/** The length at which a text of few kinds of character counts as strong enough against guessing. */
const leastLength = (classes: number): number => (classes >= 3 ? 10 : classes === 2 ? 12 : 20);

/** The same short piece over and over, or a run such as `abcdefgh`. */
const isMonotonous = (text: string): boolean => {
  if (/^(.{1,4})\1+$/su.test(text)) return true;
  const codes = [...text].map((letter) => letter.codePointAt(0) ?? 0);
  return codes.length > 3 && codes.every((code, i) => i === 0 || code === (codes[i - 1] ?? 0) + 1);
};

/** The part of an address that is secret: `postgresql://user:password@host`. Without one, the whole text. */
const secretPart = (text: string): string => {
  const match = /^[a-z][a-z\d+.-]*:\/\/[^/@\s:]*:(?<password>[^/@\s]+)@/iu.exec(text);
  return match?.groups?.['password'] ?? text;
};

export const judge = (value: JsonValue): Verdict => {
  if (isEmpty(value)) return 'empty';
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = secretPart(String(value).trim());
  if (placeholderWhole.test(text) || placeholderPart.test(text)) return 'placeholder';
  return text.length < leastLength(classesOf(text)) || isMonotonous(text) ? 'weak' : null;
};
