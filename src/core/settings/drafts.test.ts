/** Edits that are not applied yet: they outlive the door, and never hold a secret. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  await app.get('migration.run', { protect: { passphrase } });
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const edit = (value: string) => ({ edit: { op: 'set' as const, value }, version: 1, base: 'before' });
const files = (): string[] =>
  readdirSync(join(home.configDir, 'drafts'))
    .filter((name) => name.endsWith('.settings.json'))
    .map((name) => join(home.configDir, 'drafts', name));

it('are there again when the home is opened the next time', async () => {
  expect(await app.get('settings.draft', {})).toEqual({ staged: {}, restartedAt: null });
  const draft = {
    staged: {
      'general.theme': edit('light'),
      's3.region': { edit: { op: 'draft' as const, text: '{', problem: 'x' }, version: null, base: null },
    },
    restartedAt: '2026-01-01T00:00:00.000Z',
  };
  await app.get('settings.save-draft', draft);
  await app.close();
  app = await openTestApp(home, 'cli', steppingClock('2027-01-01T00:00:00.000Z'));
  expect(await app.get('settings.draft', {})).toEqual(draft);
});

it('never hold a secret, whoever sends it', async () => {
  const secret = (await app.get('settings.list', {})).settings.find((one) => one.secret);
  expect(secret).toBeDefined();
  const canary = 'sk-canary-5f2b9c7d1e3a4f60';
  const staged = { 'general.theme': edit('light'), [secret?.key ?? '']: edit(canary), 'env.NEW_API_KEY': edit(canary) };
  await app.get('settings.save-draft', { staged, restartedAt: null });
  expect(Object.keys((await app.get('settings.draft', {})).staged)).toEqual(['general.theme']);
  for (const file of files()) expect(readFileSync(file, 'utf8')).not.toContain(canary);
});

it('that cannot be read are as if there were none', async () => {
  await app.get('settings.save-draft', { staged: { 'general.theme': edit('light') }, restartedAt: null });
  for (const file of files()) writeFileSync(file, '{"staged": {"a": 1}');
  expect(await app.get('settings.draft', {})).toEqual({ staged: {}, restartedAt: null });
});
