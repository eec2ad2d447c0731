/** Comparing with what comes from elsewhere, and with any change set of a long history. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messages } from '../../src/renderer/messages.en.ts';
import { expect, test, type Door } from '../door.ts';
import { chooseFile, goTo, passphrase, setUp } from '../steps.ts';

const { frame, ui, unlock, versions } = messages;

const openCompare = async (door: Door): Promise<void> => {
  await goTo(door, frame.versions);
  await door.page.getByRole('tab', { name: versions.tabs.compare }).press('Enter');
};

const side = async ({ page }: Door, kind: string): Promise<void> => {
  await page.getByRole('combobox', { name: versions.refOf(versions.side.a) }).click();
  await page.getByRole('option', { name: kind, exact: true }).click();
};

const difference = ({ page }: Door, key: string): ReturnType<Door['page']['getByRole']> =>
  page.getByRole('list', { name: versions.differences }).getByRole('listitem').filter({ hasText: key });

test('a bundle, and a backup with a passphrase of its own, side by side with now', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  const dir = dirname(door.home);
  const bundle = join(dir, 'settings.holdfast.json');
  const backup = join(dir, 'own.age');
  const key = join(dir, 'key.txt');
  writeFileSync(key, `${passphrase} of the backup\n`, { mode: 0o600 });
  expect((await door.cli('user', 'add', 'alice', '--role', 'editor')).code).toBe(0);
  expect((await door.cli('bundle', 'export', bundle)).stderr).toBe('');
  const made = await door.cli('backup', 'create', '--output', backup, '--backup-passphrase-file', key);
  expect(made.code, made.stderr).toBe(0);
  await door.cli('config', 'set', 's3.region', 'eu-west-1');

  await openCompare(door);
  await side(door, versions.refKinds.bundle);
  await chooseFile(door, bundle, () => page.getByRole('button', { name: versions.chooseFile }).press('Enter'));
  await expect(difference(door, 's3.region')).toContainText('west-1');
  // A bundle tells of no users: that is said, not shown as removed.
  await expect(
    page.getByText(versions.notCompared([versions.kindCount(versions.kinds['user'] ?? '', 1)])),
  ).toBeVisible();
  await door.accessible('compare-bundle');

  await side(door, versions.refKinds.backup);
  await chooseFile(door, backup, () => page.getByRole('button', { name: versions.otherFile }).press('Enter'));
  await expect(page.getByRole('alert')).toContainText(versions.needsKey);
  await door.accessible('compare-backup-key');
  await page.getByLabel(unlock.passphrase, { exact: true }).fill('not this one');
  await page.getByRole('button', { name: ui.tryAgain }).press('Enter');
  await expect(page.getByRole('alert')).toContainText(versions.needsKey);
  await page.getByLabel(unlock.passphrase, { exact: true }).fill(`${passphrase} of the backup`);
  await page.getByRole('button', { name: ui.tryAgain }).press('Enter');
  await expect(difference(door, 's3.region')).toContainText('west-1');
  await door.picture('compare-backup');
  await page.getByRole('checkbox', { name: versions.pick('s3.region') }).press('Space');
  await page.getByRole('button', { name: versions.bringPicked }).press('Enter');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: versions.bringBack.apply(1) })
    .press('Enter');
  await expect(page.getByText(versions.compared(0))).toBeVisible();
});

test('any change set of a long history is found by its words or its time', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await door.cli('config', 'set', 's3.region', 'eu-west-1', '--reason', 'the one to find');
  const lines = Array.from({ length: 120 }, (_, n) => n);
  // Through the door itself: a hundred processes would take minutes.
  await page.evaluate(async (steps) => {
    for (const n of steps) {
      const input = { changes: [{ op: 'set', key: 's3.region', value: `region-${String(n)}` }] };
      if (window.holdfast === undefined)
        await fetch('/api/call', {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-holdfast-session': sessionStorage.getItem('holdfast.session') ?? '',
          },
          body: JSON.stringify({ name: 'settings.apply', input }),
        });
      else await window.holdfast.call('settings.apply', input);
    }
  }, lines);
  await openCompare(door);
  await side(door, versions.refKinds.set);
  const pick = page.getByRole('button', { name: versions.which(versions.side.a) });
  await pick.press('Enter');
  const dialog = page.getByRole('dialog', { name: versions.setTitle(versions.side.a) });
  const sets = dialog.getByRole('list', { name: versions.sets }).getByRole('listitem');
  await expect(sets).toHaveCount(50);
  await dialog.getByRole('button', { name: versions.moreSets }).press('Enter');
  await expect(sets).toHaveCount(100);
  await door.accessible('compare-sets');
  await dialog.getByRole('searchbox', { name: versions.searchSets }).fill('ONE to find');
  await expect(sets).toHaveCount(1);
  await sets.getByRole('button').press('Enter');
  await expect(dialog).toBeHidden();
  await expect(pick).toContainText('the one to find');
  await expect(difference(door, 's3.region')).toContainText('region-119');
  await pick.press('Enter');
  await dialog.getByLabel(versions.setsUntil).fill('2020-01-01T00:00');
  await expect(dialog.getByText(versions.setsShown(0, false))).toBeVisible();
});
