/**
 * Long work of this thread, cut into steps: a generator that yields between them. Run to its end at once, or
 * in slices that let the event loop, and so the door, go on in between.
 */
import { ok, type Result } from '../contract/result.ts';
import type { Context } from './context.ts';
import { nextTurn, oneSlice, type Steps } from './store/steps.ts';
import type { Reader } from './store/types.ts';

export type { Steps };

/** All of it, here and now. */
export const atOnce = <T>(steps: Steps<T>): T => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

/** The same steps, but null from the moment on that they were cancelled. */
export function* unlessAborted<T>(steps: Steps<T>, signal: AbortSignal): Steps<{ value: T } | null> {
  while (!signal.aborted) {
    const step = steps.next();
    if (step.done === true) return { value: step.value };
    yield;
  }
  return null;
}

/** Null when it was cancelled before its end. */
export const inSlices = async <T>(steps: Steps<T>, signal: AbortSignal): Promise<{ value: T } | null> => {
  for (;;) {
    if (signal.aborted) return null;
    const done = oneSlice(steps);
    if (done !== null) return done;
    await nextTurn();
  }
};

/**
 * The same for work that reads the store. Others save in between: who needs one state of it compares a mark. `make` is
 * given the reader of the slice that runs. Null when it was cancelled; errors: those of the store.
 */
export const readInSlices = async <T>(
  ctx: Pick<Context, 'read' | 'signal'>,
  make: (reader: () => Reader) => Steps<T>,
): Promise<Result<{ value: T } | null>> => {
  let current: Reader | null = null;
  const steps = make(() => {
    if (current === null) throw new Error('a step read the store outside its slice');
    return current;
  });
  for (;;) {
    if (ctx.signal.aborted) return ok(null);
    const done = await ctx.read((reader) => {
      current = reader;
      return oneSlice(steps);
    });
    if (!done.ok) return done;
    if (done.data !== null) return ok(done.data);
    await nextTurn();
  }
};
