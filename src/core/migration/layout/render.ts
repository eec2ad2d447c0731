/**
 * Writes a file from its layout and the values that the store has now. Pure; says which places have no value any more,
 * which values the file cannot hold, and whether anything is locked.
 */
import { jsonEqual, type JsonValue } from '../../../contract/json.ts';
import type { SubjectKind } from '../../changes/write.ts';
import { parseJsonTree, type JsonNode } from '../readers/json-tree.ts';
import type { JsonForm, ListForm } from '../spelling/form.ts';
import { atOnce, type Steps } from '../../slices.ts';
import { spellJson } from '../spelling/json-spelling.ts';
import { spell, usualForm } from '../spelling/spelling.ts';
import {
  isEnabledList,
  isHidden,
  isHole,
  isKept,
  type EnabledList,
  type HiddenText,
  type Hole,
  type Layout,
} from './tokens.ts';
import { partOf, unrenamed } from './value-parts.ts';

/** `locked`: it is there, but cannot be read without keys. */
export type Found = { found: 'value'; value: JsonValue } | { found: 'nothing' } | { found: 'locked' };

export type Values = {
  of: (kind: SubjectKind, key: string) => Found;
  /** A ledger row's text; null while locked. */
  kept: (ledgerId: number) => string | null;
  hidden: HiddenText[] | null;
};

export type Rendered = {
  text: string;
  /** Something could not be read without keys: `text` is of no use then. */
  locked: boolean;
  /** Places whose value is no longer in the store; they are cut out of the text. */
  removed: Hole[];
  /** Places whose value the file cannot hold; what stands there is no proof. */
  unwritable: Hole[];
};

type State = Rendered & { layout: Layout; values: Values; cuts: number[] };

const renderHole = (state: State, hole: Hole): string => {
  const found = state.values.of(...hole.s);
  if (found.found === 'locked') {
    state.locked = true;
    return '';
  }
  const part = found.found === 'value' ? partOf(found.value, hole.p ?? []) : undefined;
  if (part === undefined) {
    state.removed.push(hole);
    state.cuts.push(state.text.length);
    return state.layout.format === 'json' ? 'null' : '';
  }
  const value = unrenamed(part, hole.r);
  if (hole.x !== undefined) {
    const hidden = state.values.hidden?.[hole.x];
    if (hidden === undefined) {
      state.locked = true;
      return '';
    }
    if (typeof hidden !== 'string' && jsonEqual(hidden.value as JsonValue, value)) return hidden.raw;
  }
  const text = spell(hole.f ?? usualForm(state.layout.format), value);
  if (text === null) state.unwritable.push(hole);
  return text ?? '';
};

const renderKept = (state: State, ledgerId: number): string => {
  const text = state.values.kept(ledgerId);
  if (text === null) state.locked = true;
  return text ?? '';
};

/** What was mapped by hand: an entry without a value is left out at once. */
const renderEntry = (state: State, hole: Hole): string[] => {
  const before = state.removed.length;
  const text = renderHole(state, hole);
  if (state.removed.length === before) return [text];
  state.cuts.pop();
  return [];
};

/** The entries that are still enabled, and behind them the integrations of the file that were switched on since. */
const renderEnabled = (state: State, list: EnabledList): string => {
  const isOn = (id: string): boolean => {
    const found = state.values.of('integration', id);
    return found.found === 'value' && partOf(found.value, ['enabled']) === true;
  };
  const texts: string[] = [];
  const listed = new Set<string>();
  for (const entry of list.e) {
    if ('l' in entry) texts.push(renderKept(state, entry.l));
    else if ('s' in entry) texts.push(...renderEntry(state, entry));
    else {
      listed.add(entry.id);
      if (isOn(entry.id)) texts.push(spellJson(entry.f, entry.id));
    }
  }
  const same = texts.length === list.e.length;
  const added = list.ids.filter((id) => !listed.has(id) && isOn(id)).map((id) => spellJson(undefined, id));
  return joinList(list.f, [...texts, ...added], same && added.length === 0);
};

/** `exact`: the items are those of the file, so each has its own blanks. */
const joinList = (form: JsonForm | undefined, texts: readonly string[], exact: boolean): string => {
  const list: ListForm | null = form?.t === 'list' ? form : null;
  if (texts.length === 0) return list !== null && exact ? `[${list.open}${list.close}]` : '[]';
  const marks = new Map(exact ? (list?.marks ?? []) : []);
  const parts = texts.map((text, i) => {
    const own = marks.get(i)?.gaps;
    const before = i === 0 ? '' : (own ?? list?.gaps)?.before;
    const after = i === texts.length - 1 ? '' : (own ?? list?.gaps)?.after;
    return `${before ?? ''}${text}${after ?? ''}`;
  });
  return `[${list?.open ?? ''}${parts.join(',')}${list?.close ?? ''}]`;
};

/** In steps: a file may have any number of values. */
export function* renderSteps(layout: Layout, values: Values): Steps<Rendered> {
  const state: State = { text: '', locked: false, removed: [], unwritable: [], layout, values, cuts: [] };
  for (const token of layout.tokens) {
    yield;
    if (typeof token === 'string') state.text += token;
    else if (isHole(token)) state.text += renderHole(state, token);
    else if (isKept(token)) state.text += renderKept(state, token.l);
    else if (isEnabledList(token)) state.text += renderEnabled(state, token);
    else if (isHidden(token)) {
      const hidden = values.hidden?.[token.c];
      if (typeof hidden !== 'string') state.locked = true;
      else state.text += hidden;
    }
  }
  const { locked, removed, unwritable } = state;
  const text = locked || state.cuts.length === 0 ? state.text : cut(layout.format, state.text, state.cuts);
  return { text, locked, removed, unwritable };
}

export const render = (layout: Layout, values: Values): Rendered => atOnce(renderSteps(layout, values));

const cut = (format: Layout['format'], text: string, places: readonly number[]): string =>
  format === 'env' ? cutLines(text, places) : cutMembers(text, places);

const cutLines = (text: string, places: readonly number[]): string => {
  let result = text;
  for (const at of places.toReversed()) {
    const start = Math.max(result.lastIndexOf('\n', at - 1), result.lastIndexOf('\r', at - 1)) + 1;
    const end = /\r\n|\n|\r/u.exec(result.slice(at));
    result = result.slice(0, start) + (end === null ? '' : result.slice(at + end.index + end[0].length));
  }
  return result;
};

/** Members and items whose value begins at one of these places go, each with one comma. */
const cutMembers = (text: string, places: readonly number[]): string => {
  const bom = text.startsWith('\uFEFF') ? 1 : 0;
  const body = text.slice(bom);
  const root = parseJsonTree(body, { depth: Number.MAX_SAFE_INTEGER, nodes: Number.MAX_SAFE_INTEGER });
  if ('message' in root) return text;
  const wanted = new Set(places.map((at) => at - bom));
  const ranges: [number, number][] = [];
  const visit = (node: JsonNode): void => {
    if (node.type !== 'object' && node.type !== 'array') return;
    const entries =
      node.type === 'object'
        ? node.members.map((member) => ({ start: member.at, node: member.value }))
        : node.items.map((item) => ({ start: item.start, node: item }));
    const kept = entries.filter((entry) => !wanted.has(entry.node.start));
    for (const entry of kept) visit(entry.node);
    if (kept.length === entries.length) return;
    if (kept.length === 0) {
      ranges.push([node.start + 1, node.end - 1]);
      return;
    }
    entries.forEach((entry, i) => {
      if (!wanted.has(entry.node.start)) return;
      const before = entries[i - 1];
      const after = entries[i + 1];
      const leads = !entries.slice(0, i).some((one) => kept.includes(one));
      if (leads && after !== undefined) ranges.push([entry.start, after.start]);
      else if (before !== undefined) ranges.push([before.node.end, entry.node.end]);
    });
  };
  visit(root);
  let result = '';
  let done = 0;
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    result += body.slice(done, start);
    done = end;
  }
  return text.slice(0, bom) + result + body.slice(done);
};
