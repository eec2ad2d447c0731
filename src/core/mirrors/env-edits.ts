/** Changes single lines of a `.env` text and leaves every other byte: comments, order, quotes, line ends. Pure. */
import type { JsonValue } from '../../contract/json.ts';
import { envSpans, formOfEnv, spellEnv, type EnvSpan } from '../migration/spelling/env-spelling.ts';

/** `value` undefined takes the key away. `now`: the value that its present text means. */
export type EnvWish = { key: string; value: JsonValue | undefined; now: JsonValue | undefined };

/** `problem`: a sentence fragment for people, when the file cannot hold a value. */
export type Written = { ok: true; text: string } | { ok: false; problem: string };

type Edit = { start: number; end: number; text: string };

const lineEnd = (text: string, at: number): number => {
  const found = /\r\n|\n|\r/u.exec(text.slice(at));
  return found === null ? text.length : at + found.index + found[0].length;
};

const lineStart = (text: string, at: number): number =>
  Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;

const keyPlace = (text: string, span: EnvSpan): number => {
  // The key stands before the sign; a value on the next line is still the same binding.
  const at = text.lastIndexOf(span.key, span.start);
  return at === -1 ? span.start : at;
};

const newlineOf = (text: string): string => /\r\n|\n|\r/u.exec(text)?.[0] ?? '\n';

/** `KEY=value` as the last line of the file writes it: `export` before it, blanks around the sign. */
const manner = (text: string, spans: readonly EnvSpan[]): { before: string; sign: string } => {
  const last = spans.at(-1);
  if (last === undefined) return { before: '', sign: '=' };
  const at = keyPlace(text, last);
  const before = text.slice(lineStart(text, at), at);
  const sign = text.slice(at + last.key.length, last.start);
  return {
    before: /^(?:export[ \t]+)?$/u.test(before) ? before : '',
    sign: /^[ \t]*=[ \t]*$/u.test(sign) ? sign : '=',
  };
};

const unwritable = (key: string): Written => ({
  ok: false,
  problem: `${key} has a value that a .env file cannot hold`,
});

/** `text` without a byte order mark. Of a repeated key the last one is the one that is read. */
export const writeEnvWishes = (text: string, wishes: readonly EnvWish[]): Written => {
  const spans = envSpans(text);
  const edits: Edit[] = [];
  const lines: string[] = [];
  const like = manner(text, spans);
  for (const { key, value, now } of wishes) {
    const own = spans.filter((span) => span.key === key);
    const last = own.at(-1);
    if (value === undefined) {
      // All of them: taking only the last away would bring an earlier one back.
      for (const span of own)
        edits.push({ start: lineStart(text, keyPlace(text, span)), end: lineEnd(text, span.end), text: '' });
    } else if (last === undefined) {
      const spelled = spellEnv(null, value);
      if (spelled === null || !/^[\w.-]+$/u.test(key)) return unwritable(key);
      lines.push(`${like.before}${key}${like.sign}${spelled}`);
    } else {
      const raw = text.slice(last.start, last.end);
      const spelled = spellEnv(now === undefined ? null : formOfEnv(raw, now), value);
      if (spelled === null) return unwritable(key);
      const gap = text[last.start - 1] === ':' ? ' ' : '';
      edits.push({ start: last.start, end: last.end, text: `${gap}${spelled}` });
    }
  }
  let result = '';
  let done = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  result += text.slice(done);
  if (lines.length === 0) return { ok: true, text: result };
  const newline = newlineOf(text);
  const ended = result === '' || /[\r\n]$/u.test(result);
  const added = lines.join(newline);
  return { ok: true, text: ended ? `${result}${added}${newline}` : `${result}${newline}${added}` };
};
