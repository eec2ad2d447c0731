/** Backups: made, verified, exported to a file of the person's choice, and looked at before restoring. */
import { readFileSync } from 'node:fs';
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test } from './door.ts';
import { changeSetting, goTo, setUp } from './steps.ts';

const { backups, backupSchedule, frame } = messages;

test.beforeEach(async ({ door }) => {
  await setUp(door);
});

test('backup, verify, export, restore with a preview', async ({ door }) => {
  const { page } = door;
  await goTo(door, frame.backups);
  const stores = page.getByRole('row').filter({ hasText: backups.kinds.store });
  // The set-up made the first one; counted only once the list is there.
  await expect(stores).toHaveCount(1);
  await page.getByRole('button', { name: backups.create }).click();
  await expect(page.getByText(backups.created).first()).toBeVisible();
  await expect(stores).toHaveCount(2);
  await stores
    .first()
    .getByRole('button', { name: /^Verify/u })
    .click();
  await expect(page.getByText(backups.verifyTitle).first()).toBeVisible();
  await door.accessible('backups-verified');
  await page.keyboard.press('Escape');

  const path = await door.saveFile(() => door.menu('backup.export'));
  await expect(page.getByText('Backup exported', { exact: false }).first()).toBeVisible();
  expect(readFileSync(path).subarray(0, 21).toString()).toBe('age-encryption.org/v1');

  await changeSetting(door, 's3.region', 'us-east-1');

  await goTo(door, frame.backups);
  await stores
    .first()
    .getByRole('button', { name: /^Restore/u })
    .click();
  const preview = page.getByRole('dialog', { name: backups.restoreTitle });
  await expect(preview).toContainText('s3.region');
  await expect(preview).toContainText('Old value: "us-east-1" New value: "eu-central-1"');
  await door.accessible('restore-preview');
  await preview.getByRole('button', { name: backups.restoreApply(1) }).click();
  await expect(page.getByText(backups.restored(1)).first()).toBeVisible();
  const stored = await door.cli('--json', 'config', 'get', 's3.region');
  expect(JSON.parse(stored.stdout)).toMatchObject({ ok: true, data: { value: 'eu-central-1' } });
});

test('the schedule is said, and only what is picked of a backup comes back', async ({ door }) => {
  const { page } = door;
  await door.cli('user', 'add', 'alice', '--role', 'editor');
  await goTo(door, frame.backups);
  const schedule = page.getByRole('region', { name: backupSchedule.title });
  // The set-up's own backup was opened when it was made, and one a day follows it.
  await expect(schedule).toContainText(`${backupSchedule.lastProven}: today`);
  await expect(schedule).toContainText(backupSchedule.notChosen);
  await changeSetting(door, 's3.region', 'us-east-1');

  await goTo(door, frame.backups);
  await page
    .getByRole('row')
    .filter({ hasText: backups.kinds.store })
    .getByRole('button', { name: /^Restore/u })
    .click();
  const preview = page.getByRole('dialog', { name: backups.restoreTitle });
  await expect(preview.getByRole('listitem').filter({ hasText: 's3.region' })).toContainText(
    /Changed here since the backup: .*, by /u,
  );
  // By kind, and by the value itself: the box of its kind follows.
  const alice = preview.getByRole('checkbox', { name: messages.versions.pick('alice') });
  await preview.getByRole('checkbox', { name: backups.partCount(backups.parts.user, 1) }).click();
  await expect(alice).not.toBeChecked();
  await alice.click();
  await expect(preview.getByRole('button', { name: backups.restoreApply(2) })).toBeVisible();
  await alice.click();
  await door.accessible('restore-parts');
  await preview.getByRole('button', { name: backups.restoreApply(1) }).click();
  await expect(page.getByText(backups.restored(1)).first()).toBeVisible();
  const users = await door.cli('--json', 'user', 'list');
  expect(JSON.parse(users.stdout)).toMatchObject({ data: { users: [{ name: 'alice' }] } });
});
