/** What a JSON file should hold, subject by subject: how each kind of target writes it. Pure. */
import { isJsonObject, jsonEqual, type JsonValue } from '../../contract/json.ts';
import type { Subject } from '../changes/write.ts';
import type { Target } from '../definitions/types.ts';
import type { Segments } from '../migration/map-parts.ts';
import type { JsonNode } from '../migration/readers/json-tree.ts';
import { assign, changeList, itemsOf, update, without, type Wish } from './json-edits.ts';
import { nameInFile } from './places.ts';

/** One subject as it should be. `now`: what the file says of it, undefined where it does not name it. */
export type SubjectWish = {
  subject: Subject;
  place: Segments;
  value: JsonValue | undefined;
  now: JsonValue | undefined;
};

/** Thrown and caught by `wishAll` only: a file without a place for something is told with this sentence fragment. */
export class NoPlace extends Error {}

type Of<K extends Target['kind']> = Extract<Target, { kind: K }>;

const refuse = (problem: string): never => {
  throw new NoPlace(problem);
};

const memberOf = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** The members of a subject's value that are not as the file says. */
const changedParts = (one: SubjectWish, parts: readonly string[]): [string, JsonValue][] =>
  parts.flatMap((part): [string, JsonValue][] => {
    const value = memberOf(one.value, part);
    const now = memberOf(one.now, part);
    return value === undefined || (now !== undefined && jsonEqual(value, now)) ? [] : [[part, value]];
  });

/** The list of what is switched on stands beside the table of fields. */
const switchOn = (root: Wish, id: string, on: boolean): Wish => {
  const isIt = (node: JsonNode): boolean => node.type === 'string' && node.value === id;
  return update(root, 'enabled_integrations', (list) => {
    if (list === null) return { want: 'value', value: on ? [id] : [] };
    if (!on) return changeList(list, (node) => !isIt(node));
    return itemsOf(list).some(isIt) ? list : changeList(list, () => true, [id]);
  });
};

const wishIntegration = (root: Wish, to: Of<'integrations'>, one: SubjectWish): Wish => {
  const { subject, place, value } = one;
  if (to.layout === 'enabled-list') {
    if (value === undefined) return switchOn(without(root, place, false), subject.key, false);
    const there = one.now === undefined ? assign(root, place, {}) : root;
    return switchOn(there, subject.key, memberOf(value, 'enabled') === true);
  }
  if (value === undefined) return refuse(gone);
  return changedParts(one, ['name', 'type', 'enabled']).reduce((wish, [part, said]) => {
    const member = part === 'name' ? to.name : part === 'type' ? to.type : to.enabled;
    return member === undefined ? refuse(`the file has no place for its ${part}`) : assign(wish, [member], said);
  }, root);
};

const gone = 'all that it held was removed in Holdfast; remove the file yourself, or turn its mirror off';

/** `items`: those of the list as it was read. */
const wishRecord = (root: Wish, to: Of<'records'>, { place, value }: SubjectWish, items: readonly JsonNode[]): Wish => {
  if (value === undefined) {
    const at = place[0];
    if (to.layout === 'map') return without(root, place, false);
    if (to.layout === 'file' || typeof at !== 'number') return refuse(gone);
    const node = items[at];
    return changeList(root, (item) => item !== node);
  }
  const data = memberOf(value, 'data');
  if (!isJsonObject(data)) return refuse('a record is no object');
  const members = Object.entries(data).map(([name, member]): [string, JsonValue] => [
    nameInFile(to.rename, name),
    member,
  ]);
  return assign(root, place, Object.fromEntries(members));
};

const userParts = ['displayName', 'email', 'role', 'disabled'];
/** What a user is about whom a file says nothing. */
const blankUser: JsonValue = { displayName: null, email: null, role: 'viewer', disabled: false };

const wishUser = (root: Wish, to: Of<'users'>, one: SubjectWish): Wish => {
  if (one.value === undefined) return without(root, one.place, false);
  const there = one.now === undefined ? assign(root, one.place, {}) : root;
  return changedParts({ ...one, now: one.now ?? blankUser }, userParts).reduce(
    (wish, [part, value]) => assign(wish, [...one.place, nameInFile(to.rename, part)], value),
    there,
  );
};

const wishOne = (root: Wish, to: Target, one: SubjectWish, items: readonly JsonNode[]): Wish => {
  if (to.kind === 'records') return wishRecord(root, to, one, items);
  if (to.kind === 'users' && one.subject.kind === 'user') return wishUser(root, to, one);
  if (to.kind === 'integrations' && one.subject.kind === 'integration') return wishIntegration(root, to, one);
  if (one.value !== undefined) return assign(root, one.place, one.value);
  // An object without members would be a value of its own.
  return without(root, one.place, to.kind === 'settings' || to.kind === 'overrides' || one.place.length > 3);
};

/** What goes comes first: it may stand where something else is about to be. Items of lists go last, so that places stay. */
const inOrder = (to: Target, wishes: readonly SubjectWish[]): SubjectWish[] => {
  const late = to.kind === 'records' && to.layout === 'list';
  const rank = (one: SubjectWish): number =>
    one.value === undefined
      ? late
        ? 2
        : 0
      : one.subject.kind === 'integration' || one.subject.kind === 'user'
        ? 0
        : 1;
  return wishes.toSorted((a, b) => rank(a) - rank(b));
};

/** Throws `NoPlace` where the file cannot hold a value. */
export const wishAll = (root: Wish, to: Target, wishes: readonly SubjectWish[]): Wish => {
  // Places are those of the file as it was read: a list item to remove is named by its node.
  const items = itemsOf(root);
  return inOrder(to, wishes).reduce((wish, one) => wishOne(wish, to, one, items), root);
};
