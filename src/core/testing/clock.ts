/** For tests only: a clock that steps by one second at each look, and ids that count. */
import type { Clock } from '../clock.ts';

export const steppingClock = (startAt = '2026-03-01T09:00:00.000Z'): Clock => {
  let step = 0;
  let id = 0;
  return {
    now: () => new Date(Date.parse(startAt) + 1000 * step++).toISOString(),
    // Two clocks of one test start at different times, so their ids never meet.
    newId: () => `${startAt.slice(0, 10)}-${String(++id).padStart(9, '0')}`,
  };
};
