/**
 * A rehearsal: the newest backup is opened for real, checked as a restore would, and compared with what is live. How it
 * went is an entry of the log: a backup that fails is told of until one succeeds.
 */
import { Buffer } from 'node:buffer';
import type { Input, Output } from '../../contract/commands.ts';
import { describeError } from '../../contract/errors.ts';
import type { Difference } from '../../contract/recovery.ts';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { openImageReader } from '../store/image-reader.ts';
import { liveSubjects, type LiveSubject } from './contents.ts';
import { listBackups } from './list.ts';
import { backupMarks } from './log.ts';
import { openingOf, readFoundBackup, findBackup } from './open.ts';
import { ownBackups } from './policy.ts';
import { recordDamage, recordProof } from './record.ts';
import { recordFailure } from './failure.ts';

type Answer = Output<'backup.rehearse'>;

const listedDifferences = 200;

/** Equal marks are equal values; a secret's fingerprint stands for it. */
const marksOf = (subjects: readonly LiveSubject[]): Map<string, { kind: string; key: string; mark: string }> =>
  new Map(
    subjects.map(({ kind, key, value, print }) => [
      JSON.stringify([kind, key]),
      { kind, key, mark: print === null ? (value ?? '') : Buffer.from(print).toString('hex') },
    ]),
  );

/** What changed since the backup: `added` is live only, `missing` is in the backup only. */
export const changesSince = (backup: readonly LiveSubject[], live: readonly LiveSubject[]): Difference[] => {
  const [before, now] = [marksOf(backup), marksOf(live)];
  const found: Difference[] = [];
  for (const [id, { kind, key, mark }] of now) {
    const old = before.get(id);
    if (old === undefined) found.push({ kind, key, how: 'added' });
    else if (old.mark !== mark) found.push({ kind, key, how: 'changed' });
  }
  for (const [id, { kind, key }] of before) if (!now.has(id)) found.push({ kind, key, how: 'missing' });
  return found;
};

type Seen = Pick<Answer, 'path' | 'at' | 'counts'> & { live: LiveSubject[] };

/** The newest one of the home's own folder, whatever state its file is in. */
const newestPath = async (ctx: Context): Promise<Result<string>> => {
  const listed = await listBackups(ctx);
  if (!listed.ok) return listed;
  const marks = await ctx.read(backupMarks);
  if (!marks.ok) return marks;
  const newest = ownBackups(listed.data, marks.data)[0];
  return newest === undefined ? fail({ type: 'NotFound', what: 'backup in', name: ctx.homeDir }) : ok(newest.path);
};

const openReally = async (ctx: Context, path: string, input: Input<'backup.rehearse'>): Promise<Result<Seen>> => {
  const found = await findBackup(ctx, { path });
  if (!found.ok) return found;
  const content = await readFoundBackup(found.data, await openingOf(ctx, input.credential), {
    prove: true,
    signal: ctx.signal,
    tell: (share) => {
      ctx.progress('Decrypting', 10 + 60 * share);
    },
  });
  if (!content.ok) return content;
  const image = await openImageReader(content.data.store);
  if (!image.ok) return image;
  try {
    const { created, counts } = content.data.manifest;
    return ok({ path, at: created, counts, live: liveSubjects(image.data) });
  } finally {
    image.data.close();
  }
};

/** Being locked or cancelled says nothing about the backup. */
const saysNothing = (failure: Failure): boolean => ['SecretsLocked', 'Cancelled'].includes(failure.error.type);

const noteFailure = async (ctx: Context, path: string, failure: Failure): Promise<void> => {
  if (saysNothing(failure)) return;
  const problem = describeError(failure.error);
  if (failure.error.type === 'BackupDamaged') {
    await ctx.commit({ kind: 'event' }, (changes) => {
      recordDamage(changes, path, problem);
      return ok(undefined);
    });
  }
  await recordFailure(ctx, 'rehearse-failed', path, problem);
};

/** Errors: `NotFound` without a backup, `SecretsLocked`, `WrongKey`, `BackupDamaged`. */
export const rehearseBackup = async (ctx: Context, input: Input<'backup.rehearse'>): Promise<Result<Answer>> => {
  const path = await newestPath(ctx);
  if (!path.ok) return path;
  ctx.progress('Decrypting', 10);
  const seen = await openReally(ctx, path.data, input);
  if (!seen.ok) {
    await noteFailure(ctx, path.data, seen);
    ctx.changed('backups', 'status', 'audit');
    return seen;
  }
  ctx.progress('Comparing with what is live', 80);
  const live = await ctx.read(liveSubjects);
  if (!live.ok) return live;
  const { live: kept, ...facts } = seen.data;
  const differences = changesSince(kept, live.data);
  const provenAt = ctx.clock.now();
  const written = await ctx.commit({ kind: 'event' }, (changes) => {
    recordProof(changes, path.data, provenAt, { action: 'rehearse', changed: differences.length });
    return ok(undefined);
  });
  if (!written.ok) return written;
  ctx.changed('backups', 'status', 'audit');
  return ok({
    ...facts,
    provenAt,
    changed: differences.length,
    differences: differences.slice(0, listedDifferences),
  });
};
