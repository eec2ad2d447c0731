/**
 * When backups are made and rehearsed, and how many stay: Holdfast's own settings of a home, versioned and in the log like
 * any value. Times of the day are local; a backup whose time is ahead of now (a clock that was set back) counts for nothing.
 */
import { Cron } from 'croner';
import { Check } from 'typebox/value';
import {
  BackupPolicy,
  defaultBackupPolicy,
  type Backup,
  type BackupEvery,
  type BackupPlan,
} from '../../contract/backups.ts';
import type { Input, Output } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Subject } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import { listBackups } from './list.ts';
import { backupHistory, backupMarks, type Mark } from './log.ts';

const subject: Subject = { kind: 'policy', key: 'backup' };

const liveValue = db
  .selectFrom('live')
  .innerJoin('subject', 'subject.id', 'live.subject')
  .innerJoin('version', 'version.id', 'live.version')
  .select('version.value')
  .where('subject.kind', '=', subject.kind)
  .where('subject.key', '=', subject.key)
  .compile();

/** Null where nobody chose, and for what another Holdfast wrote in a form that this one does not know. */
const chosenPolicy = (reader: Reader): BackupPolicy | null => {
  const text = reader.first(liveValue)?.value ?? null;
  const value: unknown = text === null ? null : JSON.parse(text);
  return Check(BackupPolicy, value) ? value : null;
};

export const readPolicy = (reader: Reader): BackupPolicy => chosenPolicy(reader) ?? defaultBackupPolicy;

const patternOf = (every: Exclude<BackupEvery, 'off'>, at: string): string => {
  const [hour, minute] = at.split(':').map(Number);
  const time = `${String(minute ?? 0)} ${String(hour ?? 0)}`;
  return {
    hourly: `${String(minute ?? 0)} * * * *`,
    '6h': `${String(minute ?? 0)} */6 * * *`,
    daily: `${time} * * *`,
    weekly: `${time} * * 1`,
    monthly: `${time} 1 * *`,
  }[every];
};

/** The first time after `last` that the clock has to show; `now` when there was none yet. Null: never. */
export const nextTime = (every: BackupEvery, at: string, last: string | null, now: string): string | null => {
  if (every === 'off') return null;
  if (last === null || last > now) return now;
  return new Cron(patternOf(every, at), { paused: true }).nextRun(new Date(last))?.toISOString() ?? null;
};

export const isOver = (time: string | null, now: string): boolean => time !== null && time <= now;

export type PolicyState = {
  policy: BackupPolicy;
  /** False: the default counts, once a first backup was made. */
  chosen: boolean;
  plan: BackupPlan;
  /** When a rehearsal is due; null: never. */
  rehearseAt: string | null;
  /** The newest backup of the store in the home's own folder, by the order of the log. */
  newest: Backup | null;
  now: string;
};

/** Those in the home's own folder that hold a store, newest first by the order of the log; unknown ones last. */
export const ownBackups = (backups: readonly Backup[], marks: ReadonlyMap<string, Mark>): Backup[] =>
  backups
    .filter((one) => one.kind === 'store' && one.elsewhere === null)
    .toSorted((a, b) => (marks.get(b.path)?.number ?? 0) - (marks.get(a.path)?.number ?? 0));

const unknown = {
  chosen: null,
  history: { firstAt: null, madeAt: null, rehearsedAt: null, failed: null },
  marks: new Map<string, Mark>(),
} as const;

export const policyState = async (ctx: Context, listed: readonly Backup[]): Promise<PolicyState> => {
  const read = await ctx.read((reader) => ({
    chosen: chosenPolicy(reader),
    history: backupHistory(reader),
    marks: backupMarks(reader),
  }));
  const { chosen, history, marks } = read.ok ? read.data : unknown;
  const policy = chosen ?? defaultBackupPolicy;
  const newest = ownBackups(listed, marks).find((one) => one.error === null) ?? null;
  const now = ctx.clock.now();
  const { every, at } = policy;
  // A home that nobody ever backed up may have no keys yet: the default begins with its first backup.
  const begun = chosen !== null || history.firstAt !== null;
  const hasBackup = newest !== null && every !== 'off';
  return {
    policy,
    chosen: chosen !== null,
    plan: {
      every,
      nextAt: begun ? nextTime(every, at, newest?.at ?? null, now) : null,
      failed: history.failed,
      rehearsedAt: history.rehearsedAt,
    },
    // The first one was opened when it was made.
    rehearseAt: hasBackup ? nextTime(policy.rehearse, at, history.rehearsedAt ?? history.firstAt, now) : null,
    newest,
    now,
  };
};

const answerOf = async (ctx: Context): Promise<Result<Output<'backup.policy'>>> => {
  const backups = await listBackups(ctx);
  const { policy, chosen, plan, rehearseAt, now } = await policyState(ctx, backups.ok ? backups.data : []);
  return ok({ policy, chosen, plan, due: { backup: isOver(plan.nextAt, now), rehearsal: isOver(rehearseAt, now) } });
};

export const getPolicy = (ctx: Context): Promise<Result<Output<'backup.policy'>>> => answerOf(ctx);

export const setPolicy = async (
  ctx: Context,
  input: Input<'backup.set-policy'>,
): Promise<Result<Output<'backup.set-policy'>>> => {
  const written = await ctx.commit({ kind: 'edit', reason: input.reason ?? null }, (changes) => {
    changes.put({ subject, value: input.policy, secret: false, source: 'set' });
    return ok(undefined);
  });
  if (!written.ok) return written;
  ctx.changed('backups', 'status', 'audit');
  return answerOf(ctx);
};
