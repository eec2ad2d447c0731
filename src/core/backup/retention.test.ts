import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Keep } from '../../contract/backups.ts';
import { decideRetention, type Candidate } from './retention.ts';

const long = process.env['HOLDFAST_LONG'] !== undefined;
const runs = long ? 10_000 : 1000;
const none: Keep = { last: 1, daily: 0, weekly: 0, monthly: 0, maxBytes: null };

const made = (number: number, at: string, more: Partial<Candidate> = {}): Candidate => ({
  path: `b${String(number)}`,
  number,
  at,
  sizeBytes: 100,
  verified: true,
  damaged: false,
  ...more,
});
const daily = (count: number): Candidate[] =>
  Array.from({ length: count }, (_, i) => made(i + 1, new Date(Date.UTC(2026, 0, 1 + i, 12)).toISOString()));
const paths = (ones: readonly Candidate[]): string[] => ones.map((one) => one.path);
const whyOf = (backups: readonly Candidate[], keep: Keep): Record<string, string[]> =>
  Object.fromEntries(decideRetention(backups, keep).keep.map(({ backup, why }) => [backup.path, why]));

describe('what stays (O58)', () => {
  it('keeps the last ones, and the newest of each day, week and month', () => {
    const backups = daily(70);
    expect(whyOf(backups, { ...none, last: 2 })).toEqual({ b70: ['last'], b69: ['last'] });
    const kept = whyOf(backups, { last: 2, daily: 3, weekly: 3, monthly: 3, maxBytes: null });
    // 11 March 2026 is a Wednesday; Sundays before it are 8 and 1 March; the months end on 31 January and 28 February.
    expect(kept).toEqual({
      b70: ['last', 'daily', 'weekly', 'monthly'],
      b69: ['last', 'daily'],
      b68: ['daily'],
      b67: ['weekly'],
      b60: ['weekly'],
      b59: ['monthly'],
      b31: ['monthly'],
    });
    expect(decideRetention(backups, { ...none, last: 2 }).remove).toHaveLength(68);
  });

  it('keeps the newest of all whatever its size, and older ones as far as they fit', () => {
    const backups = daily(5);
    expect(Object.keys(whyOf(backups, { ...none, last: 5, maxBytes: 250 }))).toEqual(['b5', 'b4']);
    expect(Object.keys(whyOf(backups, { ...none, last: 5, maxBytes: 1 }))).toEqual(['b5']);
  });

  it('keeps the newest verified one when no other that stays is', () => {
    const backups = [made(1, '2026-01-01'), made(2, '2026-01-02'), made(3, '2026-01-03', { verified: false })];
    expect(whyOf(backups, none)).toEqual({ b3: ['last'], b2: ['verified'] });
  });

  it('leaves alone what it did not make, and what is damaged', () => {
    const backups = [...daily(3), made(9, '2020-01-01', { number: null }), made(4, '2026-02-01', { damaged: true })];
    expect(whyOf(backups, none)).toEqual({ b3: ['last'], b9: ['not ours'], b4: ['damaged'] });
    expect(paths(decideRetention(backups, none).remove)).toEqual(['b2', 'b1']);
  });

  it('goes by the order of the log when the clock jumped', () => {
    const ahead = [made(1, '2026-01-01'), made(2, '2099-01-01'), made(3, '2026-01-02')];
    expect(whyOf(ahead, none)).toEqual({ b3: ['last'] });
    // All of them of one day after the clock was set back for good: the newest ones by number stay.
    const stuck = Array.from({ length: 9 }, (_, i) => made(i + 1, '1980-01-01T00:00:00.000Z'));
    expect(Object.keys(whyOf(stuck, { ...none, last: 3, daily: 7 }))).toEqual(['b9', 'b8', 'b7']);
  });
});

type Step =
  | { kind: 'make'; jumpMs: number; proven: boolean; size: number }
  | { kind: 'damage'; which: number }
  | { kind: 'foreign' }
  | { kind: 'prune'; keep: Keep };
const small = fc.nat({ max: 4 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('make' as const),
        // Mostly hours; now and then decades, in either direction.
        jumpMs: fc.oneof(fc.integer({ min: 0, max: 90_000_000 }), fc.integer({ min: -2e12, max: 2e12 })),
        proven: fc.boolean(),
        size: fc.integer({ min: 1, max: 1000 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('damage' as const), which: fc.nat({ max: 30 }) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'foreign' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('prune' as const),
        keep: fc.record({
          last: fc.integer({ min: 1, max: 4 }),
          daily: small,
          weekly: small,
          monthly: small,
          maxBytes: fc.option(fc.integer({ min: 1, max: 3000 })),
        }),
      }),
    },
  ),
  { minLength: 10, maxLength: 40 },
);

type Decide = typeof decideRetention;

/** One prune, with everything that must hold of any. */
const checkPrune = (decide: Decide, there: readonly Candidate[], keep: Keep): Candidate[] => {
  const { remove, keep: kept } = decide(there, keep);
  const left = there.filter((one) => !remove.includes(one));
  expect(new Set(kept.map(({ backup }) => backup))).toEqual(new Set(left));
  expect(kept.every(({ why }) => why.length > 0)).toBe(true);
  expect(remove.every((one) => one.number !== null && !one.damaged)).toBe(true);
  // At least one verified backup that existed before.
  expect(left.some((one) => one.verified)).toBe(there.some((one) => one.verified));
  const good = there.filter((one) => one.number !== null && !one.damaged);
  const newest = good.reduce<Candidate | null>(
    (best, one) => ((one.number ?? 0) > (best?.number ?? 0) ? one : best),
    null,
  );
  if (newest !== null) expect(left).toContain(newest);
  // Nothing more goes when asked again.
  expect(decide(left, keep).remove).toEqual([]);
  return left;
};

/** `removed` is told how many went at each prune. */
const holds = (decide: Decide, removed: (count: number) => void) =>
  fc.property(steps, (sequence) => {
    let there: Candidate[] = [];
    let clock = Date.UTC(2026, 0, 1);
    let number = 0;
    for (const step of sequence) {
      if (step.kind === 'make') {
        clock = Math.min(Math.max(clock + step.jumpMs, 0), 4e12);
        number += 1;
        const at = new Date(clock).toISOString();
        there.push(made(number, at, { sizeBytes: step.size, verified: step.proven }));
      } else if (step.kind === 'foreign') there.push(made(0, '2026-01-01', { number: null, verified: false }));
      else if (step.kind === 'damage')
        there = there.map((one, i) => (i === step.which ? { ...one, damaged: true, verified: false } : one));
      else {
        const left = checkPrune(decide, there, step.keep);
        removed(there.length - left.length);
        there = left;
      }
    }
  });

it(`holds in ${String(runs)} random sequences: at least one verified backup that existed before (O58)`, () => {
  let pruned = 0;
  fc.assert(
    holds(decideRetention, (count) => (pruned += count)),
    { numRuns: runs, seed: 7 },
  );
  expect(pruned).toBeGreaterThan(runs);
});

it('the test notices a removal by the clock, and one that does not ask which backups are verified', () => {
  const without = (remove: readonly Candidate[], there: readonly Candidate[]) => ({
    remove: [...remove],
    keep: there.filter((one) => !remove.includes(one)).map((backup) => ({ backup, why: ['last'] })),
  });
  const ours = (there: readonly Candidate[]) => there.filter((one) => one.number !== null && !one.damaged);
  const byClock: Decide = (there, keep) =>
    without(
      ours(there)
        .toSorted((a, b) => b.at.localeCompare(a.at))
        .slice(keep.last),
      there,
    );
  const unasked: Decide = (there, keep) =>
    without(
      ours(there)
        .toSorted((a, b) => (b.number ?? 0) - (a.number ?? 0))
        .slice(keep.last),
      there,
    );
  for (const decide of [byClock, unasked])
    expect(
      fc.check(
        holds(decide, () => undefined),
        { numRuns: 200, seed: 7 },
      ).failed,
    ).toBe(true);
});
