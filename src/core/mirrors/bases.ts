/**
 * What a mirrored file held when Holdfast last wrote it: the common ground for comparing file and store, newer than the
 * last import. Without it a value that both sides had agreed on would look like a conflict.
 */
import type { SubjectKind } from '../changes/write.ts';
import type { Imported } from '../migration/present.ts';
import type { Reader } from '../store/types.ts';
import { versionUpTo, writtenFiles } from './queries.ts';

/** `imported` by `file\npath`, as `migration/present.ts` keeps it. Both maps are changed in place. */
export const takeMirrorBases = (
  reader: Reader,
  into: { imported: Map<string, Imported>; hashes: Map<string, string> },
): void => {
  const written = new Map(writtenFiles(reader).map((one) => [one.file, one]));
  if (written.size === 0) return;
  for (const { file, sha256 } of written.values()) if (sha256 !== null) into.hashes.set(file, sha256);
  for (const [place, one] of into.imported) {
    const state = written.get(place.slice(0, place.indexOf('\n')));
    if (state === undefined || one.subject === null || one.version === null) continue;
    const slash = one.subject.indexOf('/');
    const subject = { kind: one.subject.slice(0, slash) as SubjectKind, key: one.subject.slice(slash + 1) };
    const then = versionUpTo(reader, subject, state.upto);
    if (then === undefined || then.version === one.version.version) continue;
    // Removed by then, in both: what stands there now is new.
    if (then.value === null && then.cipher === null) into.imported.delete(place);
    else into.imported.set(place, { ...one, version: { ...then, secret: then.secret === 1 } });
  }
};
