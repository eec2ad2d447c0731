/** Every legacy file as Holdfast last knew it: as the last import read it, or as a mirror wrote it since. */
import { knownFiles } from '../homes/queries.ts';
import type { Definition } from '../definitions/types.ts';
import { isPattern } from '../migration/glob.ts';
import type { Reader } from '../store/types.ts';
import { filesSeen, mirroredFiles, mirrorState } from './queries.ts';

/** The files worth watching: every one that was ever read, and those that the definition names outright. */
export const legacyFilesOf = (reader: Reader, definition: Definition | null): string[] => [
  ...new Set([
    ...filesSeen(reader),
    ...(definition?.sources ?? []).filter((rule) => !isPattern(rule.file)).map((rule) => rule.file),
  ]),
];

/** `mirrored`: the hashes that a mirrored file may have: what was last written, and what is just being written. */
export const knownNow = (reader: Reader) => {
  const on = new Set(mirroredFiles(reader));
  return knownFiles(reader).map((one) => {
    const state = on.has(one.file) ? mirrorState(reader, one.file) : undefined;
    if (state === undefined) return one;
    return { ...one, mirrored: state.next === null ? [state.sha256] : [state.sha256, state.next] };
  });
};
