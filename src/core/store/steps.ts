/** Long work of this thread, cut into steps: a generator that yields between them, so that the event loop gets its turn. */
import { setImmediate as nextTurn } from 'node:timers/promises';

export type Steps<T> = Generator<void, T, void>;

export { nextTurn };

/** What a screen does not notice. */
const sliceMs = 8;

/** Works for one slice; null while there is more to do. */
export const oneSlice = <T>(steps: Steps<T>): { value: T } | null => {
  const until = performance.now() + sliceMs;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { value: step.value };
    if (performance.now() >= until) return null;
  }
};
