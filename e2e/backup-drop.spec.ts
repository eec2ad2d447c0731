/** A backup dropped on the page: looked into wherever a person is, and nothing is restored by that. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messages } from '../src/renderer/messages.en.ts';
import { damagedImages } from './damage.ts';
import { expect, test, type Door } from './door.ts';
import { rootDir } from './launch.ts';
import { changeSetting, passphrase, setUp } from './steps.ts';

const { backups, backupDrop, overview, recovery, unlock, wizard } = messages;

type Given = { name: string; bytes: Buffer };
const text = (name: string): Given => ({ name, bytes: Buffer.from('no backup') });

/** As the system's file manager would, but for the pointer. Gives what lets go. */
const drag = async ({ page }: Door, files: readonly Given[]): Promise<() => Promise<void>> => {
  const dataTransfer = await page.evaluateHandle(
    (given) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of given)
        transfer.items.add(new File([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))], name));
      return transfer;
    },
    files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') })),
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer });
  return () => page.dispatchEvent('body', 'drop', { dataTransfer });
};

const backupsDir = (door: Door): string => join(door.home, '.holdfast', 'backups');
const newestBackup = (door: Door): Given => {
  const name = readdirSync(backupsDir(door))
    .filter((one) => one.endsWith('.age'))
    .toSorted()
    .at(-1);
  if (name === undefined) throw new Error('no backup was made');
  return { name: 'away.age', bytes: readFileSync(join(backupsDir(door), name)) };
};

test('anywhere on the page: the preview opens, and what is no backup is said', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  const backup = newestBackup(door);
  await changeSetting(door, 's3.region', 'us-east-1');
  const made = readdirSync(backupsDir(door));

  const letGo = await drag(door, [backup]);
  await expect(page.getByText(backupDrop.title)).toBeVisible();
  await expect(page.getByText(backupDrop.text)).toBeVisible();
  await door.accessible('backup-drop');
  await letGo();
  await expect(page.getByText(backupDrop.title)).toHaveCount(0);
  const preview = page.getByRole('dialog', { name: backups.restoreTitle });
  await expect(preview).toContainText('away.age');
  await expect(preview).toContainText('s3.region');
  await page.keyboard.press('Escape');
  expect(readdirSync(backupsDir(door))).toEqual(made);
  const { stdout } = await door.cli('--json', 'config', 'get', 's3.region');
  expect(JSON.parse(stdout)).toMatchObject({ data: { value: 'us-east-1' } });

  await (
    await drag(door, [text('photo.png')])
  )();
  const told = page.getByRole('region', { name: messages.ui.notifications });
  await expect(told).toContainText(backupDrop.notBackup('photo.png'));
  await (
    await drag(door, [backup, text('b')])
  )();
  await expect(told).toContainText(backupDrop.several);
  await expect(preview).toHaveCount(0);
});

test('on the first page of the set-up, into a home that has nothing yet', async ({ door }) => {
  const { page } = door;
  await expect(page.getByRole('heading', { level: 1, name: wizard.find.title('DeepTempo') })).toBeVisible();
  const bytes = readFileSync(join(rootDir, 'src/core/backup/testing/golden-v1.age'));
  await (
    await drag(door, [{ name: 'golden.age', bytes }])
  )();
  const asks = page.getByRole('dialog', { name: backups.credentialTitle });
  await expect(asks).toContainText('golden.age');
  await asks.getByRole('combobox', { name: unlock.with }).click();
  await page.getByRole('option', { name: unlock.recovery }).click();
  await asks.getByLabel(unlock.recovery, { exact: true }).fill('Z98S-PM9R-NG4C-DTEF-S530-Y1ZG-VV5H-CCXQ-C');
  await asks.getByRole('button', { name: messages.ui.tryAgain }).click();
  const preview = page.getByRole('dialog', { name: backups.restoreTitle });
  await expect(preview.getByRole('listitem').first()).toBeVisible();
  await door.accessible('backup-drop-setup');
  await page.keyboard.press('Escape');
  expect(existsSync(join(door.home, '.holdfast'))).toBe(false);
});

test.describe('a store that does not open', () => {
  test.use({ prepare: damagedImages });

  test('takes a dropped backup in its place, after a press and with its key', async ({ door }) => {
    const { page } = door;
    await expect(page.getByRole('heading', { level: 1, name: recovery.title })).toBeVisible();
    await expect(page.getByText(recovery.dropToo)).toBeVisible();
    const letGo = await drag(door, [newestBackup(door)]);
    await expect(page.getByText(backupDrop.title)).toBeVisible();
    await letGo();
    const dialog = page.getByRole('dialog', { name: recovery.openTitle });
    await expect(dialog).toContainText('away.age');
    await expect(dialog).toContainText(recovery.nothingWiped);
    await dialog.getByRole('button', { name: recovery.openNow }).click();
    await dialog.getByLabel(unlock.passphrase, { exact: true }).fill(passphrase);
    await dialog.getByRole('button', { name: recovery.openNow }).click();
    await expect(page.getByRole('heading', { level: 1, name: overview.looked('DeepTempo') })).toBeVisible();
  });
});
