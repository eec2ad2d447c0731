/** How JSON values are written, lists and objects with all their blanks. Reading what it writes always gives the value. */
import { isJsonObject, type JsonValue } from '../../../contract/json.ts';
import { parseJsonTree, type JsonMember, type JsonNode } from '../readers/json-tree.ts';
import { plainForm, type Gaps, type JsonForm, type ListForm, type StringForm } from './form.ts';
import { numberForm, spellNumber } from './json-number.ts';
import { spellString, stringForm } from './json-string.ts';

/** One item of a list as it is written. */
type Written = { gaps: Gaps; item: JsonForm; key: JsonForm };

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const keyEnd = (text: string, member: JsonMember): number => {
  let at = member.at + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};

const keyForm = (text: string, member: JsonMember): JsonForm =>
  stringForm(text.slice(member.at, keyEnd(text, member)), member.key);

const listForm = (text: string, node: JsonNode & { type: 'array' | 'object' }): JsonForm => {
  const object = node.type === 'object';
  const members = node.type === 'object' ? node.members : null;
  const values = node.type === 'object' ? node.members.map((member) => member.value) : node.items;
  const starts = values.map((value, i) => members?.[i]?.at ?? value.start);
  const inside = (from: number, to: number): string => text.slice(from, to);
  const first = starts[0];
  const last = values.at(-1);
  if (first === undefined || last === undefined) {
    const open = inside(node.start + 1, node.end - 1);
    return open === '' ? plainForm : { t: 'list', object, open, close: '', gaps: guessGaps(object, '') };
  }
  const open = inside(node.start + 1, first);
  const written = values.map((value, i): Written => {
    const member = members?.[i];
    const next = starts[i + 1];
    const comma = next === undefined ? -1 : text.indexOf(',', value.end);
    const colonAt = member === undefined ? -1 : text.indexOf(':', keyEnd(text, member));
    return {
      gaps: {
        before: i === 0 ? '' : inside(text.indexOf(',', values[i - 1]?.end ?? 0) + 1, starts[i] ?? 0),
        after: next === undefined ? '' : inside(value.end, comma),
        ...(member === undefined
          ? {}
          : { colon: [inside(keyEnd(text, member), colonAt), inside(colonAt + 1, value.start)] }),
      },
      item: formOfNode(text, value),
      key: member === undefined ? plainForm : keyForm(text, member),
    };
  });
  return collapse(object, open, inside(last.end, node.end - 1), written, orderOf(members));
};

const guessGaps = (object: boolean, open: string): Gaps => ({
  before: open.includes('\n') ? open : '',
  after: '',
  ...(object ? { colon: ['', open.includes('\n') ? ' ' : ''] } : {}),
});

/** What most items share once, and the others as marks. The first item has no comma before it, the last none after it. */
const collapse = (
  object: boolean,
  open: string,
  close: string,
  written: readonly Written[],
  order: number[] | null,
): JsonForm => {
  const guess = guessGaps(object, open);
  const colon = written[0]?.gaps.colon;
  const gaps: Gaps = {
    before: written[1]?.gaps.before ?? guess.before,
    after: written.length > 1 ? (written[0]?.gaps.after ?? '') : '',
    ...(colon === undefined ? {} : { colon }),
  };
  const item = written[0]?.item ?? plainForm;
  const key = written[0]?.key ?? plainForm;
  const marks: NonNullable<ListForm['marks']> = [];
  written.forEach((one, i) => {
    const usual: Gaps = {
      ...gaps,
      before: i === 0 ? '' : gaps.before,
      after: i === written.length - 1 ? '' : gaps.after,
    };
    const mark = {
      ...(same(one.gaps, usual) ? {} : { gaps: one.gaps }),
      ...(same(one.item, item) ? {} : { item: one.item }),
      ...(same(one.key, key) ? {} : { key: one.key.t === 'string' ? one.key : ({ t: 'string' } satisfies StringForm) }),
    };
    if (Object.keys(mark).length > 0) marks.push([i, mark]);
  });
  const tight = gaps.before === '' && gaps.after === '' && (colon === undefined || colon.join('') === '');
  if (open === '' && close === '' && tight && marks.length === 0 && item.t === 'plain' && key.t === 'plain' && !order)
    return plainForm;
  return {
    t: 'list',
    object,
    open,
    close,
    gaps,
    ...(item.t === 'plain' ? {} : { item }),
    ...(key.t === 'string' ? { key } : {}),
    ...(marks.length === 0 ? {} : { marks }),
    ...(order === null ? {} : { order }),
  };
};

/** JavaScript puts members named like whole numbers first: where the text has another order, that is kept. */
const orderOf = (members: readonly JsonMember[] | null): number[] | null => {
  if (members === null) return null;
  const value: Record<string, true> = {};
  for (const member of members) value[member.key] = true;
  const places = new Map(Object.keys(value).map((key, i) => [key, i]));
  const order = members.map((member) => places.get(member.key) ?? 0);
  return order.every((place, i) => place === i) ? null : order;
};

/** `node` as it stands in `text`; only for nodes without a problem inside. */
export const formOfNode = (text: string, node: JsonNode): JsonForm => {
  switch (node.type) {
    case 'literal':
      return plainForm;
    case 'number':
      return numberForm(node.lexeme);
    case 'string':
      return stringForm(text.slice(node.start, node.end), node.value);
    default:
      return listForm(text, node);
  }
};

/** `raw` is one JSON value with nothing around it; null when it is none. */
export const formOfJson = (raw: string): JsonForm | null => {
  const node = parseJsonTree(raw, { depth: Number.MAX_SAFE_INTEGER, nodes: Number.MAX_SAFE_INTEGER });
  return 'message' in node ? null : formOfNode(raw, node);
};

const spellList = (form: JsonForm | undefined, items: readonly (readonly [string | null, JsonValue])[]): string => {
  const object = items[0] !== undefined && items[0][0] !== null;
  const list = form?.t === 'list' && (items.length === 0 || form.object === object) ? form : null;
  const [start, end] = object ? ['{', '}'] : ['[', ']'];
  const guess = list?.gaps ?? guessGaps(object, '');
  const order = list?.order?.length === items.length ? list.order : null;
  const marks = new Map(list?.marks ?? []);
  const parts = items.map((_, i) => {
    const [key, value] = items[order?.[i] ?? i] ?? [null, null];
    const mark = marks.get(i);
    const gaps = mark?.gaps ?? guess;
    const before = i === 0 ? '' : mark?.gaps === undefined ? guess.before : gaps.before;
    const after = i === items.length - 1 ? '' : gaps.after;
    const [left, right] = gaps.colon ?? ['', ''];
    const name = key === null ? '' : `${spellString(mark?.key ?? list?.key, key)}${left}:${right}`;
    return `${before}${name}${spellJson(mark?.item ?? list?.item, value)}${after}`;
  });
  return `${start}${list?.open ?? ''}${parts.join(',')}${list?.close ?? ''}${end}`;
};

/** Exact for the value that the form was taken from; for any other value its text in the same manner. */
export const spellJson = (form: JsonForm | undefined, value: JsonValue): string => {
  if (typeof value === 'string') return spellString(form, value);
  if (typeof value === 'number') return spellNumber(form, value);
  if (Array.isArray(value)) {
    return value.length === 0
      ? emptyOf(form, '[', ']')
      : spellList(
          form,
          value.map((item) => [null, item] as const),
        );
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value);
    return members.length === 0 ? emptyOf(form, '{', '}') : spellList(form, members);
  }
  return JSON.stringify(value);
};

/** The blanks of a list that was empty before; one that had items closes without any. */
const emptyOf = (form: JsonForm | undefined, start: string, end: string): string =>
  form?.t === 'list' && form.close === '' && form.item === undefined && form.marks === undefined
    ? `${start}${form.open}${end}`
    : `${start}${end}`;
