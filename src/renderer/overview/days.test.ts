import { expect, test } from 'vitest';
import { fillDays } from './days.ts';

test('every day is there once, in order, over the end of a month', () => {
  expect(
    fillDays(
      [
        { day: '2026-11-01', changeSets: 3 },
        { day: '2025-01-01', changeSets: 9 },
      ],
      new Date('2026-11-02T00:30:00Z'),
      4,
    ),
  ).toEqual([
    { day: '2026-10-30', changeSets: 0 },
    { day: '2026-10-31', changeSets: 0 },
    { day: '2026-11-01', changeSets: 3 },
    { day: '2026-11-02', changeSets: 0 },
  ]);
});
