/** Long work in slices: the same result as at once, others go on in between, and it can be cancelled. */
import { expect, it } from 'vitest';
import { ok } from '../contract/result.ts';
import { atOnce, inSlices, readInSlices, type Steps } from './slices.ts';
import type { Reader } from './store/types.ts';

const signal = new AbortController().signal;

function* sumTo(count: number): Steps<number> {
  let sum = 0;
  for (let i = 1; i <= count; i += 1) {
    sum += i;
    yield;
  }
  return sum;
}

/** Runs until it is told to stop: only something between its slices can do that. */
function* until(stopped: () => boolean): Steps<string> {
  while (!stopped()) yield;
  return 'stopped';
}

it('gives the same at once and in slices', async () => {
  expect(atOnce(sumTo(1000))).toBe(500_500);
  expect(await inSlices(sumTo(1000), signal)).toEqual({ value: 500_500 });
});

it('lets the event loop go on between slices', async () => {
  let stopped = false;
  setImmediate(() => {
    stopped = true;
  });
  expect(
    await inSlices(
      until(() => stopped),
      signal,
    ),
  ).toEqual({ value: 'stopped' });
});

it('ends when it is cancelled between slices', async () => {
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  expect(
    await inSlices(
      until(() => false),
      controller.signal,
    ),
  ).toBeNull();
});

it('gives each slice the reader that is alive then', async () => {
  const reader = (): Reader => ({ all: () => [], first: () => undefined });
  const alive: Reader[] = [];
  const used = new Set<Reader>();
  const ctx = {
    signal,
    read: <T>(fn: (db: Reader) => T) => {
      const own = reader();
      alive.push(own);
      return Promise.resolve(ok(fn(own)));
    },
  };
  const read = await readInSlices(ctx, function* (current) {
    while (alive.length < 3) {
      expect(current()).toBe(alive.at(-1));
      used.add(current());
      yield;
    }
    return 'read';
  });
  expect(read).toEqual(ok({ value: 'read' }));
  expect(used.size).toBe(2);
});
