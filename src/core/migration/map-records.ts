/**
 * Documents become records of a collection, one candidate each. What the store cannot keep exactly quarantines the whole
 * document; one that does not fit its collection's schema is kept with a note. Pure.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { segmentsToKey } from '../../contract/setting-key.ts';
import { firstProblem } from '../definitions/problems.ts';
import { secretReason } from '../definitions/secret-names.ts';
import type { Collection } from '../definitions/types.ts';
import { secretPlaces } from '../records/document.ts';
import { lengthProblem, misfitNote, placeOf, quarantine, stemOf, type Mapper, type TargetOf } from './map-parts.ts';
import type { Candidate } from './plan-types.ts';
import { keyProblem } from './readers/exactness.ts';
import { leafOf, memberProblems, problemWithPlace, type JsonDocument } from './readers/json-reader.ts';
import type { JsonNode } from './readers/json-tree.ts';
import type { Leaf } from './readers/types.ts';

type To = TargetOf<'records'>;
/** `id` null: the document has none that can be used, for this reason. */
type Found = { leaf: Leaf } & ({ id: string } | { id: null; reason: string });

const documentLeaf = (document: JsonDocument, node: JsonNode, segments: (string | number)[], at = node.start): Leaf =>
  leafOf(document, node, segments, at, problemWithPlace(document, node));

const inMap = (document: JsonDocument, whole: Leaf): Found[] => {
  const { root } = document;
  if (root.type !== 'object') return [{ leaf: whole, id: null, reason: 'an object of documents by id was expected' }];
  const problems = memberProblems(document, root.members);
  return root.members.map((member, i) => ({
    leaf:
      problems[i] == null
        ? documentLeaf(document, member.value, [member.key], member.at)
        : leafOf(document, member.value, [member.key], member.at, problems[i]),
    id: member.key,
  }));
};

const idIn = (data: JsonValue, member: string): string | null => {
  const id = isJsonObject(data) && Object.hasOwn(data, member) ? data[member] : undefined;
  return typeof id === 'string' ? id : typeof id === 'number' ? String(id) : null;
};

/** The first document with an id counts: nothing says which of two the application means. */
const inList = (document: JsonDocument, whole: Leaf, member: string): Found[] => {
  const { root } = document;
  if (root.type !== 'array') return [{ leaf: whole, id: null, reason: 'a list of documents was expected' }];
  const lines = new Map<string, number>();
  return root.items.map((item, i): Found => {
    const leaf = documentLeaf(document, item, [i]);
    const id = idIn(leaf.value, member);
    if (id === null) return { leaf, id: null, reason: `the document has no ${segmentsToKey([member])} to be known by` };
    const line = lines.get(id);
    if (line !== undefined)
      return { leaf, id: null, reason: `line ${String(line)} has a document with this id already` };
    lines.set(id, leaf.line);
    return { leaf, id };
  });
};

const documentsIn = (document: JsonDocument, file: string, to: To): Found[] => {
  const whole = documentLeaf(document, document.root, []);
  switch (to.layout) {
    case 'map':
      return inMap(document, whole);
    case 'list':
      return inList(document, whole, to.id ?? 'id');
    case 'file':
      return [{ leaf: whole, id: stemOf(file) }];
  }
};

/** Null when two members would get one name, or a name that is a trap. */
const renamed = (data: JsonObject, rename: { [member: string]: string }): JsonObject | null => {
  const result: JsonObject = {};
  for (const [member, value] of Object.entries(data)) {
    const name = Object.hasOwn(rename, member) ? (rename[member] ?? member) : member;
    if (Object.hasOwn(result, name) || keyProblem(name) !== null) return null;
    result[name] = value;
  }
  return result;
};

const expiry = (collection: Collection | null, now: string): string | null =>
  collection?.expiresAfterDays === undefined
    ? null
    : new Date(Date.parse(now) + collection.expiresAfterDays * 86_400_000).toISOString();

/** Records are kept in clear: one that holds a secret is proposed as secret, and the plan keeps it in quarantine. */
const secrecy = (collection: Collection | null, data: JsonObject): { secret: boolean; note: string | null } => {
  const schema = collection?.schema ?? {};
  const [declared] = secretPlaces(schema, data, undefined);
  if (declared !== undefined) return { secret: true, note: `${declared} is secret` };
  const properties = schema['properties'];
  for (const [member, value] of Object.entries(data)) {
    const known = isJsonObject(properties) && Object.hasOwn(properties, member) ? properties[member] : undefined;
    const harmless = isJsonObject(known) && known['x-secret'] === false;
    const reason = harmless ? null : secretReason(segmentsToKey([member]), value);
    if (reason !== null) return { secret: true, note: `${member} looks secret: ${reason}` };
  }
  return { secret: false, note: null };
};

export const mapRecords: Mapper<'records'> = ({ definition, source, now }, to) => {
  const { file, read } = source;
  if (read?.ok !== true || read.json === undefined) return [];
  const collection = Object.hasOwn(definition.collections, to.collection)
    ? (definition.collections[to.collection] ?? null)
    : null;
  const expiresAt = expiry(collection, now);
  return documentsIn(read.json, file, to).map((found): Candidate => {
    const { leaf } = found;
    if (found.id === null) return quarantine(file, leaf, found.reason);
    const key = segmentsToKey([to.collection, found.id]);
    const ofId = found.id === '' ? 'the document has no id' : (keyProblem(found.id) ?? lengthProblem(key));
    if (leaf.problem !== null || ofId !== null) return quarantine(file, leaf, ofId ?? '');
    if (!isJsonObject(leaf.value)) return quarantine(file, leaf, 'a document is an object');
    const data = renamed(leaf.value, to.rename ?? {});
    if (data === null) return quarantine(file, leaf, 'two members would have the same name in the record');
    const { secret, note } = secrecy(collection, data);
    return {
      ...placeOf(file, leaf),
      subject: { kind: 'record', key },
      value: { data, expiresAt },
      secret,
      note: note ?? misfitNote(collection === null ? null : firstProblem(collection.schema, data)),
      within: null,
      mark: false,
      part: ['data'],
    };
  });
};
