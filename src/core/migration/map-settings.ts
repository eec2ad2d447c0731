/** One file's leaves become settings under a prefix. Pure; every leaf comes out once, as a setting or quarantined. */
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
import { entryFor, validateValue } from '../definitions/catalog.ts';
import {
  lengthProblem,
  misfitNote,
  placeOf,
  prefixSegments,
  quarantine,
  settingSecrecy,
  type Mapper,
  type Segments,
} from './map-parts.ts';
import { keyProblem } from './readers/exactness.ts';
import type { Leaf } from './readers/types.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { Definition, SourceRule } from '../definitions/types.ts';
import { typedEnvValue, unreadWord } from './typed-env.ts';

export const leavesIn = (read: { ok: boolean; leaves?: Leaf[] } | null): Leaf[] => read?.leaves ?? [];

export const prefixProblem = (segments: Segments): string | null =>
  segments.map((segment) => keyProblem(String(segment))).find((problem) => problem !== null) ?? null;

/** JSON says its types itself; what stands in a `.env` file gets the type that the catalog declares. */
export const valueFor = (
  definition: Definition,
  format: SourceRule['format'],
  key: string,
  value: JsonValue,
): JsonValue =>
  format === 'env' && typeof value === 'string' ? typedEnvValue(entryFor(definition, key), value) : value;

export const mapSettings: Mapper<'settings'> = ({ definition, source }, to) => {
  const { file, rule } = source;
  const prefix = prefixSegments(to.prefix, file);
  const ofPrefix = prefixProblem(prefix);
  return leavesIn(source.read).map((leaf) => {
    const path = segmentsToKey(leaf.segments);
    const renamed = to.rename !== undefined && Object.hasOwn(to.rename, path) ? to.rename[path] : undefined;
    const key = renamed ?? segmentsToKey([...prefix, ...leaf.segments]);
    const problem = leaf.problem ?? (renamed === undefined ? ofPrefix : null) ?? lengthProblem(key) ?? noKey(key);
    if (problem !== null) return quarantine(file, leaf, problem);
    const value = valueFor(definition, rule.format, key, leaf.value);
    const { secret, note } = settingSecrecy(definition, key, value, to.secret === true);
    const unread =
      rule.format === 'env' && typeof leaf.value === 'string'
        ? unreadWord(entryFor(definition, key), leaf.value)
        : null;
    return {
      ...placeOf(file, leaf),
      subject: { kind: 'setting', key },
      value,
      secret,
      note: misfitNote(unread ?? validateValue(definition, key, value)) ?? note,
      within: null,
      mark: false,
      part: [],
    };
  });
};

/** A file without a prefix whose root is no object has no key to stand under. */
const noKey = (key: string): string | null => {
  if (key === '') return 'an object was expected here';
  return keyToSegments(key) === null ? 'this cannot be a setting key' : null;
};
