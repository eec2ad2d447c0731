/**
 * Changes single values of a JSON text and leaves every other byte: order, blanks, spelling. What a file should hold is
 * told by a tree of wishes over the tree that was read; the text is cut and joined only where the two differ. Pure.
 */
import { isJsonObject, jsonEqual, type JsonValue } from '../../contract/json.ts';
import { nodeValue } from '../migration/readers/json-reader.ts';
import type { JsonNode } from '../migration/readers/json-tree.ts';
import { formOfNode, spellJson } from '../migration/spelling/json-spelling.ts';
import { createLayoutOf, type LayoutOf } from './json-style.ts';

type ObjectNode = JsonNode & { type: 'object' };
type ArrayNode = JsonNode & { type: 'array' };

/** What should stand in a place: what stands there, another value, or an object or list with wishes of its own. */
export type Wish =
  | { want: 'keep'; node: JsonNode }
  | { want: 'value'; value: JsonValue }
  /** `node` null: an object that is not there yet. */
  | { want: 'object'; node: ObjectNode | null; members: Map<string, Wish> }
  | { want: 'array'; node: ArrayNode; items: Wish[] };

export const keep = (node: JsonNode): Wish => ({ want: 'keep', node });

/** The last of a repeated key counts, as it does for the application. */
const membersOf = (node: ObjectNode): Map<string, Wish> =>
  new Map(node.members.map((member) => [member.key, keep(member.value)]));

/** The smallest wish that makes `node` into `value`: equal parts stay as they are written. */
export const wishFor = (node: JsonNode, value: JsonValue): Wish => {
  if (jsonEqual(nodeValue(node), value)) return keep(node);
  if (node.type === 'object' && isJsonObject(value)) {
    const present = new Map(node.members.map((member) => [member.key, member.value]));
    const members = Object.entries(value).map(([key, wanted]): [string, Wish] => {
      const there = present.get(key);
      return [key, there === undefined ? { want: 'value', value: wanted } : wishFor(there, wanted)];
    });
    return { want: 'object', node, members: new Map(members) };
  }
  return node.type === 'array' && Array.isArray(value)
    ? { want: 'array', node, items: listWishes(node.items, value) }
    : { want: 'value', value };
};

/** Items at both ends that are equal stay; those between are changed place by place. */
const listWishes = (nodes: readonly JsonNode[], values: readonly JsonValue[]): Wish[] => {
  const same = (node: JsonNode | undefined, value: JsonValue | undefined): boolean =>
    node !== undefined && value !== undefined && jsonEqual(nodeValue(node), value);
  let front = 0;
  while (same(nodes[front], values[front])) front += 1;
  let back = 0;
  while (
    front + back < Math.min(nodes.length, values.length) &&
    same(nodes[nodes.length - 1 - back], values[values.length - 1 - back])
  )
    back += 1;
  return values.map((value, i) => {
    if (i >= values.length - back) {
      const node = nodes[nodes.length - (values.length - i)];
      return node === undefined ? { want: 'value', value } : keep(node);
    }
    const node = i < nodes.length - back ? nodes[i] : undefined;
    return node === undefined ? { want: 'value', value } : wishFor(node, value);
  });
};

/** A wish with members that can be changed; a scalar or list in the way gives way to an object. */
const opened = (wish: Wish): Wish & { want: 'object' } => {
  if (wish.want === 'object') return wish;
  if (wish.want === 'keep' && wish.node.type === 'object')
    return { want: 'object', node: wish.node, members: membersOf(wish.node) };
  if (wish.want === 'value' && isJsonObject(wish.value)) {
    const members = Object.entries(wish.value).map(([key, value]): [string, Wish] => [key, { want: 'value', value }]);
    return { want: 'object', node: null, members: new Map(members) };
  }
  return { want: 'object', node: null, members: new Map() };
};

/** Numbers in `path` name items of a list. */
export const assign = (wish: Wish, path: readonly (string | number)[], value: JsonValue): Wish => {
  const [first, ...rest] = path;
  if (first === undefined) return wish.want === 'keep' ? wishFor(wish.node, value) : { want: 'value', value };
  if (typeof first === 'number') return assignItem(wish, first, rest, value);
  const object = opened(wish);
  const there = object.members.get(first) ?? { want: 'object' as const, node: null, members: new Map<string, Wish>() };
  object.members.set(first, assign(there, rest, value));
  return object;
};

const openedList = (wish: Wish): (Wish & { want: 'array' }) | null => {
  if (wish.want === 'array') return wish;
  return wish.want === 'keep' && wish.node.type === 'array'
    ? { want: 'array', node: wish.node, items: wish.node.items.map(keep) }
    : null;
};

const assignItem = (wish: Wish, at: number, rest: readonly (string | number)[], value: JsonValue): Wish => {
  const list = openedList(wish);
  if (list === null) return wish;
  const item = list.items[at];
  if (item !== undefined) list.items[at] = assign(item, rest, value);
  else list.items.push({ want: 'value', value });
  return list;
};

/** Changes one member of an object; `change` gets null where there is none. */
export const update = (wish: Wish, key: string, change: (there: Wish | null) => Wish): Wish => {
  const object = opened(wish);
  object.members.set(key, change(object.members.get(key) ?? null));
  return object;
};

/** The items of a list that stand there as they were read. */
export const itemsOf = (wish: Wish | null): JsonNode[] => {
  if (wish?.want === 'keep') return wish.node.type === 'array' ? wish.node.items : [];
  return wish?.want === 'array' ? wish.items.flatMap((item) => (item.want === 'keep' ? [item.node] : [])) : [];
};

/** How many members a wish has; lists and scalars count as one, so that they are never taken for emptied. */
const sizeOf = (wish: Wish): number => {
  if (wish.want === 'object') return wish.members.size;
  return wish.want === 'keep' && wish.node.type === 'object' ? wish.node.members.length : 1;
};

/** Takes a value away. With `prune` an object that loses its last member goes as well, but never the file's root. */
export const without = (wish: Wish, path: readonly (string | number)[], prune: boolean): Wish => {
  const [first, ...rest] = path;
  if (typeof first !== 'string') return wish;
  const there = wish.want === 'keep' || wish.want === 'object' ? opened(wish) : null;
  const member = there?.members.get(first);
  if (there === null || member === undefined) return wish;
  if (rest.length === 0) {
    there.members.delete(first);
    return there;
  }
  const had = sizeOf(member);
  const left = without(member, rest, prune);
  if (prune && had > 0 && sizeOf(left) === 0) there.members.delete(first);
  else there.members.set(first, left);
  return there;
};

/** The items of a list that `stays` keeps, and new ones after them. */
export const changeList = (wish: Wish, stays: (item: JsonNode) => boolean, added: readonly JsonValue[] = []): Wish => {
  const list = openedList(wish);
  if (list === null) return { want: 'value', value: [...added] };
  const kept = list.items.filter((item) => item.want !== 'keep' || stays(item.node));
  if (kept.length === list.items.length && added.length === 0) return wish;
  return { ...list, items: [...kept, ...added.map((value): Wish => ({ want: 'value', value }))] };
};

/** What a wish comes to as a value. */
export const wishedValue = (wish: Wish): JsonValue => {
  switch (wish.want) {
    case 'keep':
      return nodeValue(wish.node);
    case 'value':
      return wish.value;
    case 'array':
      return wish.items.map(wishedValue);
    case 'object':
      return Object.fromEntries([...wish.members].map(([key, member]) => [key, wishedValue(member)]));
  }
};

type Edit = { start: number; end: number; text: string };
type Entry = { start: number; end: number };
/** In the order of the new text: a place that stays, or the text of a new one. */
type Wanted = { stays: number } | { text: string };
type Writer = { text: string; layout: LayoutOf; edits: Edit[] };

const write = (to: Writer, node: JsonNode, wish: Wish): void => {
  if (wish.want === 'keep') return;
  if (wish.want === 'object' && wish.node === node) return writeObject(to, wish.node, wish.members);
  if (wish.want === 'array' && wish.node === node) return writeArray(to, wish.node, wish.items);
  const value = wishedValue(wish);
  const scalar = typeof value !== 'object' || value === null;
  const text = scalar ? spellJson(formOfNode(to.text, node), value) : to.layout.spell(value, node.start);
  to.edits.push({ start: node.start, end: node.end, text });
};

const writeObject = (to: Writer, node: ObjectNode, members: ReadonlyMap<string, Wish>): void => {
  const last = new Map(node.members.map((member, i) => [member.key, i]));
  const wanted: Wanted[] = [];
  node.members.forEach((member, i) => {
    const wish = members.get(member.key);
    // Of a repeated key all go together: taking only the last away would bring an earlier one back.
    if (wish === undefined) return;
    wanted.push({ stays: i });
    if (last.get(member.key) === i) write(to, member.value, wish);
  });
  for (const [key, wish] of members) {
    if (!last.has(key)) wanted.push({ text: to.layout.member(node, key, wishedValue(wish)) });
  }
  const entries = node.members.map((member) => ({ start: member.at, end: member.value.end }));
  writeEntries(to, node, entries, wanted);
};

const nodeOf = (wish: Wish): JsonNode | null => (wish.want === 'value' ? null : wish.node);

const writeArray = (to: Writer, node: ArrayNode, items: readonly Wish[]): void => {
  const places = new Map(node.items.map((item, i) => [item, i]));
  const taken = new Set(items.map(nodeOf));
  // A changed scalar takes over the place of one that goes, so that its neighbours stay as they are.
  let free = 0;
  const wanted = items.map((wish, i): Wanted => {
    const own = nodeOf(wish);
    const place = own === null ? undefined : places.get(own);
    if (own !== null && place !== undefined) {
      free = place + 1;
      write(to, own, wish);
      return { stays: place };
    }
    const nextKept =
      items
        .slice(i + 1)
        .map(nodeOf)
        .find((one) => one !== null) ?? null;
    const limit = nextKept === null ? node.items.length : (places.get(nextKept) ?? node.items.length);
    const there = free < limit ? node.items[free] : undefined;
    if (there !== undefined && !taken.has(there)) {
      free += 1;
      write(to, there, wish);
      return { stays: free - 1 };
    }
    return { text: to.layout.spell(wishedValue(wish), node.start, 1) };
  });
  writeEntries(to, node, node.items, wanted);
};

/** Cuts and joins the entries of one object or list: each cut takes one comma and the blanks of its entry along. */
const writeEntries = (
  to: Writer,
  node: ObjectNode | ArrayNode,
  entries: readonly Entry[],
  wanted: readonly Wanted[],
): void => {
  const stays = wanted.flatMap((one) => ('stays' in one ? [one.stays] : []));
  if (stays.length === 0) {
    const texts = wanted.flatMap((one) => ('text' in one ? [one.text] : []));
    if (texts.length === 0 && entries.length === 0) return;
    const inside = entries.length === 0 ? to.layout.fill(node, texts) : joined(to, node, entries, texts);
    to.edits.push({ start: node.start + 1, end: node.end - 1, text: inside });
    return;
  }
  const kept = new Set(stays);
  let before: Entry | null = null;
  for (let i = 0; i < entries.length; i += 1) {
    const entry = entries[i];
    if (entry === undefined) break;
    if (kept.has(i)) {
      before = entry;
      continue;
    }
    let end = i;
    while (end + 1 < entries.length && !kept.has(end + 1)) end += 1;
    const after = entries[end + 1];
    if (after !== undefined) to.edits.push({ start: entry.start, end: after.start, text: '' });
    else if (before !== null) to.edits.push({ start: before.end, end: entries[end]?.end ?? before.end, text: '' });
    i = end;
  }
  const gap = to.layout.gap(node);
  let last: Entry | null = null;
  let ahead = '';
  for (const one of wanted) {
    if ('stays' in one) {
      last = entries[one.stays] ?? null;
      if (ahead !== '' && last !== null) to.edits.push({ start: last.start, end: last.start, text: ahead });
      ahead = '';
    } else if (last === null) ahead += `${one.text},${gap}`;
    else to.edits.push({ start: last.end, end: last.end, text: `,${gap}${one.text}` });
  }
};

/** New entries in place of all old ones, between the same blanks. */
const joined = (
  to: Writer,
  node: ObjectNode | ArrayNode,
  entries: readonly Entry[],
  texts: readonly string[],
): string => {
  if (texts.length === 0) return '';
  const open = to.text.slice(node.start + 1, entries[0]?.start);
  const close = to.text.slice(entries.at(-1)?.end, node.end - 1);
  return `${open}${texts.join(`,${to.layout.gap(node)}`)}${close}`;
};

/** `text` without a byte order mark, `root` its tree. */
export const writeWish = (text: string, root: JsonNode, wish: Wish): string => {
  const to: Writer = { text, layout: createLayoutOf(text, root), edits: [] };
  write(to, root, wish);
  let result = '';
  let done = 0;
  // Stable: an insertion pushed before a cut at the same place comes first.
  const edits = to.edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  for (const edit of edits) {
    result += text.slice(done, edit.start) + edit.text;
    done = Math.max(done, edit.end);
  }
  return result + text.slice(done);
};
