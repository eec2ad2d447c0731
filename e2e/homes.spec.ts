/** Each sample home from the first look to its files again: set up by the wizard, proven, changed, rolled back byte for byte. */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test, type Door } from './door.ts';
import { goTo, passphrase } from './steps.ts';

const { wizard, migration } = messages;
const { after } = migration;

const homes = [
  { sample: 'deeptempo', title: 'DeepTempo' },
  { sample: 'incident-rag', title: 'Incident RAG' },
  { sample: 'opsbrain', title: 'OpsBrain' },
  { sample: 'automagik-hub', title: 'automagik-tools hub', choose: 'app_mode' },
  { sample: 'analytics-engine', title: 'AnalyticsEngine' },
  { sample: 'generic', title: null },
];

/** Every file outside `.holdfast`: its bytes and its mode. */
const filesOf = (home: string): Record<string, { text: string; mode: number }> =>
  Object.fromEntries(
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name))
      .filter((path) => !path.includes('.holdfast'))
      .toSorted()
      .map((path) => [path, { text: readFileSync(path, 'latin1'), mode: statSync(path).mode & 0o777 }]),
  );

const heading = ({ page }: Door, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const press = ({ page }: Door, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

const walk = async (door: Door, choose: string | undefined): Promise<void> => {
  const { page } = door;
  await press(door, wizard.find.next);
  await expect(heading(door, wizard.plan.title)).toBeVisible();
  await press(door, wizard.plan.next);
  await page.getByLabel(wizard.protect.passphrase, { exact: true }).fill(passphrase);
  await page.getByLabel(wizard.protect.repeat, { exact: true }).fill(passphrase);
  await press(door, wizard.protect.next);
  const essentials = heading(door, wizard.essentials.title);
  const review = heading(door, wizard.review.title);
  await expect(essentials.or(review)).toBeVisible();
  if (await essentials.isVisible()) {
    if (choose !== undefined) {
      await page.locator(`[id="${choose}"], [id$="-${choose}"]`).first().click();
      await page.getByRole('option').first().click();
    }
    await press(door, wizard.essentials.next);
  }
  await expect(review).toBeVisible();
  await press(door, wizard.review.apply);
  const open = page.getByRole('button', { name: wizard.result.open });
  await expect(open).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('table', { name: wizard.result.proof })).not.toContainText(wizard.result.differs);
  await open.click();
};

for (const { sample, title, choose } of homes)
  test.describe(sample, () => {
    test.use({ sample });

    test('is set up, proven, and rolled back to its bytes and modes', async ({ door }) => {
      const { page, home } = door;
      await expect(heading(door, title === null ? wizard.find.titleUnknown : wizard.find.title(title))).toBeVisible();
      const before = filesOf(home);
      expect(Object.keys(before)).not.toEqual([]);
      await walk(door, choose);
      expect(filesOf(home)).toEqual(before);

      await goTo(door, messages.frame.migration);
      await page.getByRole('tab', { name: after.tab }).click();
      const proof = page.getByRole('table', { name: after.proof });
      await expect(proof.getByText(after.proofs.equal).first()).toBeVisible();
      for (const other of [after.proofs.differs, after.proofs.missing, after.proofs.unreadable])
        await expect(proof.getByText(other, { exact: true })).toHaveCount(0);

      // What would be lost by hand: one byte of each file, and its mode.
      for (const path of Object.keys(before)) {
        writeFileSync(path, `${readFileSync(path, 'latin1')}\n`, 'latin1');
        chmodSync(path, 0o640);
      }
      await page
        // By the keyboard: the proof above is read again meanwhile, and moves the button.
        .getByRole('button', { name: after.rollbackLabel('') })
        .first()
        .press('Enter');
      const dialog = page.getByRole('dialog');
      await expect(dialog.getByRole('table', { name: after.rollbackFiles })).toContainText(
        after.rollbackActions.restore,
      );
      await dialog.getByRole('button', { name: /^Roll back \d+ file/u }).click();
      await expect(dialog.getByText(after.rolledBack).first()).toBeVisible();
      await dialog.getByRole('button', { name: messages.ui.done }).click();
      const read = new Set(
        (
          (JSON.parse((await door.cli('--json', 'migrate', 'proof')).stdout) as { data: { files: { file: string }[] } })
            .data.files ?? []
        ).map(({ file }) => join(home, file)),
      );
      expect(read.size).toBeGreaterThan(0);
      const now = filesOf(home);
      for (const path of read) expect({ path, ...now[path] }).toEqual({ path, ...before[path] });
    });
  });
