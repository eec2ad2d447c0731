/**
 * Random histories and random limits: what is live stays as it is, the log holds, each moment that is called known is
 * exactly what it was, and at the others nothing wrong is shown.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../clock.ts';
import { createRandom } from '../../store/testing/random.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from '../../testing/test-app.ts';

/** Hours pass from save to save. */
const hourly = (startAt = '2026-03-01T09:00:00.000Z', minutes = 20): Clock => {
  let step = 0;
  let id = 0;
  return {
    now: () => new Date(Date.parse(startAt) + minutes * 60_000 * step++).toISOString(),
    newId: () => `${startAt.slice(0, 10)}-${String(++id).padStart(9, '0')}`,
  };
};

let home: TempHome;
let app: TestApp;
beforeEach(async () => {
  home = tempHome(null);
  writeFileSync(join(home.homeDir, 'app.json'), '{"kept":true,"api_token":"s3cret-token-value"}');
  app = await openTestApp(home, 'window', hourly());
  await app.get('migration.run', { protect: { passphrase } });
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const keys = ['a', 'b.one', 'b.two', 'c["x y"]', 'd', 'e'];
type State = ReadonlyMap<string, string>;
type Told = { uid: string; at: string; state: State };

const stateNow = async (): Promise<Map<string, string>> =>
  new Map(
    (await app.get('versions.at', { ref: 'now' })).entries.map((one) => [
      `${one.kind}/${one.key}`,
      JSON.stringify(one.value),
    ]),
  );

/** Wrong ones among what is shown of a moment; with `all`, also what is not shown. */
const wrongIn = (shown: State, truth: State, all: boolean): string[] => [
  ...[...shown].filter(([key, text]) => truth.get(key) !== text).map(([key]) => key),
  ...(all ? [...truth.keys()].filter((key) => !shown.has(key)) : []),
];

describe('limits of the history (D77, O65, R5)', () => {
  test('keeps everything until somebody chooses, and refuses a removal without limits or keys', async () => {
    expect(await app.get('audit.retention', {})).toEqual({
      limits: { keepVersions: null, keepDays: null },
      chosen: false,
      daily: false,
      last: null,
      blurred: null,
    });
    expect(await app.call('audit.prune', {})).toMatchObject({ ok: false, error: { type: 'InputInvalid' } });
    await app.get('audit.set-retention', { limits: { keepVersions: 1, keepDays: 1 } });
    await app.get('secret.lock', {});
    expect(await app.call('audit.prune', {})).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    expect(await app.call('audit.prune', { dryRun: true })).toMatchObject({ ok: true });
  });

  test.each([1, 2, 3, 4, 5, 6])(
    'random history %i: live values stay, known moments are exact, others show nothing wrong',
    async (seed) => {
      const random = createRandom(seed);
      const told: Told[] = [];
      let names = 0;
      const note = async (uid: string | null): Promise<void> => {
        if (uid === null) return;
        const { moment } = await app.get('versions.at', { ref: `cs:${uid}`, limit: 1 });
        told.push({ uid, at: moment?.at ?? '', state: await stateNow() });
      };
      const edit = async (): Promise<void> => {
        const wanted = new Set(Array.from({ length: 1 + random.below(3) }, () => keys[random.below(6)] ?? 'a'));
        const there = await stateNow();
        const changes = [...wanted].map((key) =>
          random.below(3) === 0 && there.has(`setting/${key}`)
            ? { key, op: 'unset' as const }
            : { key, op: 'set' as const, value: `v${String(random.below(1000))}` },
        );
        const done = await app.call('settings.apply', { changes, create: true });
        if (done.ok) await note(done.data.changeSet);
      };
      const steps: (() => Promise<void>)[] = [
        edit,
        edit,
        edit,
        edit,
        async () => {
          const done = await app.call('settings.undo', {});
          if (done.ok) await note(done.data.changeSet);
        },
        async () => {
          const done = await app.call('settings.redo', {});
          if (done.ok) await note(done.data.changeSet);
        },
        async () => {
          const one = told[random.below(Math.max(1, told.length))];
          if (one === undefined) return;
          await app.call('versions.name', { name: `n${String(names++)}`, changeSet: one.uid });
        },
        async () => {
          const { named } = await app.get('versions.list', {});
          const one = named[random.below(Math.max(1, named.length))];
          if (one !== undefined && random.below(2) === 0) await app.get('versions.unname', { name: one.name });
        },
      ];
      const check = async (): Promise<number> => {
        expect(await app.get('audit.verify', {})).toMatchObject({ ok: true, firstBad: null, sealsChecked: true });
        let known = 0;
        for (const [i, { uid, at, state }] of told.entries()) {
          const refs = [`cs:${uid}`, ...((told[i + 1]?.at ?? 'z') > at ? [at] : [])];
          for (const ref of refs) {
            const found = await app.call('versions.at', { ref });
            if (!found.ok) {
              expect(found.error.type).toBe('NotFound');
              continue;
            }
            const { version, entries } = found.data;
            const shown = new Map(entries.map((one) => [`${one.kind}/${one.key}`, JSON.stringify(one.value)]));
            const whole = version.incomplete !== true;
            expect(wrongIn(shown, state, whole), `${ref} ${whole ? 'known' : 'in part'}`).toEqual([]);
            if (whole) known += 1;
          }
        }
        return known;
      };
      let removed = 0;
      for (let round = 0; round < 4; round += 1) {
        for (let i = 0; i < 25; i += 1) await steps[random.below(steps.length)]?.();
        const limits = {
          keepVersions: random.below(3) === 0 ? null : 1 + random.below(3),
          keepDays: random.below(2) === 0 ? null : 1 + random.below(6),
        };
        await app.get('audit.set-retention', { limits });
        const before = await stateNow();
        const { named } = await app.get('versions.list', {});
        const plan = await app.call('audit.prune', { dryRun: true });
        const done = await app.call('audit.prune', {});
        expect(done.ok).toBe(plan.ok);
        if (!done.ok) expect(limits).toEqual({ keepVersions: null, keepDays: null });
        else removed += done.data.removed.entries;
        expect(await stateNow()).toEqual(before);
        expect((await app.get('versions.list', {})).named).toMatchObject(named.map(({ name }) => ({ name })));
        await check();
        await edit();
        const newest = told.at(-1);
        const undone = await app.get('settings.undo', {});
        await note(undone.changeSet);
        expect(undone.of).toBe(newest?.uid);
      }
      expect(removed).toBeGreaterThan(10);
      const before = await stateNow();
      await app.close();
      app = await openTestApp(home, 'window', hourly('2027-01-01T00:00:00.000Z'));
      await app.get('secret.unlock', { credential: { passphrase } });
      expect(await stateNow()).toEqual(before);
      expect(await check()).toBeGreaterThan(0);
    },
    120_000,
  );
});
