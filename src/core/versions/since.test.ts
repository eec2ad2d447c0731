/** What changed since somebody last looked, for each user, kept in Holdfast's own folder. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;

beforeEach(async () => {
  home = tempHome('deeptempo');
  app = await openTestApp(home, 'window');
  await app.get('migration.run', { protect: { passphrase } });
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const change = (user: string, door: 'cli' | 'window', value: string) =>
  app.dispatch({
    name: 'settings.apply',
    input: { changes: [{ key: 's3.region', op: 'set', value }] },
    actor: { ...testActor(door), user },
    credential: null,
  });

it('says by whom and through which door, until it is marked as seen', async () => {
  const first = await app.get('versions.since', {});
  expect(first).toMatchObject({ seen: null, by: [], changes: 0 });
  await app.get('versions.seen', { entry: first.entry });
  await change('alice', 'cli', 'eu-west-1');
  await change('alice', 'cli', 'eu-west-2');
  await change('bob', 'window', 'eu-west-3');
  await app.close();
  app = await openTestApp(home, 'window', steppingClock('2026-03-09T09:00:00.000Z'));
  const now = await app.get('versions.since', {});
  expect(now).toMatchObject({
    changes: 3,
    by: [
      { actor: 'alice', source: 'cli', changeSets: 2, changes: 2 },
      { actor: 'bob', source: 'window', changeSets: 1, changes: 1 },
    ],
  });
  await app.get('versions.seen', { entry: now.entry });
  expect(await app.get('versions.since', {})).toMatchObject({ changes: 0, by: [], seen: { entry: now.entry } });
  expect(await app.call('versions.seen', { entry: 1_000_000 })).toMatchObject({ error: { type: 'NotFound' } });
});

it('is kept for each user, outside the home, without any value', async () => {
  const { entry } = await app.get('versions.since', {});
  await app.get('versions.seen', { entry });
  const dir = join(home.configDir, 'last-looked');
  const text = readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'));
  expect(text.map((one) => JSON.parse(one) as unknown)).toMatchObject([{ looked: [{ name: 'tester', entry }] }]);
  const other = { ...testActor('window'), user: 'alice' };
  const asked = await app.dispatch({ name: 'versions.since', input: {}, actor: other, credential: null });
  expect(asked).toMatchObject({ ok: true, data: { seen: null } });
});
