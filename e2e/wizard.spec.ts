/** From a home that Holdfast has never seen to its audit log: what a stranger does first. */
import { existsSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test } from './door.ts';
import { goTo, passphrase, setUp, settingRow, showSetting, walkToEssentials } from './steps.ts';

/** Every file of a folder with its bytes, mode and time of change. */
const snapshot = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.startsWith('.holdfast') && statSync(join(dir, name)).isFile())
      .map((name) => [
        name,
        `${String(statSync(join(dir, name)).mode)} ${String(statSync(join(dir, name)).mtimeMs)} ${readFileSync(join(dir, name), 'base64')}`,
      ]),
  );

test('wizard to audit: the sample home is found, planned, protected, migrated, shown and logged', async ({ door }) => {
  const before = snapshot(door.home);
  await setUp(door, door.accessible);
  expect(snapshot(door.home)).toEqual(before);

  await door.accessible('overview');
  const { page } = door;
  await showSetting(door, 'general.theme');
  await expect(settingRow(door, 'general.theme')).toContainText('dark');
  await page.getByRole('searchbox', { name: messages.settings.search }).fill('');
  await door.accessible('settings');

  await goTo(door, messages.frame.audit);
  await expect(page.getByRole('row').filter({ hasText: 'migration' }).first()).toBeVisible();
  await expect(page.getByText('chain verified', { exact: false })).toBeVisible();
  await door.accessible('audit');

  const got = await door.cli('--json', 'config', 'get', 'theme.theme');
  expect(JSON.parse(got.stdout)).toMatchObject({
    ok: true,
    data: { key: 'theme.theme', value: 'light', source: 'file', file: 'theme_config.json' },
  });
});

test('leaving half-way writes nothing to the home and keeps choices but no passphrase', async ({ door }) => {
  const before = snapshot(door.home);
  await walkToEssentials(door);
  await door.page.reload();
  await expect(door.page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(existsSync(join(door.home, '.holdfast'))).toBe(false);
  expect(snapshot(door.home)).toEqual(before);
  const kept = readdirSync(door.configDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(door.configDir, name))
    .filter((path) => lstatSync(path).isFile() && readFileSync(path).includes(passphrase));
  expect(kept).toEqual([]);
});
