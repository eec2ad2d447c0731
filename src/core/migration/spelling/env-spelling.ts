/**
 * How `.env` values are written: quotes, line breaks, words. What it writes is read again with our own scanner, which
 * reads what `dotenv` reads; a value that no quoting can hold is said to be so, never bent.
 */
import type { JsonValue } from '../../../contract/json.ts';
import { scanEnv } from '../readers/env-reader.ts';
import { innerForm, spellInner } from './env-inner.ts';
import type { EnvForm, LineBreak } from './form.ts';

type Quote = EnvForm['quote'];

const quotes: readonly Quote[] = ['"', "'", '`'];

const quoteOf = (text: string): Quote => quotes.find((one) => text.startsWith(one)) ?? '';

const breakTexts: Record<LineBreak, string> = { escaped: '\\n', lf: '\n', crlf: '\r\n', cr: '\r' };

/** dotenv undoes `\n` and `\r` where the text begins with a double quote, and nowhere else. */
const hasEscapes = (text: string): boolean => text.startsWith('"');

const breaksOf = (inner: string, escapes: boolean): LineBreak[] =>
  [...inner.matchAll(escapes ? /\\n|\\r|\r\n|\n|\r/gu : /\r\n|\n|\r/gu)].flatMap(([one]): LineBreak[] => {
    if (one === '\\r') return [];
    return [one === '\\n' ? 'escaped' : one === '\n' ? 'lf' : one === '\r' ? 'cr' : 'crlf'];
  });

const write = (form: EnvForm, quote: Quote, text: string): string => {
  const escapes = quote === '"' || (quote === '' && hasEscapes(text));
  const marks = new Map(form.marks ?? []);
  let count = -1;
  const inner = text.replace(escapes ? /[\n\r]/gu : /\n/gu, (char) => {
    if (char === '\r') return '\\r';
    count += 1;
    const way = marks.get(count) ?? form.breaks ?? (escapes ? 'escaped' : 'lf');
    return breakTexts[way === 'escaped' && !escapes ? 'lf' : way];
  });
  return `${quote}${inner}${quote}`;
};

/** What the application would read; undefined when the text would not stay one value. */
export const readEnvValue = (written: string): string | undefined => {
  const { bindings, ignored } = scanEnv(`K=${written}\nNEXT=1\n`);
  return bindings.length === 2 && ignored.length === 0 && bindings[0]?.key === 'K' ? bindings[0].value : undefined;
};

/** `written` is what stands after `KEY=`; null when the value cannot be written back exactly. */
export const formOfEnv = (written: string, value: JsonValue): EnvForm | null => {
  const text = readEnvValue(written);
  if (text === undefined) return null;
  const inner = typeof value === 'string' ? undefined : innerForm(text, value);
  if (inner === null || (typeof value === 'string' && value !== text)) return null;
  const own = quoteOf(written);
  const closed = own !== '' && written.length > 1 && written.endsWith(own);
  // The same text may be a quoted value or a bare one that begins with a quote: what gives it back counts.
  for (const quote of closed ? [own, '' as const] : ['' as const]) {
    const body = quote === '' ? written : written.slice(1, -1);
    const breaks = breaksOf(body, hasEscapes(written));
    const usual = breaks[0];
    const marks = breaks.flatMap((one, i): [number, LineBreak][] => (one === usual ? [] : [[i, one]]));
    const form: EnvForm = {
      t: 'env',
      quote,
      ...(quote === '' && own !== '' ? { odd: true as const } : {}),
      ...(usual === undefined ? {} : { breaks: usual }),
      ...(marks.length === 0 ? {} : { marks }),
      ...(inner === undefined ? {} : { inner }),
    };
    if (spellEnv(form, value) === written) return form;
  }
  return null;
};

/** Bare text must not depend on what stands around it. */
const mayStandBare = (form: EnvForm, text: string): boolean =>
  form.odd === true || (!/^['"`]/u.test(text) && !/[#\n\r]/u.test(text) && text.trim() === text);

/** In the form's manner where that can hold the value, else in the first quotes that can; null when none can. */
export const spellEnv = (form: EnvForm | null, value: JsonValue): string | null => {
  const own: EnvForm = form ?? { t: 'env', quote: '' };
  const text = spellInner(own.inner, value);
  if (text === null) return null;
  for (const quote of new Set<Quote>([own.quote, ...quotes])) {
    if (quote === '' && !mayStandBare(own, text)) continue;
    const written = write(own, quote, text);
    if (readEnvValue(written) === text) return written;
  }
  return null;
};

/** One value of a `.env` text: where what stands after `KEY=` begins and ends. */
export type EnvSpan = { key: string; value: string; line: number; start: number; end: number };

/** In the order of the file. `text` without a byte order mark. */
export const envSpans = (text: string): EnvSpan[] => {
  const lines = lineStarts(text);
  return scanEnv(text).bindings.map(({ key, value, raw, line, column }) => {
    const begin = (lines[line - 1] ?? 0) + column - 1;
    const mark =
      begin + (/^[\w.-]+(?:\s*=|:\s)/u.exec(text.slice(begin, begin + key.length + 256))?.[0].length ?? key.length);
    const end = Math.max(mark, begin + raw.length);
    // Nothing but blanks: an empty value stands right after the sign, and the blanks belong to the line.
    const blanks = /^\s*/u.exec(text.slice(mark, end))?.[0].length ?? 0;
    return mark + blanks === end
      ? { key, value, line, start: mark, end: mark }
      : { key, value, line, start: mark + blanks, end };
  });
};

const lineStarts = (text: string): number[] => {
  const starts = [0];
  for (const found of text.matchAll(/\r\n|\n|\r/gu)) starts.push(found.index + found[0].length);
  return starts;
};
