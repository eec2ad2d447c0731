/** Half of the time for others: each pause is as long as the work before it. A pause never keeps the process alive. */
import { performance } from 'node:perf_hooks';

export type Pauses = { pause: () => Promise<void>; stop: () => void };

export const createPauses = (): Pauses => {
  let since = performance.now();
  let stopped = false;
  let wake: (() => void) | null = null;
  return {
    pause: async () => {
      const worked = performance.now() - since;
      if (!stopped) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(50, worked)).unref();
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      since = performance.now();
    },
    /** Wakes who pauses now; there are no pauses any more. */
    stop: () => {
      stopped = true;
      wake?.();
    },
  };
};
