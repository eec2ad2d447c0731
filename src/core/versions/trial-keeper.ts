/**
 * Ends trials on time while this process owns the home: by a timer in a door that stays, and before each call. What the
 * last process left goes back when the home is opened: all of it by a door that stays, else what is over.
 */
import type { Clock } from '../clock.ts';
import { ok } from '../../contract/result.ts';
import type { Store } from '../store/types.ts';
import { endTrials, trialsOf, type Commit } from './trial.ts';

export type TrialKeeper = {
  /** The store was opened for writing. */
  begin: (store: Store) => Promise<void>;
  /** Ends what is over. To be called before each call; asks the clock only while a trial runs. */
  due: () => Promise<void>;
  /** A write may have started or ended one. */
  look: () => Promise<void>;
  stop: () => void;
};

type Options = {
  clock: Pick<Clock, 'now'>;
  stays: boolean;
  owned: () => Store | null;
  commit: (store: Store) => Commit;
  onEnded: () => void;
};

/** Longer waits do not fit into a timer. */
const longestMs = 2_000_000_000;

export const createTrialKeeper = (options: Options): TrialKeeper => {
  let next: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  let turn: Promise<void> = Promise.resolve();
  let stopped = false;

  const wait = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (!options.stays || next === null || stopped) return;
    const ms = Math.min(Math.max(Date.parse(next) - Date.parse(options.clock.now()), 0), longestMs);
    timer = setTimeout(() => void due().then(wait), ms);
    timer.unref();
  };

  const lookAt = async (store: Store): Promise<void> => {
    const first = (await store.read(trialsOf))[0]?.until ?? null;
    if (first === next && first === null) return;
    next = first;
    wait();
  };

  const endIn = async (store: Store, which: 'all' | 'over'): Promise<void> => {
    const trials = await store.read(trialsOf);
    const now = trials.length === 0 ? '' : options.clock.now();
    const over = trials.filter((trial) => which === 'all' || trial.until <= now);
    const reason = which === 'all' ? 'the trial ended when the home was opened again' : 'the trial ended';
    const done = over.length === 0 ? ok({ ended: [] }) : await endTrials(options.commit(store), over, reason);
    await lookAt(store);
    if (done.ok && done.data.ended.length > 0) options.onEnded();
  };

  const due = (): Promise<void> => {
    const store = options.owned();
    if (next === null || store === null || options.clock.now() < next) return Promise.resolve();
    // Two calls at once end it once; the second waits until that is done.
    turn = turn.then(() => endIn(store, 'over'));
    return turn;
  };

  return {
    begin: (store) => endIn(store, options.stays ? 'all' : 'over'),
    due,
    look: async () => {
      const store = options.owned();
      if (store !== null) await lookAt(store);
    },
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
};
