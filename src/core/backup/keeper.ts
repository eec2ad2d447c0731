/**
 * Keeps the backups of a home whose door stays open: looks every half minute whether one is due, so that what is overdue
 * is made within a minute of opening. What it does it does through commands, as a person would.
 */
import { Cron } from 'croner';
import type { CommandName, Input, Output } from '../../contract/commands.ts';
import type { Result } from '../../contract/result.ts';

export type KeeperCall = <N extends CommandName>(name: N, input: Input<N>) => Promise<Result<Output<N>>>;

export type KeeperOptions = {
  call: KeeperCall;
  /** False while another process keeps this home. */
  owns: () => boolean;
  now: () => string;
};

export type BackupKeeper = { look: () => Promise<void>; stop: () => void };

/** After a failure; also when the clock was set back since. */
const retryAfterMs = 15 * 60_000;

export const createBackupKeeper = ({ call, owns, now }: KeeperOptions): BackupKeeper => {
  const failedAt = new Map<string, number>();
  const mayTry = (what: string): boolean => {
    const last = failedAt.get(what);
    return last === undefined || Math.abs(Date.parse(now()) - last) >= retryAfterMs;
  };
  const tried = (what: string, result: Result<unknown>): boolean => {
    if (result.ok) failedAt.delete(what);
    else failedAt.set(what, Date.parse(now()));
    return result.ok;
  };
  const look = async (): Promise<void> => {
    if (!owns()) return;
    const state = await call('backup.policy', {});
    if (!state.ok) return;
    const { plan, due, chosen } = state.data;
    if (plan.every === 'off') return;
    if (due.backup && mayTry('backup')) {
      const made = await call('backup.create', { ifDue: true, reason: 'on schedule' });
      if (!tried('backup', made) || !made.ok || !made.data.made) return;
      // Backups that somebody made before there was a schedule go only after somebody said how many stay.
      if (chosen) tried('prune', await call('backup.prune', { reason: 'on schedule' }));
    }
    if (due.rehearsal && mayTry('rehearsal')) tried('rehearsal', await call('backup.rehearse', {}));
  };
  const timer = new Cron('*/30 * * * * *', { protect: true, unref: true }, look);
  return {
    look,
    stop: () => {
      timer.stop();
    },
  };
};
