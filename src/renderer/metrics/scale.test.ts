import { describe, expect, it } from 'vitest';
import { bandPath, formatNumber, linePath, place, scaleOf, type Point } from './scale.ts';

const point = (at: string, mean: number, spread = 0): Point => ({
  at: `2026-03-01T${at}:00.000Z`,
  min: mean - spread,
  max: mean + spread,
  mean,
  count: 1,
});
const marks = (...means: number[]): number[] => scaleOf(means.map((mean) => point('09:00', mean))).marks;

describe('scaleOf', () => {
  it('has round marks that hold every value', () => {
    expect(marks(12, 97)).toEqual([0, 50, 100]);
    expect(marks(0.001, 0.0042)).toEqual([0, 0.002, 0.004, 0.006]);
    expect(marks(990, 1000)).toEqual([990, 995, 1000]);
    expect(marks(-5, 5)).toEqual([-5, 0, 5]);
  });

  it('puts a flat line in the middle', () => {
    for (const value of [0, 7, -3]) {
      const { low, high } = scaleOf([point('09:00', value)]);
      expect([low < value, value < high]).toEqual([true, true]);
    }
  });
});

describe('place', () => {
  it('puts time from left to right and values from the bottom up', () => {
    const points = [point('09:00', 0), point('09:30', 50, 10), point('10:00', 100)];
    const placed = place(
      points,
      { since: '2026-03-01T09:00:00.000Z', until: '2026-03-01T10:00:00.000Z' },
      { low: 0, high: 100, marks: [] },
      { left: 10, right: 110, top: 0, bottom: 100 },
    );
    expect(placed.map(({ x, y }) => [x, y])).toEqual([
      [10, 100],
      [60, 50],
      [110, 0],
    ]);
    expect(linePath(placed)).toBe('M10.0 100.0L60.0 50.0L110.0 0.0');
    expect(bandPath(placed)).toBe('M10.0 100.0L60.0 40.0L110.0 0.0L110.0 0.0L60.0 60.0L10.0 100.0Z');
    expect(bandPath(placed.slice(0, 1))).toBe('');
  });
});

it('numbers are short, and large ones whole', () => {
  expect([0.123456, 40.208, 999.96, 123456.78, 5].map(formatNumber)).toEqual([
    '0.1235',
    '40.21',
    '1,000',
    '123,456.8',
    '5',
  ]);
});
