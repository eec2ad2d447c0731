/** The manner in which a JSON file is written, so that what is added to it looks like the rest. Pure. */
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import type { JsonNode } from '../migration/readers/json-tree.ts';

type Container = JsonNode & { type: 'object' | 'array' };

export type LayoutOf = {
  /** A value as new text in a place; `deeper` levels below the line that holds `at`. */
  spell: (value: JsonValue, at: number, deeper?: number) => string;
  /** `"key": value` for an object of the file. */
  member: (node: JsonNode & { type: 'object' }, key: string, value: JsonValue) => string;
  /** The blanks between the comma and the next entry. */
  gap: (node: Container) => string;
  /** Everything between the brackets of an object or list that was empty. */
  fill: (node: Container, texts: readonly string[]) => string;
};

const keyEnd = (text: string, at: number): number => {
  let end = at + 1;
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
};

/** The first object with members: most files have one manner throughout. */
const firstObject = (node: JsonNode): (JsonNode & { type: 'object' }) | null => {
  if (node.type === 'object' && node.members.length > 0) return node;
  const inner = node.type === 'array' ? node.items : [];
  for (const item of inner) {
    const found = firstObject(item);
    if (found !== null) return found;
  }
  return null;
};

const startsOf = (node: Container): number[] =>
  node.type === 'object' ? node.members.map((member) => member.at) : node.items.map((item) => item.start);

export const createLayoutOf = (text: string, root: JsonNode): LayoutOf => {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const sample = firstObject(root);
  const firstMember = sample?.members[0];
  const before = sample === null ? '' : text.slice(sample.start + 1, firstMember?.at);
  // An empty file is about to be filled: then as most programs write it.
  const lines = sample === null || before.includes('\n');
  const colonOf = (member: { at: number; value: JsonNode }): string =>
    text.slice(keyEnd(text, member.at), member.value.start);
  const colon = firstMember === undefined ? ': ' : colonOf(firstMember);
  const spaced = /\s$/u.test(colon);
  const indentAt = (at: number): string => {
    const lineStart = Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
    return /^[ \t]*/u.exec(text.slice(lineStart, at))?.[0] ?? '';
  };
  const unit = ((): string => {
    if (sample === null || !lines) return '  ';
    const own = indentAt(sample.start);
    const inner = before.slice(before.lastIndexOf('\n') + 1);
    return inner.startsWith(own) && inner.length > own.length ? inner.slice(own.length) : '  ';
  })();
  // Python's json.dump writes only ASCII unless told otherwise.
  const ascii = /\\u[0-9a-fA-F]{4}/u.test(text) && !/[^\0-\x7f]/u.test(text);
  const scalar = (value: JsonValue): string => {
    const plain = JSON.stringify(value);
    return ascii
      ? plain.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : plain;
  };

  const spellAt = (value: JsonValue, indent: string): string => {
    const list = Array.isArray(value);
    if (!list && !isJsonObject(value)) return scalar(value);
    const inner = indent + unit;
    const parts = list
      ? value.map((item) => spellAt(item, inner))
      : Object.entries(value).map(([key, member]) => `${scalar(key)}${colon}${spellAt(member, inner)}`);
    const [open, close] = list ? ['[', ']'] : ['{', '}'];
    if (parts.length === 0) return `${open}${close}`;
    const flat = list && value.every((item) => typeof item !== 'object' || item === null);
    if (!lines || flat) return `${open}${parts.join(spaced ? ', ' : ',')}${close}`;
    return `${open}${newline}${inner}${parts.join(`,${newline}${inner}`)}${newline}${indent}${close}`;
  };

  const gap = (node: Container): string => {
    const starts = startsOf(node);
    const last = starts.at(-1);
    const previous = starts.length > 1 ? (starts.at(-2) ?? node.start) : node.start;
    if (last === undefined) return '';
    const blanks = /[ \t\r\n]*$/u.exec(text.slice(previous + 1, last))?.[0] ?? '';
    if (starts.length > 1 || blanks.includes('\n')) return blanks;
    return spaced ? ' ' : '';
  };

  return {
    spell: (value, at, deeper = 0) => spellAt(value, indentAt(at) + (lines ? unit.repeat(deeper) : '')),
    gap,
    member: (node, key, value) => {
      const like = node.members.at(-1);
      const inline = like !== undefined && !gap(node).includes('\n');
      const indent = inline ? indentAt(node.start) : indentAt(node.start) + unit;
      return `${scalar(key)}${like === undefined ? colon : colonOf(like)}${spellAt(value, indent)}`;
    },
    fill: (node, texts) => {
      if (texts.length === 0) return text.slice(node.start + 1, node.end - 1);
      if (!lines || node.type === 'array') return texts.join(spaced ? ', ' : ',');
      const indent = indentAt(node.start);
      return `${newline}${indent}${unit}${texts.join(`,${newline}${indent}${unit}`)}${newline}${indent}`;
    },
  };
};
