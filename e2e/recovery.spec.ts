/** Homes that do not open as they are: what is offered, that nothing is wiped, and the threads that work on the store. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messages } from '../src/renderer/messages.en.ts';
import { damagedImages, damagedJournal, migrated, olderSchema, storeFiles } from './damage.ts';
import { expect, test, type Door } from './door.ts';
import { rootDir } from './launch.ts';
import { goTo, passphrase } from './steps.ts';

const { recovery, upgrade, overview } = messages;
const storeDir = (door: Door): string => join(door.home, '.holdfast');
const dataOf = async (door: Door, ...args: string[]): Promise<unknown> => {
  const { stdout } = await door.cli('--json', ...args);
  return (JSON.parse(stdout) as { data: unknown }).data;
};
const candidate = ({ page }: Door, path: RegExp) =>
  page.getByRole('region', { name: recovery.candidates }).getByRole('listitem').filter({ hasText: path });

test.describe('a journal with a wrong byte', () => {
  test.use({ prepare: damagedJournal });

  test('is told with what can be opened; what is opened lacks least, and the rest is set aside', async ({ door }) => {
    const { page } = door;
    const before = storeFiles(storeDir(door));
    await expect(page.getByRole('heading', { level: 1, name: recovery.title })).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('The store is damaged: journal-');
    const best = candidate(door, /^(?!.*quarantine).*image-\d+\.db/u);
    await expect(best).toContainText(recovery.best);
    await expect(best).toContainText(recovery.lacks(3));
    await expect(best).toContainText(/\d+ settings/u);
    await expect(best.locator('time')).toBeVisible();
    const older = candidate(door, /quarantine\/20260101T090000000Z\/image-/u);
    await expect(older).toContainText(recovery.differs(1));
    await expect(candidate(door, /holdfast_\d+_\d+\.age/u)).toContainText(recovery.kinds.backup);
    const legacy = candidate(door, /pre_migration_/u);
    await expect(legacy).toContainText(recovery.kinds.legacy);
    await expect(legacy.getByRole('button')).toHaveCount(0);
    await expect(page.getByText(/Set aside before: \d+ files, [\d.,]+ \S+, in \.holdfast\/quarantine/u)).toBeVisible();
    await door.accessible('recovery');

    await best.getByRole('button', { name: recovery.openThis }).click();
    const dialog = page.getByRole('dialog', { name: recovery.openTitle });
    await expect(dialog).toContainText(recovery.nothingWiped);
    for (const name of Object.keys(before)) await expect(dialog).toContainText(`.holdfast/${name}`);
    await door.accessible('recovery-open');
    expect(storeFiles(storeDir(door))).toEqual(before);

    await dialog.getByRole('button', { name: recovery.openNow }).click();
    await expect(page.getByRole('heading', { level: 1, name: overview.looked('DeepTempo') })).toBeVisible();
    const [newest = ''] = readdirSync(join(storeDir(door), 'quarantine'))
      .toSorted()
      .toReversed();
    expect(storeFiles(join(storeDir(door), 'quarantine', newest))).toEqual(before);
    expect(await dataOf(door, 'config', 'get', 's3.region')).toMatchObject({ value: 'eu-north-1' });
    await goTo(door, messages.frame.doctor);
    await expect(page.getByText(/\d+ files \([\d.,]+ \S+\) in \.holdfast\/quarantine/u)).toBeVisible();
  });
});

test.describe('images that are all damaged', () => {
  test.use({ prepare: damagedImages });

  test('leave the backup, which asks for its key in words of a page', async ({ door }) => {
    const { page } = door;
    const image = candidate(door, /image-\d+\.db/u).first();
    await expect(image).toContainText(recovery.doesNotOpen);
    await expect(image.getByRole('button')).toHaveCount(0);
    await candidate(door, /holdfast_\d+_\d+\.age/u)
      .first()
      .getByRole('button', { name: recovery.openThis })
      .click();
    const dialog = page.getByRole('dialog', { name: recovery.openTitle });
    await dialog.getByRole('button', { name: recovery.openNow }).click();
    const told = dialog.getByRole('alert');
    await expect(told).toContainText(messages.unlock.typeBelow);
    await expect(told).not.toContainText('--');
    await door.accessible('recovery-key');
    await dialog.getByLabel(messages.unlock.passphrase, { exact: true }).fill(passphrase);
    await dialog.getByRole('button', { name: recovery.openNow }).click();
    await expect(page.getByRole('heading', { level: 1, name: overview.looked('DeepTempo') })).toBeVisible();
    expect(await dataOf(door, 'config', 'get', 's3.region')).toMatchObject({ value: 'eu-north-1' });
  });
});

test.describe('a store of an older Holdfast', () => {
  test.use({ prepare: olderSchema });

  test('waits for one press, and is upgraded in its own thread', async ({ door }) => {
    const { page } = door;
    const before = storeFiles(storeDir(door));
    await expect(page.getByRole('heading', { level: 1, name: upgrade.title })).toBeVisible();
    await expect(page.getByRole('region', { name: upgrade.steps }).getByRole('listitem').first()).toContainText(
      upgrade.step(2, 'counts'),
    );
    await door.accessible('upgrade');
    expect(storeFiles(storeDir(door))).toEqual(before);
    // Where this is built the work is done by the thread, or not at all; that such programs are found shows below.
    expect(existsSync(join(rootDir, 'out', 'main', 'schema-worker.js'))).toBe(true);
    await page.getByRole('button', { name: upgrade.go, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: overview.looked('DeepTempo') })).toBeVisible();
    expect(await dataOf(door, 'schema', 'current')).toMatchObject({ upToDate: true });
    // The way back.
    expect(storeFiles(storeDir(door))).toMatchObject(before);
  });
});

test.describe('a journal that has grown', () => {
  test.use({ prepare: { run: async (before) => void (await migrated(before)) } });

  test('is folded beside the door, by the thread', async ({ door }) => {
    await expect(door.page.getByRole('heading', { level: 1, name: overview.looked('DeepTempo') })).toBeVisible();
    const images = Object.keys(storeFiles(storeDir(door))).filter((name) => name.startsWith('image-'));
    const file = join(door.home, '..', 'long-value');
    writeFileSync(file, 'x'.repeat(600_000));
    // Over 1 MiB, and below the 4 MiB from which it would be done without a thread.
    for (const key of ['long.a', 'long.b'])
      expect((await door.cli('config', 'set', key, '--from-file', file, '--create')).code).toBe(0);
    const newest = Math.max(...images.map((name) => Number(/\d+/u.exec(name)?.[0])));
    const folded = join(storeDir(door), `image-${String(newest + 1)}.db`);
    await expect.poll(() => existsSync(folded)).toBe(true);
    const status = JSON.stringify(await dataOf(door, 'status'));
    expect(status).not.toContain('fold-');
    expect(status).not.toContain('checkpoint-failed');
  });
});
