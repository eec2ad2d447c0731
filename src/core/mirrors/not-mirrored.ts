/** Which legacy files do not have a change that was just saved: those not mirrored, and mirrored ones that are not in step. */
import type { ChangeView } from '../../contract/settings.ts';
import type { Result } from '../../contract/result.ts';
import { ok } from '../../contract/result.ts';
import type { Subject } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { mirrorLines } from './health.ts';
import { filesOf } from './places.ts';
import { filesSeen } from './queries.ts';

type Told = { dryRun: boolean; changes: readonly ChangeView[]; notMirrored?: string[] };

/** The files that do not have what was saved under these subjects. */
export const filesWithout = async (ctx: Context, changed: readonly Subject[]): Promise<string[]> => {
  const definition = await ctx.definition();
  const found = await ctx.read((reader) => {
    // A home that never had a legacy file owes none of them anything.
    if (changed.length === 0 || filesSeen(reader).length === 0) return [];
    const files = new Set(changed.flatMap((subject) => filesOf(reader, definition, subject).slice(0, 1)));
    const inStep = mirrorLines(ctx.homeDir, reader).filter(({ state }) => state === 'in-step');
    for (const { file } of inStep) files.delete(file);
    return [...files].toSorted();
  });
  // The change is saved: what cannot be told about files does not turn its answer into an error.
  return found.ok ? found.data : [];
};

/** Adds `notMirrored` to the answer of a saved change; settings unless `kindOf` says otherwise. */
export const withNotMirrored = async <T extends Told>(
  ctx: Context,
  saved: Result<T>,
  subjectOf: (change: ChangeView) => Subject = ({ key }) => ({ kind: 'setting', key }),
): Promise<Result<T>> => {
  if (!saved.ok || saved.data.dryRun) return saved;
  const changed = saved.data.changes.filter((change) => change.action !== 'unchanged').map(subjectOf);
  return ok({ ...saved.data, notMirrored: await filesWithout(ctx, changed) });
};
