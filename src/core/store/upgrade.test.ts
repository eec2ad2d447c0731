/** A schema move: done or not done, whatever cuts it off, and with a way back. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fail } from '../../contract/result.ts';
import { crc32 } from './checksum.ts';
import { realFs } from './fs.ts';
import { openLatest } from './ladder.ts';
import { openStore } from './open.ts';
import { latestSchema, schemaSteps, type SchemaStep } from './schema/index.ts';
import { createCrashMachine } from './testing/crash-states.ts';
import { expectOk, makeTestHome, putRow, readRows, type TestHome } from './testing/home.ts';
import { createModelFs, type ModelFiles } from './testing/model-fs.ts';
import { createRandom } from './testing/random.ts';
import { appVersion } from '../version.ts';
import { moveSchema } from './upgrade.ts';

const next = latestSchema + 1;
const steps: SchemaStep[] = [
  ...schemaSteps,
  {
    version: next,
    name: 'next',
    up: ['CREATE TABLE added (id INTEGER PRIMARY KEY) STRICT'],
    down: ['DROP TABLE added'],
  },
];
const clock = { now: () => '2026-02-03T14:02:05.000Z', newId: () => 'store' };

let home: TestHome;
beforeEach(() => {
  home = makeTestHome();
});
afterEach(() => {
  home.remove();
});

it('goes up and back down, keeps every row, and pins the generation before', async () => {
  const store = expectOk(await openStore(home.options()));
  expectOk(await store.transact(putRow('a', '1')));
  await store.close();
  const request = { dir: home.dir, fs: realFs, now: clock.now, steps };
  expect(await moveSchema({ ...request, to: next })).toEqual({
    ok: true,
    data: { from: latestSchema, to: next, ran: ['next up'], generation: 2 },
  });
  expect(await openStore(home.options())).toMatchObject({
    ok: false,
    error: { type: 'StoreFromNewerApp', found: next, supported: latestSchema, needs: appVersion },
  });
  expect(await moveSchema({ ...request, to: next })).toEqual({
    ok: true,
    data: { from: next, to: next, ran: [], generation: 2 },
  });
  expect(await moveSchema({ ...request, to: latestSchema })).toMatchObject({
    ok: true,
    data: { ran: ['next down'], generation: 3 },
  });
  const back = expectOk(await openStore(home.options()));
  expect(await readRows(back)).toEqual({ a: '1', pinned_generations: '2-2' });
  for (const key of ['b', 'c', 'd']) {
    expectOk(await back.transact(putRow(key, '1')));
    expectOk(await back.checkpoint());
  }
  await back.close();
  expect(
    realFs
      .list(home.dir)
      .filter((name) => name.endsWith('.db'))
      .toSorted(),
  ).toEqual(['image-2.db', 'image-5.db', 'image-6.db']);
});

it('refuses versions that there are not, and steps whose result is wrong, changing nothing', async () => {
  await expectOk(await openStore(home.options())).close();
  const before = home.snapshot();
  const request = { dir: home.dir, fs: realFs, now: clock.now };
  const problem = `must be a schema version from 0 to ${String(latestSchema)}`;
  expect(await moveSchema({ ...request, to: -1 })).toEqual(fail({ type: 'InputInvalid', field: 'to', problem }));
  expect(await moveSchema({ ...request, to: next })).toEqual(fail({ type: 'InputInvalid', field: 'to', problem }));
  const wrong = [...schemaSteps, { version: next, name: 'wrong', up: [`INSERT INTO term VALUES (1, 'x')`], down: [] }];
  expect(await moveSchema({ ...request, to: next, steps: wrong })).toEqual(
    fail({ type: 'CheckUnmet', unmet: ['schema step "wrong up" was not done: term would have 1 rows instead of 0'] }),
  );
  expect(home.snapshot()).toEqual(before);
});

it('is either before or after it, wherever it is cut off', async () => {
  const dir = '/home/.holdfast';
  const start = createModelFs(
    new Map([
      ['/home', null],
      [dir, null],
    ]),
  );
  const store = expectOk(await openStore({ dir, mode: 'owner', create: true, fs: start.fs, flush: 'sync', ...clock }));
  expectOk(await store.transact(putRow('a', '1')));
  await store.close();
  const files: ModelFiles = start.files();
  const model = createModelFs(files);
  expectOk(await moveSchema({ dir, fs: model.fs, now: clock.now, to: next, steps }));
  const machine = createCrashMachine(files);
  const random = createRandom(9);
  const seen = new Set<string>();
  for (const op of model.ops) {
    machine.step(op);
    for (let i = 0; i < 10; i++) {
      const crashed = createModelFs(machine.crash(random));
      const schema = { oldest: 1, newest: next };
      const opened = expectOk(
        await openLatest({ fs: crashed.fs, dir, checksum: crc32, now: clock.now, grow: false, schema }),
      );
      const tables = Number(opened.engine.value(`SELECT count(*) FROM sqlite_schema WHERE name = 'added'`));
      const row = opened.engine.value(`SELECT value FROM meta WHERE key = 'a'`);
      seen.add(`version ${String(opened.schemaVersion)}, tables added ${String(tables)}, row ${String(row)}`);
      opened.engine.close();
      // And it can be done, or done again.
      expectOk(await moveSchema({ dir, fs: crashed.fs, now: clock.now, to: next, steps }));
    }
  }
  expect([...seen].toSorted()).toEqual([
    `version ${String(latestSchema)}, tables added 0, row 1`,
    `version ${String(next)}, tables added 1, row 1`,
  ]);
});
