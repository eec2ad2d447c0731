/**
 * Says where other common readers of `.env` files would read another value than dotenv does: python-dotenv, Docker
 * Compose, Node itself. A note for people, never a reason to refuse; values do not appear in it, they are secrets.
 */
import { parseEnv } from 'node:util';
import type { Binding } from './env-reader.ts';

/** The line as written, after `KEY=`, with the comment that dotenv cut off. */
type Written = { quote: '"' | "'" | '`' | null; body: string };

const writtenOf = (one: Binding): Written => {
  const first = one.written[0];
  const quoted =
    (first === '"' || first === "'" || first === '`') && one.written.length > 1 && one.written.endsWith(first);
  return quoted ? { quote: first, body: one.written.slice(1, -1) } : { quote: null, body: one.written };
};

/** Unquoted, dotenv cuts at any `#`; python-dotenv and Compose only at one after a blank. */
const hashNote = (lines: readonly string[], one: Binding): string | null => {
  const { quote, body } = writtenOf(one);
  if (quote !== null || body === '') return null;
  const line = lines[one.line - 1] ?? '';
  const after = line.slice(line.indexOf(body, one.column - 1 + one.key.length) + body.length);
  return after.startsWith('#')
    ? 'python-dotenv and Docker Compose read the # and what follows as part of the value'
    : null;
};

const dollarNote = (one: Binding): string | null => {
  const { quote, body } = writtenOf(one);
  const braces = /\$\{[^}]*\}/u.test(body);
  const bare = /\$[A-Za-z_]/u.test(body);
  if (quote === "'") return braces ? 'python-dotenv puts other variables in place of ${…}' : null;
  if (braces) return 'python-dotenv and Docker Compose put other variables in place of ${…}';
  return bare ? 'Docker Compose puts other variables in place of $NAME' : null;
};

const quoteNote = (one: Binding): string | null => {
  const { quote, body } = writtenOf(one);
  if (quote === '`') return 'python-dotenv and Docker Compose keep the backticks as part of the value';
  if (quote === '"' && /\\[^nr]/u.test(body))
    return 'python-dotenv and Docker Compose resolve more escapes than \\n and \\r';
  if (quote === "'" && /\\['\\]/u.test(body)) return "python-dotenv resolves \\' and \\\\ between single quotes";
  if (quote === null && /^['"`]/u.test(body))
    return 'python-dotenv and Docker Compose refuse or skip text after a closing quote';
  return null;
};

/** Node's own reader is at hand: no rule needed, it is asked. */
const nodeValues = (text: string): Map<string, string | undefined> | null => {
  try {
    return new Map(Object.entries(parseEnv(text)));
  } catch {
    return null;
  }
};

/** One sentence per variable and reason. `bindings`: the ones that count, one per key. */
export const differences = (text: string, bindings: readonly Binding[]): string[] => {
  const node = nodeValues(text);
  const lines = text.split(/\r\n|\r|\n/u);
  return bindings.flatMap((one) => {
    const notes = [hashNote(lines, one), dollarNote(one), quoteNote(one)].filter((note) => note !== null);
    if (node !== null && node.get(one.key) !== one.value) {
      notes.push(
        node.has(one.key) ? 'Node (--env-file) reads another value' : 'Node (--env-file) does not read this line',
      );
    }
    return notes.map((note) => `${one.key} (line ${String(one.line)}): ${note}`);
  });
};
