/** The Secrets page: what is wrong with which, looking at one, replacing it, the ways to open them, and all of them lost. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messages } from '../src/renderer/messages.en.ts';
import { migrated } from './damage.ts';
import { expect, test, type Door } from './door.ts';
import { goTo, passphrase } from './steps.ts';

const { secrets, frame, unlock } = messages;
const key = 'env.GITHUB_TOKEN';
const stored = 'ghp_fake0000000000000000000000000000';

const rowOf = ({ page }: Door, name: string): ReturnType<Door['page']['locator']> =>
  page.getByRole('row').filter({ hasText: name });

const unlockBy = async ({ page }: Door, text: string): Promise<void> => {
  const dialog = page.getByRole('dialog', { name: unlock.title });
  await dialog.getByLabel(unlock.passphrase, { exact: true }).fill(text);
  await dialog.getByRole('button', { name: unlock.unlock, exact: true }).click();
  await expect(dialog).toBeHidden();
};

const openPage = async (door: Door): Promise<void> => {
  await goTo(door, frame.secrets);
  await expect(door.page.getByRole('table', { name: secrets.table })).toBeVisible();
};

/** What a search of the whole document, its fields and its address finds. */
const everywhere = ({ page }: Door): Promise<string> =>
  page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll('input, textarea')].map((one) => ('value' in one ? String(one.value) : '')),
      window.location.href,
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
    ].join('\n'),
  );

test.describe('with keys', () => {
  test.use({ prepare: { run: async (before) => void (await migrated(before)) } });

  test('looking at a secret asks, is noted, hides after 30 seconds and leaves nothing behind', async ({ door }) => {
    const { page } = door;
    await openPage(door);
    await expect(page.getByText(secrets.lockedText)).toBeVisible();
    await rowOf(door, key)
      .getByRole('button', { name: /^Reveal/u })
      .click();
    const dialog = page.getByRole('dialog', { name: /^Show/u });
    await expect(dialog).toContainText(secrets.revealText);
    await door.accessible('secrets-reveal');
    await page.clock.install();
    await dialog.getByRole('button', { name: secrets.reveal, exact: true }).click();
    await unlockBy(door, passphrase);
    await expect(dialog.getByText(stored)).toBeVisible();
    await page.clock.fastForward(29_000);
    await expect(dialog.getByText(stored)).toBeVisible();
    await page.clock.fastForward(2000);
    await expect(dialog).toBeHidden();
    expect(await everywhere(door)).not.toContain(stored);
    await page.clock.resume();
    await goTo(door, frame.audit);
    await expect(page.getByRole('row').filter({ hasText: key }).first()).toBeVisible();
    const list = JSON.parse((await door.cli('--json', 'audit', 'list', '--key', key)).stdout) as unknown;
    expect(JSON.stringify(list)).toContain('"reveal"');
  });

  test('replace, undo, remove; the value is in no toast, no address and no page', async ({ door }) => {
    const { page } = door;
    await openPage(door);
    await page.getByRole('main').getByRole('button', { name: unlock.unlock, exact: true }).click();
    await unlockBy(door, passphrase);
    await expect(page.getByText(secrets.states.unlocked, { exact: true })).toBeVisible();
    await door.accessible('secrets');
    const row = rowOf(door, key);
    const before = await row.getByTitle(secrets.fingerprintTitle).innerText();

    await row.getByRole('button', { name: /^Replace/u }).click();
    const dialog = page.getByRole('dialog', { name: /^Replace/u });
    const typed = 'a-quite-other-token-7261';
    await dialog.getByLabel(secrets.newValue).fill(typed);
    await dialog.getByLabel(messages.settings.review.reason).fill('rotated');
    await door.accessible('secrets-replace');
    await dialog.getByRole('button', { name: secrets.replace, exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(row.getByTitle(secrets.fingerprintTitle)).not.toHaveText(before);
    expect(await everywhere(door)).not.toContain(typed);
    await page.getByRole('button', { name: frame.undo, exact: true }).first().click();
    await expect(row.getByTitle(secrets.fingerprintTitle)).toHaveText(before);

    await row.getByRole('button', { name: /^Replace/u }).click();
    await dialog.getByRole('checkbox', { name: secrets.random }).press(' ');
    await expect(dialog.getByLabel(secrets.newValue)).toBeDisabled();
    await dialog.getByRole('button', { name: secrets.replace, exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(row.getByTitle(secrets.fingerprintTitle)).not.toHaveText(before);

    await row.getByRole('button', { name: /^Remove/u }).click();
    await page.getByRole('dialog').getByRole('button', { name: secrets.remove, exact: true }).click();
    await expect(row).toContainText(secrets.notSet);
    expect(JSON.parse((await door.cli('--json', 'config', 'get', key)).stdout)).toMatchObject({ data: { set: false } });
  });

  test('ways to open them come and go, the last one stays; a new data key; locking when idle', async ({ door }) => {
    const { page } = door;
    await openPage(door);
    await page.getByRole('main').getByRole('button', { name: unlock.unlock, exact: true }).click();
    await unlockBy(door, passphrase);
    const card = page.getByRole('region', { name: secrets.slots });
    await expect(card.getByText(secrets.lastOne)).toBeVisible();
    await card.getByRole('button', { name: secrets.addPassphrase }).click();
    const dialog = page.getByRole('dialog', { name: secrets.addPassphrase });
    const other = 'entirely different other words';
    await dialog.getByLabel(messages.wizard.protect.passphrase, { exact: true }).fill(other);
    await dialog.getByLabel(messages.wizard.protect.repeat).fill('not the same');
    await dialog.getByRole('button', { name: secrets.add, exact: true }).click();
    await expect(dialog).toContainText(messages.wizard.protect.differ);
    await dialog.getByLabel(messages.wizard.protect.repeat).fill(other);
    await door.accessible('secrets-passphrase');
    await dialog.getByRole('button', { name: secrets.add, exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(card.getByRole('listitem')).toHaveCount(2);

    await card.getByRole('button', { name: secrets.rotate }).click();
    await page.getByRole('dialog').getByRole('button', { name: secrets.rotate }).click();
    await expect(page.getByText(/encrypted again/u).first()).toBeVisible();

    await card
      .getByRole('listitem')
      .first()
      .getByRole('button', { name: /^Remove/u })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: secrets.remove, exact: true }).click();
    await expect(card.getByRole('listitem')).toHaveCount(1);
    await card.getByRole('combobox', { name: secrets.idle }).click();
    await page.getByRole('option', { name: secrets.idleAfter(15) }).click();
    await expect(card.getByRole('combobox', { name: secrets.idle })).toContainText(secrets.idleAfter(15));

    await page.getByRole('main').getByRole('button', { name: secrets.lock, exact: true }).click();
    await page.getByRole('main').getByRole('button', { name: unlock.unlock, exact: true }).click();
    await unlockBy(door, other);
    await expect(page.getByText(secrets.states.unlocked, { exact: true })).toBeVisible();
  });

  test('a system keyring that does not answer is said so in the dialog, and no way is added', async ({ door }) => {
    const { page } = door;
    await openPage(door);
    const card = page.getByRole('region', { name: secrets.slots });
    await card.getByRole('button', { name: secrets.addKeyring }).click();
    const dialog = page.getByRole('dialog', { name: secrets.addKeyring });
    await dialog.getByRole('button', { name: secrets.add, exact: true }).click();
    await unlockBy(door, passphrase);
    // No keyring is served to these tests: nothing is added, and the dialog says why.
    await expect(dialog.getByRole('alert')).toContainText(/keyring/u);
    await page.keyboard.press('Escape');
    await expect(card.getByRole('listitem')).toHaveCount(1);
  });

  test('everything that opens them is lost: one reset makes new keys, the others go one by one', async ({ door }) => {
    const { page } = door;
    await openPage(door);
    await page.getByRole('button', { name: secrets.lostAsk }).click();
    await door.accessible('secrets-lost');
    await page.getByRole('dialog').getByRole('button', { name: secrets.lostGo }).click();
    await rowOf(door, key)
      .getByRole('button', { name: /^Reset/u })
      .click();
    const dialog = page.getByRole('dialog', { name: /^Reset/u });
    const fresh = 'a fresh passphrase of four words';
    await dialog.getByLabel(messages.wizard.protect.passphrase, { exact: true }).fill(fresh);
    await dialog.getByLabel(messages.wizard.protect.repeat).fill(fresh);
    await dialog.getByRole('checkbox', { name: secrets.withCode }).click();
    await dialog.getByRole('button', { name: secrets.resetDo, exact: true }).click();
    await expect(dialog).toContainText(secrets.lostNeeded);
    await dialog.getByRole('checkbox', { name: secrets.lostSure }).click();
    await door.accessible('secrets-reset');
    await dialog.getByRole('button', { name: secrets.resetDo, exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText(secrets.states.unlocked, { exact: true })).toBeVisible();
    await expect(rowOf(door, key)).toContainText(secrets.notSet);
    const broken = page.getByRole('row').filter({ hasText: secrets.findings.unreadable });
    const left = await broken.count();
    expect(left).toBeGreaterThan(1);
    await broken
      .first()
      .getByRole('button', { name: /^Reset/u })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: secrets.resetDo, exact: true }).click();
    await expect(broken).toHaveCount(left - 1);
    const aside = readdirSync(join(door.home, '.holdfast', 'quarantine')).filter((name) =>
      name.startsWith('keys.json-'),
    );
    expect(aside).toHaveLength(1);
  });
});
