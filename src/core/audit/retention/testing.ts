/** For tests only: a clock whose looks are two hours apart, and a removal in a log without an application around it. */
import type { HistoryLimits } from '../../../contract/audit.ts';
import type { Clock } from '../../clock.ts';
import type { LogStore } from '../testing/store-with-log.ts';
import { removeBeyond } from './prune.ts';

export const everyTwoHours = (): Clock => {
  let [step, id] = [0, 0];
  return {
    now: () => new Date(Date.parse('2026-03-01T09:00:00.000Z') + 120 * 60_000 * step++).toISOString(),
    newId: () => `set-${String(++id).padStart(6, '0')}`,
  };
};

/** With foreign keys on, so nothing can point at what goes. How many entries went. */
export const removeFrom = async (log: LogStore, limits: HistoryLimits): Promise<number> => {
  let gone = 0;
  await log.write({ kind: 'event' }, log.keyring, (writer) => {
    const steps = removeBeyond(writer, limits);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    gone = step.value.removed.entries;
  });
  return gone;
};
