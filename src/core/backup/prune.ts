/**
 * Removing backups that the policy does not keep. Before the first one goes, all that stay are read again; only files go
 * that the log knows, under their own name, with their size and their header; and one that stays must be verified.
 */
import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backup, Keep } from '../../contract/backups.ts';
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { diskFailure } from '../secrets/disk-failure.ts';
import { realFs } from '../store/fs.ts';
import { readAgeHeader } from './age-file.ts';
import { digestOf } from './digest.ts';
import { readStart, readWholeFile } from './disk.ts';
import { inTurn } from './in-turn.ts';
import { listBackups } from './list.ts';
import { backupMarks, type Mark } from './log.ts';
import { backupsDirOf, backupsFolder } from './place.ts';
import { ownBackups, readPolicy } from './policy.ts';
import { forgetBackups, knownBackups } from './record.ts';
import { decideRetention, type Candidate, type Retention } from './retention.ts';

type Answer = Output<'backup.prune'>;

const ownName = /^holdfast_\d{8}_\d{6}(?:_\d+)?\.age$/u;
const nameOf = (path: string): string => path.slice(backupsFolder.length + 1);

/** What the list and the log say; reading the file comes later. */
const candidateOf = (backup: Backup, mark: Mark | undefined): Candidate => ({
  path: backup.path,
  number: ownName.test(nameOf(backup.path)) ? (mark?.number ?? null) : null,
  at: backup.at,
  sizeBytes: backup.sizeBytes,
  verified: backup.provenAt !== null,
  damaged: backup.error !== null,
});

/** The same file that was proven once: by the hash that the log has. */
const look = async (ctx: Context, one: Candidate, sha256: string | null): Promise<Candidate> => {
  const bytes = await readWholeFile(join(ctx.homeDir, ...one.path.split('/')), one.path, false);
  const same = bytes.ok && sha256 !== null && (await digestOf(bytes.data)).sha256 === sha256;
  return { ...one, verified: one.verified && same, damaged: !bytes.ok || (sha256 !== null && !same) };
};

/** Reads what would stay. What turns out damaged does not count as a copy, so another one may have to stay: again. */
const decide = async (
  ctx: Context,
  there: readonly Candidate[],
  keep: Keep,
  marks: ReadonlyMap<string, Mark>,
): Promise<Retention> => {
  let candidates = [...there];
  const looked = new Set<string>();
  for (;;) {
    const retention = decideRetention(candidates, keep);
    const next = retention.keep.find(({ backup }) => backup.number !== null && !looked.has(backup.path))?.backup;
    if (next === undefined) return retention;
    looked.add(next.path);
    const seen = await look(ctx, next, marks.get(next.path)?.sha256 ?? null);
    candidates = candidates.map((one) => (one.path === next.path ? seen : one));
  }
};

/** Still the file of that size, with the header that it was written with. */
const isStillOurs = async (path: string, one: Candidate, recipient: string | null): Promise<boolean> => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size !== one.sizeBytes) return false;
  const start = await readStart(path, 8192);
  const header = start === null ? 'unreadable' : readAgeHeader(start);
  if (typeof header === 'string') return false;
  return recipient === null ? header.key === 'passphrase' : header.hint?.recipient === recipient;
};

/** The log tells first what is about to go: a run that is killed half-way leaves nothing unexplained. */
const announce = (ctx: Context, remove: readonly Candidate[], gone: readonly string[], reason: string | undefined) =>
  ctx.commit({ kind: 'event', reason: reason ?? null }, (changes) => {
    forgetBackups(changes, gone);
    for (const { path, at, sizeBytes } of remove) changes.event('backup', path, 'backup-removed', { at, sizeBytes });
    return ok(undefined);
  });

const removeAll = async (
  ctx: Context,
  remove: readonly Candidate[],
  recipients: ReadonlyMap<string, string | null>,
): Promise<Result<Candidate[]>> => {
  const removed: Candidate[] = [];
  const dir = backupsDirOf(ctx.homeDir);
  for (const one of remove) {
    if (ctx.signal.aborted) break;
    const path = join(dir, nameOf(one.path));
    if (!(await isStillOurs(path, one, recipients.get(one.path) ?? null))) continue;
    try {
      await rm(path);
    } catch (error) {
      return diskFailure(error, `the removal of ${one.path}`, path, null);
    }
    removed.push(one);
  }
  if (removed.length > 0) realFs.flushDir(dir);
  return ok(removed);
};

const answerOf = (dryRun: boolean, retention: Retention, removed: readonly Candidate[]): Answer => ({
  dryRun,
  removed: removed.map(({ path, at, sizeBytes }) => ({ path, at, sizeBytes })),
  kept: retention.keep.map(({ backup: { path, at, sizeBytes }, why }) => ({ path, at, sizeBytes, why })),
  verified: retention.keep.filter(({ backup }) => backup.verified).length,
  freedBytes: removed.reduce((sum, one) => sum + one.sizeBytes, 0),
});

const prune = async (ctx: Context, input: Input<'backup.prune'>): Promise<Result<Answer>> => {
  const listed = await listBackups(ctx);
  if (!listed.ok) return listed;
  const read = await ctx.read((reader) => ({
    policy: readPolicy(reader),
    marks: backupMarks(reader),
    known: knownBackups(reader),
  }));
  if (!read.ok) return read;
  const { policy, marks, known } = read.data;
  const there = ownBackups(listed.data, marks).map((one) => candidateOf(one, marks.get(one.path)));
  ctx.progress('Reading the backups that stay', 20);
  const retention = await decide(ctx, there, input.keep ?? policy.keep, marks);
  const { remove } = retention;
  if (remove.length === 0) return ok(answerOf(input.dryRun === true, retention, []));
  if (!retention.keep.some(({ backup }) => backup.verified)) {
    const unmet = [
      'none of the backups that would stay could be verified; verify one first: holdfast backup verify FILE',
    ];
    return fail({ type: 'CheckUnmet', unmet });
  }
  if (input.dryRun === true) return ok(answerOf(true, retention, remove));
  if (ctx.signal.aborted) return fail({ type: 'Cancelled', what: 'Removing old backups' });
  const paths = new Set(listed.data.map((one) => one.path));
  const gone = [...known.keys()].filter((path) => path.startsWith(`${backupsFolder}/`) && !paths.has(path));
  const announced = await announce(ctx, remove, gone, input.reason);
  if (!announced.ok) return announced;
  const removed = await removeAll(ctx, remove, new Map([...known].map(([path, row]) => [path, row.recipient])));
  ctx.changed('backups', 'status', 'audit');
  return removed.ok ? ok(answerOf(false, retention, removed.data)) : removed;
};

/** Errors: `NotFound` without a store, `CheckUnmet` when nothing that stays is verified, `DiskError`. */
export const pruneBackups = (ctx: Context, input: Input<'backup.prune'>): Promise<Result<Answer>> =>
  inTurn(ctx.homeDir, () => prune(ctx, input));
