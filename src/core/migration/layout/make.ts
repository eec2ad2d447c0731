/**
 * Takes one file apart: the text as it was read, and the plan's items with their ledger rows, give the tokens. Pure. What
 * an item covers is a hole or a kept text; everything between is literal, but for comments, which may hold anything.
 */
import type { SourceRule } from '../../definitions/types.ts';
import type { Decided, Placed, SourceFile } from '../plan-types.ts';
import { jsonLimits, parseJsonTree, type JsonNode } from '../readers/json-tree.ts';
import { decodeText } from '../readers/text.ts';
import { envSpans } from '../spelling/env-spelling.ts';
import type { Form, ListForm } from '../spelling/form.ts';
import { formOfNode } from '../spelling/json-spelling.ts';
import { formOf, spell } from '../spelling/spelling.ts';
import type { EnabledList, HiddenText, Hole, Kept, Layout, Token } from './tokens.ts';
import { partOf, unrenamed } from './value-parts.ts';

export type Placing = { item: Decided; ledgerId: number };
export type Made = {
  layout: Layout;
  hidden: HiddenText[];
  /** Places kept by their text, not by their value. */ inexact: string[];
};

type Piece = { start: number; end: number; token: Token };

const lineStarts = (text: string): number[] => {
  const starts = [0];
  for (const found of text.matchAll(/\r\n|\n|\r/gu)) starts.push(found.index + found[0].length);
  return starts;
};

/** Where a person looks for a node (the key of a member, the start of anything else) -> the node. */
const nodesByPlace = (root: JsonNode): Map<number, JsonNode> => {
  const nodes = new Map<number, JsonNode>([[root.start, root]]);
  const visit = (node: JsonNode): void => {
    if (node.type === 'array') {
      for (const item of node.items) {
        nodes.set(item.start, item);
        visit(item);
      }
    } else if (node.type === 'object') {
      for (const member of node.members) {
        nodes.set(member.at, member.value);
        visit(member.value);
      }
    }
  };
  visit(root);
  return nodes;
};

/** An integration or a user as such has no text of its own: its members have. */
const hasText = (item: Decided): boolean =>
  item.action === 'quarantine' || item.mark || (item.subject.kind !== 'integration' && item.subject.kind !== 'user');

/** The store has this value, or had it and changed it since; else the ledger keeps the text. */
const isStored = (item: Decided): item is Placed =>
  item.action === 'create' || item.action === 'update' || (item.action === 'unchanged' && item.version !== null);

const reversed = (rule: SourceRule): { [name: string]: string } | undefined => {
  const rename = rule.to.kind === 'records' ? rule.to.rename : undefined;
  return rename === undefined ? undefined : Object.fromEntries(Object.entries(rename).map(([a, b]) => [b, a]));
};

/** Takes one file's pieces together; what it hides is added to `hidden`. */
class Cutter {
  readonly hidden: HiddenText[] = [];
  readonly inexact: string[] = [];
  readonly source: SourceFile;
  readonly text: string;

  constructor(source: SourceFile, text: string) {
    this.source = source;
    this.text = text;
  }

  hide(text: HiddenText): number {
    this.hidden.push(text);
    return this.hidden.length - 1;
  }

  token({ item, ledgerId }: Placing, raw: string): Hole | Kept {
    if (!isStored(item)) return { l: ledgerId, a: item.path };
    const { rule } = this.source;
    const rename = item.subject.kind === 'record' ? reversed(rule) : undefined;
    const value = unrenamed(partOf(item.value, item.part) ?? null, rename);
    const base: Hole = {
      s: [item.subject.kind, item.subject.key],
      a: item.path,
      ...(item.part.length === 0 ? {} : { p: item.part }),
      ...(rename === undefined ? {} : { r: rename }),
    };
    const form = formOf(rule.format, raw, value);
    if (form === null || spell(form, value) !== raw) {
      this.inexact.push(item.path);
      return { ...base, x: this.hide({ raw, value }) };
    }
    return form.t === 'plain' ? base : { ...base, f: form };
  }
}

const jsonPieces = (cutter: Cutter, root: JsonNode, placings: readonly Placing[]): Piece[] => {
  const { source, text } = cutter;
  const starts = lineStarts(text);
  const nodes = nodesByPlace(root);
  const nodeOf = ({ item }: Placing): JsonNode | undefined => nodes.get((starts[item.line - 1] ?? 0) + item.column - 1);
  const { to } = source.rule;
  const listed = to.kind === 'integrations' && to.layout === 'enabled-list' ? enabledNode(root) : null;
  const entries: EnabledList['e'] = [];
  const pieces: Piece[] = [];
  for (const placing of placings) {
    const node = nodeOf(placing);
    if (node === undefined || !hasText(placing.item)) continue;
    if (listed !== null && node !== listed && node.start >= listed.start && node.end <= listed.end) {
      entries.push(entryOf(cutter, placing, node));
      continue;
    }
    pieces.push({ start: node.start, end: node.end, token: cutter.token(placing, text.slice(node.start, node.end)) });
  }
  if (listed !== null && listed.items.length === entries.length) {
    const ids = placings.flatMap(({ item }) =>
      item.action !== 'quarantine' && item.subject.kind === 'integration' && !item.mark && isStored(item)
        ? [item.subject.key]
        : [],
    );
    const form = listGaps(formOfNode(text, listed));
    pieces.push({
      start: listed.start,
      end: listed.end,
      token: { e: entries, ...(form === null ? {} : { f: form }), ids },
    });
  }
  return [...pieces, ...unplaced(cutter, root, pieces)];
};

/** A value that no item stands for must not stay in the text of a layout: it is kept like a comment. */
const unplaced = (cutter: Cutter, root: JsonNode, pieces: readonly Piece[]): Piece[] => {
  const taken = new Map(pieces.map(({ start, end }) => [start, end]));
  const found: Piece[] = [];
  const visit = (node: JsonNode): void => {
    if ((taken.get(node.start) ?? -1) >= node.end) return;
    if (node.type === 'array') node.items.forEach(visit);
    else if (node.type === 'object') for (const member of node.members) visit(member.value);
    else {
      const token = { c: cutter.hide(cutter.text.slice(node.start, node.end)) };
      found.push({ start: node.start, end: node.end, token });
    }
  };
  visit(root);
  return found;
};

const enabledNode = (root: JsonNode): (JsonNode & { type: 'array' }) | null => {
  if (root.type !== 'object') return null;
  const member = root.members.findLast((one) => one.key === 'enabled_integrations');
  return member?.value.type === 'array' ? member.value : null;
};

const entryOf = (cutter: Cutter, placing: Placing, node: JsonNode): EnabledList['e'][number] => {
  const { item } = placing;
  const raw = cutter.text.slice(node.start, node.end);
  if (!isStored(item) || item.subject.kind !== 'integration') return cutter.token(placing, raw);
  const form = formOf('json', raw, item.subject.key);
  return {
    id: item.subject.key,
    a: item.path,
    ...(form === null || form.t === 'plain' || form.t === 'env' ? {} : { f: form }),
  };
};

/** Only the blanks: the entries have forms of their own, since some of them are not in the store. */
const listGaps = (form: Form): ListForm | null => {
  if (form.t !== 'list') return null;
  const { item: _, marks, ...rest } = form;
  const gaps = (marks ?? []).flatMap(([i, mark]): NonNullable<ListForm['marks']> =>
    mark.gaps === undefined ? [] : [[i, { gaps: mark.gaps }]],
  );
  return { ...rest, ...(gaps.length === 0 ? {} : { marks: gaps }) };
};

const envPieces = (cutter: Cutter, placings: readonly Placing[]): Piece[] => {
  const { text } = cutter;
  const starts = lineStarts(text);
  const spans = new Map(envSpans(text).map((span) => [span.line, span]));
  return placings.map((placing): Piece => {
    const { item } = placing;
    const start = (starts[item.line - 1] ?? 0) + item.column - 1;
    const span = spans.get(item.line);
    const [from, to] = isStored(item) && span !== undefined ? [span.start, span.end] : [start, start + item.raw.length];
    return { start: from, end: to, token: cutter.token(placing, text.slice(from, to)) };
  });
};

/** Between the values of a `.env` file: blanks, `export`, a key and its sign. */
const harmless = /^[ \t\f\v\u00a0\ufeff]*(?:export\s+)?(?:[\w.-]+\s*[=:]\s*)?$/u;

/** Literal text of a `.env` file: from each `#` on it is a comment, in which a secret may stand commented out. */
const literals = (cutter: Cutter, text: string): Token[] => {
  if (text === '') return [];
  if (cutter.source.rule.format === 'json') return [text];
  const tokens: Token[] = [];
  const add = (part: string): void => {
    if (part === '') return;
    const known = part.split(/[\r\n\u2028\u2029]/u).every((line) => harmless.test(line));
    tokens.push(known ? part : { c: cutter.hide(part) });
  };
  let done = 0;
  for (const found of text.matchAll(/#[^\r\n]*/gu)) {
    add(text.slice(done, found.index));
    tokens.push('#', ...(found[0] === '#' ? [] : [{ c: cutter.hide(found[0].slice(1)) }]));
    done = found.index + found[0].length;
  }
  add(text.slice(done));
  return tokens;
};

/** Read again: a plan keeps no trees, which take many times the room of their files. */
const treeOf = ({ file, rule }: SourceFile, text: string): JsonNode => {
  const root = parseJsonTree(text, { ...jsonLimits, nodes: rule.maxNodes ?? jsonLimits.nodes });
  if ('message' in root) throw new Error(`${file} was read once and cannot be read again`);
  return root;
};

/** Null for a file that was not read. */
export const makeLayout = (source: SourceFile, placings: readonly Placing[]): Made | null => {
  const { opened, read, rule } = source;
  if (opened.status !== 'read' || read?.ok !== true) return null;
  const decoded = decodeText(opened.bytes);
  if (!decoded.ok) return null;
  const { text } = decoded;
  const cutter = new Cutter(source, text);
  const pieces =
    rule.format === 'env' ? envPieces(cutter, placings) : jsonPieces(cutter, treeOf(source, text), placings);
  const tokens: Token[] = decoded.bom ? ['\uFEFF'] : [];
  let done = 0;
  for (const { start, end, token } of pieces.toSorted((a, b) => a.start - b.start)) {
    if (start < done) throw new Error('two values of a file stand in the same place');
    tokens.push(...literals(cutter, text.slice(done, start)), token);
    done = end;
  }
  tokens.push(...literals(cutter, text.slice(done)));
  return { layout: { v: 1, format: rule.format, tokens }, hidden: cutter.hidden, inexact: cutter.inexact };
};
