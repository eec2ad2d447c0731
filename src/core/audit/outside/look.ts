/** One look at everything: suspects in slices, then each one closely. Used by the query, the doctor and the open. */
import { ok, type Result } from '../../../contract/result.ts';
import type { Context } from '../../context.ts';
import { entryFor } from '../../definitions/catalog.ts';
import type { Definition } from '../../definitions/types.ts';
import type { Keyring } from '../../secrets/types.ts';
import { readInSlices } from '../../slices.ts';
import type { Store } from '../../store/types.ts';
import type { Looking } from './examine.ts';
import { findingsOf, type Finding } from './findings.ts';
import { noOriginals, openOriginals, type Originals } from './originals.ts';
import { findSuspects, type Suspects } from './scan.ts';
import { readSettled } from './settled.ts';

export type Look = { suspects: Suspects; findings: readonly Finding[]; originals: Originals };

export const titleIn =
  (definition: Definition | null) =>
  (key: string): string | null =>
    definition === null ? null : (entryFor(definition, key)?.title ?? null);

export const namesIn =
  (definition: Definition | null) =>
  (kind: string): readonly string[] =>
    kind === 'setting' && definition !== null ? Object.keys(definition.catalog) : [];

/** What it takes to look closely, in the state that `reader` shows. */
export const lookingWith = (
  parts: Pick<Looking, 'keyring' | 'originals' | 'names'>,
  suspects: Suspects,
  settled: Looking['settled'],
): Looking => ({ ...parts, settled, sets: suspects.sets, keysSince: suspects.keysSince });

type Parts = {
  ctx: Pick<Context, 'read' | 'signal' | 'holdfastDir'>;
  store: Pick<Store, 'info'>;
  keyring: Keyring | null;
  definition: Definition | null;
};

/** Null when it was cancelled. Whoever gets it closes its originals. */
export const lookAtAll = async ({ ctx, store, keyring, definition }: Parts): Promise<Result<Look | null>> => {
  const walked = await readInSlices(ctx, (reader) => findSuspects(reader, keyring));
  if (!walked.ok) return walked;
  if (walked.data === null) return ok(null);
  const suspects = walked.data.value;
  const any = suspects.subjects.size + suspects.sets.size > 0;
  const originals = any ? await openOriginals(ctx.holdfastDir, store.info()) : noOriginals;
  const names = namesIn(definition);
  const found = await ctx.read((reader) => {
    const looking = lookingWith({ keyring, originals, names }, suspects, readSettled(reader));
    return any ? findingsOf(reader, suspects, looking, titleIn(definition)) : [];
  });
  if (!found.ok) {
    originals.close();
    return found;
  }
  return ok({ suspects, findings: found.data, originals });
};
