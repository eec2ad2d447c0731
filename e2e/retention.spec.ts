/** The limits of the history: what would go is shown first, then it goes, and the chain still holds. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestApp } from '../src/core/testing/test-app.ts';
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test } from './door.ts';
import { goTo } from './steps.ts';

const { frame, historyLimits, unlock } = messages;
const passphrase = 'correct horse battery staple';
const hourMs = 3_600_000;

/** A home whose log is months old: hours between its saves. */
const oldHome = async (home: string): Promise<void> => {
  let [step, id] = [0, 0];
  const from = Date.now() - 90 * 24 * hourMs;
  const app = await openTestApp({ homeDir: home, configDir: mkdtempSync(join(tmpdir(), 'holdfast-e2e-')) }, 'window', {
    now: () => new Date(from + step++ * 6 * hourMs).toISOString(),
    newId: () => `old-${String(++id).padStart(6, '0')}`,
  });
  await app.get('migration.run', { protect: { passphrase } });
  for (const [i, value] of ['light', 'dark', 'light', 'dark', 'light', 'dark'].entries())
    await app.get('settings.apply', {
      changes: [
        { op: 'set', key: 'general.theme', value },
        { op: 'set', key: 's3.region', value: `eu-west-${String(i)}` },
      ],
    });
  await app.close();
};

test.use({ prepare: { run: ({ home }) => oldHome(home) } });

test('choose limits, see what would go, remove it, and the chain still holds', async ({ door }) => {
  const { page } = door;
  await goTo(door, frame.audit);
  const limits = page.getByRole('button', { name: historyLimits.button });
  await expect(limits).toBeEnabled();
  await limits.press('Enter');
  const dialog = page.getByRole('dialog', { name: historyLimits.title });
  await dialog.getByLabel(historyLimits.versions).fill('2');
  await dialog.getByRole('button', { name: historyLimits.look }).press('Enter');
  await expect(dialog.getByText(historyLimits.stays)).toBeVisible();
  await expect(dialog.getByText(/^Undo ends there/u)).toBeVisible();
  await door.accessible('retention-preview');
  const remove = dialog.getByRole('button', { name: /^Save and remove \d+ entries$/u });
  const shown = /\d+/u.exec((await remove.textContent()) ?? '')?.[0] ?? '';
  await remove.press('Enter');
  const asking = page.getByRole('dialog', { name: unlock.title });
  await asking.getByLabel(unlock.passphrase, { exact: true }).fill(passphrase);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByText(historyLimits.removed(Number(shown)), { exact: true })).toBeVisible();
  await expect(page.getByText(/were removed by the limits of the history/u)).toBeVisible();
  await expect(page.getByText(messages.audit.events['retention']?.('') ?? '').first()).toBeVisible();
  await expect(page.getByText(/broken|does not hold/iu)).toBeHidden();
  await door.accessible('retention-removed');
  const verified = await door.cli('--json', 'audit', 'verify');
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, data: { firstBad: null } });
  expect((await door.cli('config', 'get', 's3.region')).stdout.trim()).toBe('eu-west-5');
});
