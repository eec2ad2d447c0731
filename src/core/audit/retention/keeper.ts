/**
 * Keeps to the limits of the history in a home whose door stays open: once a day, and only under limits by which a person
 * has removed entries once, after the preview. While the keys are locked it waits. Where the last removal is far from now
 * the clock may have jumped, and nobody looks: then a person has to do it once more.
 */
import { Cron } from 'croner';
import type { KeeperOptions } from '../../backup/keeper.ts';

const dayMs = 86_400_000;

export type RetentionKeeper = { look: () => Promise<void>; stop: () => void };

export const createRetentionKeeper = ({ call, owns, now }: KeeperOptions): RetentionKeeper => {
  let doneAt: string | null = null;
  const look = async (): Promise<void> => {
    if (!owns()) return;
    const at = now();
    if (doneAt !== null && Math.abs(Date.parse(at) - Date.parse(doneAt)) < dayMs) return;
    const state = await call('audit.retention', {});
    if (!state.ok || !state.data.daily) return;
    const done = await call('audit.prune', { reason: 'once a day' });
    if (done.ok) doneAt = at;
  };
  const timer = new Cron('0 7 * * * *', { protect: true, unref: true }, look);
  return {
    look,
    stop: () => {
      timer.stop();
    },
  };
};
