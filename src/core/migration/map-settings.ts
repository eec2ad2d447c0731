/** One file's leaves become settings under a prefix. Pure; every leaf comes out once, as a setting or quarantined. */
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
import { entryFor, validateValue } from '../definitions/catalog.ts';
import { secretReason } from '../definitions/secret-names.ts';
import type { Definition } from '../definitions/types.ts';
import type { Candidate, SourceFile } from './plan-types.ts';
import { keyProblem } from './readers/exactness.ts';
import type { Leaf } from './readers/types.ts';

/** `data/settings.json` -> `settings`, `.env` -> `.env`. */
export const stemOf = (file: string): string => {
  const name = file.split('/').at(-1) ?? file;
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
};

const prefixSegments = (prefix: string, file: string): (string | number)[] => {
  // The marker is replaced after cutting, so that a dot in a file's name stays inside its segment.
  const marker = 'holdfast-stem';
  const segments = keyToSegments(prefix.replace('{stem}', marker)) ?? [prefix];
  return segments.map((segment) => (typeof segment === 'string' ? segment.replace(marker, stemOf(file)) : segment));
};

/** A path that a ledger can keep whatever the key is: odd characters escaped. */
export const pathOf = (segments: readonly (string | number)[]): string =>
  segmentsToKey(segments).replace(
    /[\0\p{Surrogate}]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );

/** Keys longer than this cannot be typed, shown or looked up; settings.apply has the same limit. */
const longestKey = 1024;

const secrecy = (
  definition: Definition,
  key: string,
  leaf: Leaf,
  whole: boolean,
): { secret: boolean; note: string | null } => {
  const declared = entryFor(definition, key)?.['x-secret'];
  if (declared !== undefined) return { secret: declared, note: null };
  if (whole) return { secret: true, note: null };
  const reason = Object.hasOwn(definition.catalog, key) ? null : secretReason(key, leaf.value);
  return { secret: reason !== null, note: reason === null ? null : `proposed as secret: ${reason}` };
};

export const mapSettings = (
  definition: Definition,
  source: SourceFile,
  to: { prefix: string; secret?: boolean },
  leaves: readonly Leaf[],
): Candidate[] => {
  const prefix = prefixSegments(to.prefix, source.file);
  const prefixProblem =
    prefix.map((segment) => keyProblem(String(segment))).find((problem) => problem !== null) ?? null;
  return leaves.map((leaf) => {
    const place = {
      file: source.file,
      path: pathOf(leaf.segments),
      line: leaf.line,
      column: leaf.column,
      raw: leaf.raw,
    };
    const key = segmentsToKey([...prefix, ...leaf.segments]);
    const problem =
      leaf.problem ??
      prefixProblem ??
      (key.length > longestKey ? `the key has more than ${String(longestKey)} characters` : null);
    if (problem !== null) return { ...place, subject: null, reason: problem };
    const { secret, note } = secrecy(definition, key, leaf, to.secret === true);
    const misfit = validateValue(definition, key, leaf.value);
    const fits = misfit === null ? note : `${misfit}; kept as it is`;
    return {
      ...place,
      subject: { kind: 'setting', key },
      value: leaf.value,
      secret,
      note: fits,
      within: null,
      mark: false,
    };
  });
};
