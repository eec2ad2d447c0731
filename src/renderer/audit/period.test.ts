import { expect, test } from 'vitest';
import { between, rangeOf, timesOf } from './period.ts';

const now = new Date('2026-03-10T12:00:00.000Z');

test('a preset ends today, a picked range holds both of its days', () => {
  expect(rangeOf({ period: 'today' }, now)).toEqual({ from: '2026-03-10', to: '2026-03-10' });
  expect(rangeOf({ period: '7d' }, now)).toEqual({ from: '2026-03-04', to: '2026-03-10' });
  const picked = rangeOf({ from: '2026-02-27', to: '2026-03-01' }, now);
  expect(timesOf(picked)).toEqual({ since: '2026-02-27T00:00:00.000Z', until: '2026-03-01T23:59:59.999Z' });
});

test('what is no time filter is none', () => {
  for (const query of [
    {},
    { period: '9d' },
    { from: '2026-03-02' },
    { from: '2026-03-02', to: '2026-03-01' },
    { from: 'x', to: 'y' },
  ])
    expect(rangeOf(query, now)).toBeNull();
  expect(timesOf(null)).toEqual({});
});

test('a range is the same from either end', () => {
  expect(between('2026-03-02', '2026-03-01')).toEqual(between('2026-03-01', '2026-03-02'));
});
