/**
 * Reads one `.env` file the way the `dotenv` package does, but with the place and exact text of every line. The two are
 * compared on the same bytes at run time: where they disagree the file counts as unreadable. It expands nothing.
 */
import dotenv from 'dotenv';
import { segmentsToKey } from '../../../contract/setting-key.ts';
import { differences } from './env-differences.ts';
import { keyProblem } from './exactness.ts';
import { createLocator, decodeText, type Position } from './text.ts';
import type { Leaf, ReadFile } from './types.ts';

/** One `KEY=value` that dotenv reads. `value` as dotenv gives it, `raw` from the key to the end of the value. */
export type Binding = Position & { key: string; value: string; written: string; raw: string };
/** A line that dotenv passes over although it is neither blank nor a comment. */
export type IgnoredLine = Position & { raw: string };

export type EnvScan = { bindings: Binding[]; ignored: IgnoredLine[] };

// dotenv 18's grammar of a line, with names and places: key, then `=` or `: `, then a value in one of three quotes or bare.
const binding =
  /^\s*(?:export\s+)?(?<key>[\w.-]+)(?<mark>\s*=\s*?|:\s+?)(?<value>\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/dgm;

const unquote = (written: string): string => {
  const inner = written.replace(/^(['"`])([\s\S]*)\1$/gm, '$2');
  return written.startsWith('"') ? inner.replace(/\\n/g, '\n').replace(/\\r/g, '\r') : inner;
};

/** Offsets of the normalised text back to the file's: each `\r\n` became one character. */
const createOriginalOffset = (text: string): ((offset: number) => number) => {
  const removed: number[] = [];
  for (let i = text.indexOf('\r\n'); i !== -1; i = text.indexOf('\r\n', i + 2)) removed.push(i - removed.length);
  return (offset) => {
    let low = 0;
    let high = removed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((removed[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return offset + low;
  };
};

/** The whole file, in order. `text` without a byte order mark. */
export const scanEnv = (text: string): EnvScan => {
  const normal = text.replace(/\r\n?/g, '\n');
  const toOriginal = createOriginalOffset(text);
  const locate = createLocator(normal);
  const scan: EnvScan = { bindings: [], ignored: [] };
  const passOver = (from: number, to: number): void => {
    for (const line of normal.slice(from, to).matchAll(/[^\n]+/g)) {
      if (/^\s*(?:#.*)?$/.test(line[0])) continue;
      const start = from + line.index;
      scan.ignored.push({ raw: text.slice(toOriginal(start), toOriginal(start + line[0].length)), ...locate(start) });
    }
  };
  let done = 0;
  binding.lastIndex = 0;
  for (let match = binding.exec(normal); match !== null; match = binding.exec(normal)) {
    const places = match.indices?.groups;
    const [start] = places?.['key'] ?? [match.index];
    const [, end] = places?.['value'] ?? places?.['mark'] ?? [0, start];
    const written = (match.groups?.['value'] ?? '').trim();
    passOver(done, match.index);
    const key = match.groups?.['key'] ?? '';
    scan.bindings.push({
      key,
      value: unquote(written),
      written,
      raw: text.slice(toOriginal(start), toOriginal(end)).trimEnd(),
      ...locate(start),
    });
    done = match.index + match[0].length;
  }
  passOver(done, normal.length);
  return scan;
};

/** Null when dotenv reads the same map, else the first key that differs. */
const disagreement = (bytes: Uint8Array, bindings: readonly Binding[]): string | null => {
  const theirs = new Map(Object.entries(dotenv.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))));
  const ours = new Map<string, string>();
  // dotenv fills a plain object, in which this key sets the prototype instead of a member.
  for (const one of bindings) if (one.key !== '__proto__') ours.set(one.key, one.value);
  for (const [key, value] of theirs) if (ours.get(key) !== value) return key;
  for (const key of ours.keys()) if (!theirs.has(key)) return key;
  return null;
};

/** dotenv's grammar takes the square of a run of blanks: these limits keep a hostile file to seconds. Real ones are far below. */
const longestBlank = 200;
const maxEnvBytes = 256 * 1024;
const blankRun = new RegExp(`\\s{${String(longestBlank)}}`, 'u');

const bindingLeaf = (one: Binding, last: Map<string, Binding>): Leaf => {
  const { key, raw, line, column } = one;
  const winner = last.get(key);
  const problem =
    keyProblem(key) ??
    (winner === one || winner === undefined
      ? null
      : `line ${String(winner.line)} sets ${key} again, and that one counts`) ??
    (one.value.includes('\0') ? 'the value holds a NUL character, which no environment can hold' : null);
  return { segments: [key], raw, line, column, problem, value: problem === null ? one.value : null };
};

export const readEnv = (bytes: Uint8Array): ReadFile => {
  if (bytes.length > maxEnvBytes) {
    return {
      ok: false,
      error: { message: `a .env file has at most ${String(maxEnvBytes)} bytes`, line: 1, column: 1 },
    };
  }
  const decoded = decodeText(bytes);
  if (!decoded.ok)
    return { ok: false, error: { message: decoded.message, line: decoded.line, column: decoded.column } };
  const blank = blankRun.exec(decoded.text);
  if (blank !== null) {
    return {
      ok: false,
      error: {
        message: `more than ${String(longestBlank)} blanks in a row`,
        ...createLocator(decoded.text)(blank.index),
      },
    };
  }
  const scan = scanEnv(decoded.text);
  const other = disagreement(bytes, scan.bindings);
  if (other !== null) {
    const at = scan.bindings.find((one) => one.key === other);
    return {
      ok: false,
      error: {
        message: `dotenv reads ${segmentsToKey([other])} differently`,
        line: at?.line ?? 1,
        column: at?.column ?? 1,
      },
    };
  }
  const last = new Map(scan.bindings.map((one) => [one.key, one]));
  const leaves: Leaf[] = [
    ...scan.bindings.map((one) => bindingLeaf(one, last)),
    ...scan.ignored.map(({ raw, line, column }) => ({
      segments: ['line', line],
      raw,
      line,
      column,
      problem: 'the application ignores this line: it is neither KEY=value nor a comment',
      value: null,
    })),
  ].toSorted((a, b) => a.line - b.line || a.column - b.column);
  const notes = decoded.bom ? ['begins with a byte order mark'] : [];
  return { ok: true, leaves, notes: [...notes, ...differences(decoded.text, [...last.values()])] };
};
