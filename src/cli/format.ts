/**
 * Words and tables for people: sizes, times, values, aligned columns. Pure functions of their arguments; they never
 * print, and they never let a value's own control characters reach a terminal.
 */
import type { JsonValue } from '../contract/json.ts';

const count = new Intl.NumberFormat('en-US');

export const formatCount = (n: number, one: string, many = `${one}s`): string =>
  `${count.format(n)} ${n === 1 ? one : many}`;

/** 1024-based: `812 B`, `12 KB`, `3.4 MB`. */
export const formatSize = (bytes: number): string => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const shown = unit === 0 || size >= 10 ? String(Math.round(size)) : size.toFixed(1);
  return `${shown} ${units[unit] ?? ''}`;
};

const two = (n: number): string => String(n).padStart(2, '0');
const dayOf = (at: Date): string => `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
const minuteOf = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}`;

/** Local time to the second: `2026-11-20 09:14:07`. */
export const formatTime = (iso: string): string => {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? printable(iso) : `${dayOf(at)} ${minuteOf(at)}:${two(at.getSeconds())}`;
};

/** Local time as people say it: `today 09:14`, `yesterday 18:02`, `2026-11-02 18:02`. */
export const formatWhen = (iso: string, now: string): string => {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return printable(iso);
  const today = new Date(now);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (dayOf(at) === dayOf(today)) return `today ${minuteOf(at)}`;
  if (dayOf(at) === dayOf(yesterday)) return `yesterday ${minuteOf(at)}`;
  return `${dayOf(at)} ${minuteOf(at)}`;
};

// C0, DEL, C1, and the characters that reorder or hide text.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** The text on one line with every control character spelled out. */
export const printable = (text: string): string =>
  text.replace(unsafe, (char) =>
    char === '\n'
      ? '\\n'
      : char === '\t'
        ? '\\t'
        : char === '\r'
          ? '\\r'
          : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A value in a table cell. Secrets are words, never masks. */
export const formatValue = (value: JsonValue, secret = false, set: boolean | undefined = undefined): string => {
  if (secret && value === null) return set === false ? 'secret, not set' : 'secret, set';
  if (typeof value === 'string') return value === '' ? '""' : printable(value);
  return printable(JSON.stringify(value));
};

/** One side of a change: nothing stood there before a create or stands there after a delete. */
export const formatSide = (
  side: 'old' | 'new',
  change: {
    action: string;
    old: JsonValue;
    new: JsonValue;
    secret: boolean;
    set?: boolean;
    same?: boolean;
    fallback?: JsonValue;
  },
): string => {
  if (side === 'old' && change.action === 'create') return '-';
  if (side === 'new' && change.action === 'delete')
    return change.fallback === undefined ? '-' : `${formatValue(change.fallback)} (default)`;
  if (!change.secret || change[side] !== null) return formatValue(change[side]);
  if (side === 'old') return 'secret';
  return change.same === true
    ? 'secret, same as before'
    : change.action === 'create'
      ? 'secret, set'
      : 'secret, changed';
};

export type Column = {
  title: string;
  align?: 'left' | 'right';
  /** What gives when the terminal is too narrow: first `cut` with `…`, then `wrap` onto more lines, `key` only in the end. */
  narrow?: 'cut' | 'wrap' | 'key';
};

const lengthOf = (text: string): number => [...text].length;

const cut = (text: string, width: number): string =>
  lengthOf(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`;

/** Breaks at blanks, else after one of `./:,]_`, else anywhere; no line is longer than `width`. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let rest = [...text];
  while (rest.length > width) {
    const head = rest.slice(0, width + 1);
    const blank = head.lastIndexOf(' ');
    const soft = Math.max(...[...'./:,]_'].map((char) => head.slice(0, width).lastIndexOf(char))) + 1;
    const end = blank > width / 3 ? blank : soft > width / 3 ? soft : width;
    lines.push(rest.slice(0, end).join('').trimEnd());
    rest = rest.slice(end);
    while (rest[0] === ' ') rest.shift();
  }
  if (rest.length > 0 || lines.length === 0) lines.push(rest.join(''));
  return lines;
};

const gap = '  ';
/** Who gives way, in this order, down to how many columns. */
const yielding: readonly { narrow: readonly Column['narrow'][]; least: number }[] = [
  { narrow: ['cut'], least: 16 },
  { narrow: ['wrap'], least: 16 },
  { narrow: ['cut', 'wrap', 'key'], least: 8 },
];

const shrink = (columns: readonly Column[], natural: readonly number[], width: number): number[] => {
  const widths = [...natural];
  const total = (): number => widths.reduce((sum, one) => sum + one, 0) + gap.length * (widths.length - 1);
  for (const { narrow, least } of yielding) {
    const givers = widths
      .map((_, i) => i)
      .filter((i) => narrow.includes(columns[i]?.narrow) && columns[i]?.narrow !== undefined);
    while (total() > width) {
      const widest = givers.reduce((best, i) => ((widths[i] ?? 0) > (widths[best] ?? 0) ? i : best), givers[0] ?? -1);
      if ((widths[widest] ?? 0) <= least) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  }
  return widths;
};

const layLine = (cells: readonly string[], columns: readonly Column[], widths: readonly number[]): string =>
  cells
    .map((cell, i) => {
      const fill = ' '.repeat(Math.max(0, (widths[i] ?? 0) - lengthOf(cell)));
      return columns[i]?.align === 'right' ? fill + cell : cell + fill;
    })
    .join(gap)
    .trimEnd();

/**
 * Aligned columns under a heading, no lines longer than `width` where the columns allow it (`Infinity`: one line per
 * row, for pipes). `heading` paints the first line. No rows: no lines.
 */
export const table = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  heading: (text: string) => string = (text) => text,
): string[] => {
  if (rows.length === 0) return [];
  const titles = columns.map((column) => column.title);
  // Folded, not spread: a plan may have more rows than a call takes arguments.
  const natural = columns.map((_, i) =>
    rows.reduce((widest, row) => Math.max(widest, lengthOf(row[i] ?? '')), lengthOf(titles[i] ?? '')),
  );
  // In a pipe nothing is cut, but one huge value must not pad every other line to its size.
  const endless = width === Infinity;
  const widths = endless ? natural.map((one) => Math.min(one, 200)) : shrink(columns, natural, width);
  const lines = [heading(layLine(titles, columns, widths))];
  for (const row of rows) {
    const cells = columns.map((column, i) => {
      const cell = row[i] ?? '';
      const room = endless ? Infinity : (widths[i] ?? 0);
      return column.narrow === 'cut' ? [cut(cell, room)] : column.narrow === undefined ? [cell] : wrap(cell, room);
    });
    const height = Math.max(...cells.map((cell) => cell.length));
    for (let line = 0; line < height; line += 1)
      lines.push(
        layLine(
          cells.map((cell) => cell[line] ?? ''),
          columns,
          widths,
        ),
      );
  }
  return lines;
};

/** `name   value` lines; a long value goes on under itself. Rows with a null value are left out. */
export const facts = (rows: readonly (readonly [string, string | null])[], width: number): string[] => {
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== null);
  const left = Math.max(0, ...shown.map(([name]) => lengthOf(name)));
  return shown.flatMap(([name, value]) =>
    wrap(value, Math.max(20, width - left - gap.length)).map((line, i) =>
      `${(i === 0 ? name : '').padEnd(left)}${gap}${line}`.trimEnd(),
    ),
  );
};

/** A paragraph, wrapped, each line after the first under the text of the first. */
export const paragraph = (text: string, width: number, indent = ''): string[] =>
  wrap(text, Math.max(20, width - indent.length)).map((line, i) => (i === 0 ? line : indent + line));
