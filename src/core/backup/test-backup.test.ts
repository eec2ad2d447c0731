/** The recovery code typed back opens a real backup, not only the key file (O57). */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseKeys, serialiseKeys } from '../secrets/keys-format.ts';
import { steppingClock } from '../testing/clock.ts';
import { passphrase, openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
let code = '';
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  code = (await app.get('migration.run', { protect: { recoveryCode: true, passphrase } })).recoveryCode ?? '';
});
afterEach(async () => {
  await app.close();
  home.remove();
});

it('is confirmed once it opened a test backup, which leaves no file (O57)', async () => {
  const dir = join(home.homeDir, '.holdfast', 'backups');
  const before = readdirSync(dir);
  expect(await app.get('secret.confirm-recovery', { recoveryCode: code.toLowerCase() })).toEqual({ confirmed: true });
  expect((await app.get('secret.status', {})).recoveryConfirmed).toBe(true);
  expect(readdirSync(dir)).toEqual(before);
});

it('is not confirmed when backups go to another key than its own', async () => {
  await app.close();
  // A key file whose backup key was put in the place of another home's: the code unlocks, and no backup would open.
  const path = join(home.homeDir, '.holdfast', 'keys.json');
  const other = tempHome();
  const stranger = await openTestApp(other);
  await stranger.get('migration.run', { protect: { recoveryCode: true } });
  await stranger.close();
  const [own, foreign] = [path, join(other.homeDir, '.holdfast', 'keys.json')].map((file) => {
    const parsed = parseKeys(readFileSync(file));
    if (!('file' in parsed)) throw new Error('no keys');
    return parsed.file;
  });
  if (own === undefined || foreign === undefined) throw new Error('no keys');
  for (const file of [path, `${path}.bak`])
    writeFileSync(file, serialiseKeys({ ...own, identities: foreign.identities }));
  other.remove();
  app = await openTestApp(home, 'cli', steppingClock('2026-04-01T09:00:00.000Z'));
  expect(await app.call('secret.confirm-recovery', { recoveryCode: code })).toMatchObject({
    ok: false,
    error: { type: 'WrongKey' },
  });
  expect((await app.get('secret.status', {})).recoveryConfirmed).toBe(false);
});
