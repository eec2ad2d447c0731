import { expect, it } from 'vitest';
import { createIdleLock } from './idle-lock.ts';

const minute = 60_000;

const start = (minutes: number | null) => {
  const world = { now: 0, open: true, minutes, locks: 0, look: () => undefined as void, stopped: false };
  const idle = createIdleLock({
    minutes: () => world.minutes,
    now: () => world.now,
    isOpen: () => world.open,
    lock: () => {
      world.open = false;
      world.locks += 1;
    },
    every: (look) => {
      world.look = look;
      return () => {
        world.stopped = true;
      };
    },
  });
  return { world, idle };
};

it('locks when nobody used the keys for that long, and not before', () => {
  const { world, idle } = start(5);
  world.now = 4.9 * minute;
  world.look();
  expect(world.locks).toBe(0);
  idle.used();
  world.now += 4.9 * minute;
  world.look();
  expect(world.locks).toBe(0);
  world.now += minute;
  world.look();
  world.look();
  expect(world.locks).toBe(1);
  idle.close();
  expect(world.stopped).toBe(true);
});

it('locks before a use after a sleep in which nothing looked', () => {
  const { world, idle } = start(5);
  world.now = 600 * minute;
  expect(idle.check()).toBe(true);
});

it('never locks without the preference, and follows it at once', () => {
  const { world, idle } = start(null);
  world.now = 10_000 * minute;
  expect(idle.check()).toBe(false);
  world.minutes = 1;
  expect(idle.check()).toBe(true);
});

it('a clock that was set back does not keep the keys open for the difference', () => {
  const { world, idle } = start(5);
  world.now = -1000 * minute;
  expect(idle.check()).toBe(false);
  world.now += 5 * minute;
  expect(idle.check()).toBe(true);
});
