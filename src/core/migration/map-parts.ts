/** What all mappers share: places, paths, keys and the question whether a value is secret. Pure. */
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
import type { JsonValue } from '../../contract/json.ts';
import { entryFor } from '../definitions/catalog.ts';
import { secretReason } from '../definitions/secret-names.ts';
import type { Definition, Target } from '../definitions/types.ts';
import type { Candidate, Quarantined, ReadSource } from './plan-types.ts';
import type { Leaf } from './readers/types.ts';

export type Segments = readonly (string | number)[];

export type TargetOf<K extends Target['kind']> = Extract<Target, { kind: K }>;

/** What a mapper is given. `now` is the time of the import (ISO 8601): expiry counts from it. */
export type MapContext = { definition: Definition; source: ReadSource; now: string };

export type Mapper<K extends Target['kind']> = (context: MapContext, to: TargetOf<K>) => Candidate[];

/** `data/settings.json` -> `settings`, `.env` -> `.env`. */
export const stemOf = (file: string): string => {
  const name = file.split('/').at(-1) ?? file;
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
};

/**
 * `prefix` in key syntax; `{stem}` and `{folders}` are put in after cutting, so that a dot in a file's name stays inside
 * its segment.
 */
export const prefixSegments = (prefix: string, file: string): (string | number)[] => {
  if (prefix === '') return [];
  const [stem, folders] = ['holdfast-stem', 'holdfast-folders'];
  const segments = keyToSegments(prefix.replace('{stem}', stem).replace('{folders}', folders)) ?? [prefix];
  return segments.flatMap((segment) => {
    if (segment === folders) return file.split('/').slice(0, -1);
    return typeof segment === 'string' ? segment.replace(stem, stemOf(file)) : segment;
  });
};

/** Most paths have none of these, and this is quick to see. */
const oddCharacter = /[\0\ud800-\udfff]/;

/** A path that a ledger can keep whatever the key is: odd characters escaped. */
export const pathOf = (segments: Segments): string => {
  const key = segmentsToKey(segments);
  if (!oddCharacter.test(key)) return key;
  return key.replace(/[\0\p{Surrogate}]/gu, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
};

/** Keys longer than this cannot be typed, shown or looked up; settings.apply has the same limit. */
const longestKey = 1024;

export const lengthProblem = (key: string): string | null =>
  key.length > longestKey ? `the key has more than ${String(longestKey)} characters` : null;

export type Place = Omit<Quarantined, 'subject' | 'reason'>;

export const placeOf = (file: string, leaf: Leaf): Place => ({
  file,
  path: pathOf(leaf.segments),
  line: leaf.line,
  column: leaf.column,
  raw: leaf.raw,
});

/** A problem of the value itself is told before the mapper's own reason. */
export const quarantine = (file: string, leaf: Leaf, reason: string): Quarantined => ({
  ...placeOf(file, leaf),
  subject: null,
  reason: leaf.problem ?? reason,
});

/** The catalog's word, else the file's, else what name and look suggest. */
export const settingSecrecy = (
  definition: Definition,
  key: string,
  value: JsonValue,
  whole: boolean,
): { secret: boolean; note: string | null } => {
  const declared = entryFor(definition, key)?.['x-secret'];
  if (declared !== undefined) return { secret: declared, note: null };
  if (whole) return { secret: true, note: null };
  const reason = Object.hasOwn(definition.catalog, key) ? null : secretReason(key, value);
  return { secret: reason !== null, note: reason === null ? null : `proposed as secret: ${reason}` };
};

/** What an import does not refuse is said in a note. */
export const misfitNote = (problem: string | null): string | null =>
  problem === null ? null : `${problem}; kept as it is`;
