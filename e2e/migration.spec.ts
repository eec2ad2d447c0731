/** After the wizard: a mirror, a drift, the proof, a checklist that refuses, and every file back byte for byte. */
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test, type Door } from './door.ts';
import { rootDir } from './launch.ts';
import { goTo, passphrase } from './steps.ts';

const { wizard, migration } = messages;
const { after } = migration;
const title = 'automagik-tools hub';

/** Every file of the home outside `.holdfast` with its bytes and mode. */
const fingerprint = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.startsWith('.holdfast') && statSync(join(dir, name)).isFile())
      .map((name) => [
        name,
        `${String(statSync(join(dir, name)).mode & 0o777)} ${readFileSync(join(dir, name), 'base64')}`,
      ]),
  );

const press = ({ page }: Door, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).last().click();

const heading = async ({ page }: Door, name: string): Promise<void> =>
  expect(page.getByRole('heading', { level: 1, name })).toBeVisible({ timeout: 30_000 });

/** The wizard with what it proposes; the recovery code is not typed back. */
const throughTheWizard = async (door: Door): Promise<void> => {
  const { page } = door;
  await heading(door, wizard.find.title(title));
  await press(door, wizard.find.next);
  await heading(door, wizard.plan.title);
  await press(door, wizard.plan.next);
  await heading(door, wizard.protect.title);
  await page.getByLabel(wizard.protect.passphrase, { exact: true }).fill(passphrase);
  await page.getByLabel(wizard.protect.repeat, { exact: true }).fill(passphrase);
  await press(door, wizard.protect.next);
  await heading(door, wizard.essentials.title);
  await expect(page.getByText(wizard.essentials.proposed('workos_client_id'))).toBeVisible();
  for (const asked of ['Port', 'Address to listen on', 'Allowed origins', 'HTTPS only (HSTS)'])
    await expect(page.getByRole('heading', { level: 2, name: asked, exact: true })).toBeVisible();
  await door.accessible('wizard-essentials-proposed');
  await press(door, wizard.essentials.next);
  await heading(door, wizard.review.title);
  await expect(page.getByRole('row').filter({ hasText: 'app_mode' })).toContainText('workos');
  await press(door, wizard.review.apply);
  await heading(door, wizard.result.title(title));
  await expect(page.getByRole('row').filter({ hasText: wizard.result.checks['round-trip'] ?? '' })).toContainText(
    wizard.result.agrees,
  );
  await press(door, wizard.result.open);
};

const openTab = async (door: Door, tab: string): Promise<void> => {
  await goTo(door, messages.frame.migration);
  await door.page.getByRole('tab', { name: tab, exact: true }).click();
};

test.use({
  prepare: {
    run: ({ home }) => {
      rmSync(home, { recursive: true });
      cpSync(join(rootDir, 'resources', 'sample-homes', 'automagik-hub'), home, { recursive: true });
      return Promise.resolve();
    },
  },
});

test('mirror, drift, proof, ledger, a checklist that refuses, and back to the files byte for byte (H64)', async ({
  door,
}) => {
  const { page, home } = door;
  const env = join(home, '.env');
  const before = fingerprint(home);
  await throughTheWizard(door);
  expect(fingerprint(home)).toEqual(before);

  await openTab(door, migration.files);
  await page.getByRole('switch', { name: migration.mirrorLabel('.env') }).click();
  await press(door, migration.onDo);
  await expect(page.getByRole('row').filter({ hasText: '.env' }).getByText(migration.states['in-step'])).toBeVisible();
  expect((await door.cli('config', 'set', 'port', '9911', '--yes')).code).toBe(0);
  await expect.poll(() => readFileSync(env, 'utf8')).toContain('HUB_PORT=9911');

  await page.getByRole('tab', { name: after.tab, exact: true }).click();
  await expect(page.getByText(after.proven(1, 1))).toBeVisible();
  writeFileSync(env, readFileSync(env, 'utf8').replace('9911', '9922'));
  await openTab(door, migration.files);
  await page.reload();
  await expect(page.getByRole('table', { name: migration.driftOf('.env') })).toContainText('9922');
  await door.accessible('migration-drift');
  await page.getByRole('tab', { name: after.tab, exact: true }).click();
  await expect(page.getByRole('list', { name: after.placesOf('.env') })).toContainText(after.differences.changed);

  await page.getByRole('button', { name: after.retire, exact: true }).last().click();
  const checklist = page.getByRole('list', { name: after.checklist });
  const point = (name: string) => checklist.getByRole('listitem').filter({ hasText: after.points[name] ?? '' });
  await expect(point('no drift')).toContainText(after.unmet);
  await expect(point('tested')).toContainText(after.met);
  await expect(page.getByRole('button', { name: after.retireDo(1) })).toHaveAttribute('aria-disabled', 'true');
  await door.accessible('migration-retire');
  await page.keyboard.press('Escape');

  await page.getByRole('tab', { name: migration.files, exact: true }).click();
  await press(door, migration.importDo(1));
  await expect(page.getByText(migration.noDrift)).toBeVisible();
  const port = await door.cli('--json', 'config', 'get', 'port');
  expect(JSON.parse(port.stdout)).toMatchObject({ ok: true, data: { value: 9922 } });

  await page.getByRole('tab', { name: migration.ledger, exact: true }).click();
  await page.getByRole('row').filter({ hasText: '.env:2' }).first().getByRole('link', { name: 'port' }).click();
  await heading(door, messages.settings.title);
  await expect(page.locator('[data-key="port"]')).toBeVisible();

  await openTab(door, after.tab);
  const oldest = page.getByRole('button', { name: /^Roll back to before/u }).last();
  await page.getByRole('main').getByRole('link', { name: after.inAudit }).last().click();
  await expect(page.getByRole('button', { name: /^Remove filter Change set/u })).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'First set-up' })).toHaveCount(1);

  await openTab(door, after.tab);
  await oldest.click();
  await expect(page.getByText(after.mirrorsOff(['.env']))).toBeVisible();
  await door.accessible('migration-rollback');
  await press(door, after.rollbackDo(1));
  await expect(page.getByText(after.rollbackDone(1))).toBeVisible();
  expect(fingerprint(home)).toEqual(before);
  await press(door, messages.ui.done);
  await openTab(door, migration.files);
  await expect(page.getByRole('switch', { name: migration.mirrorLabel('.env') })).not.toBeChecked();
});

test('retiring against the checklist wants a reason and the name, and leaving wants the saved backup', async ({
  door,
}) => {
  const { page, home } = door;
  await throughTheWizard(door);

  await openTab(door, after.tab);
  await page.getByRole('button', { name: after.retire, exact: true }).last().click();
  const retire = page.getByRole('button', { name: after.retireDo(1) });
  await page.getByRole('checkbox', { name: after.force }).click();
  await expect(retire).toHaveAttribute('aria-disabled', 'true');
  await page.getByLabel(after.forceReason, { exact: true }).fill('the hub reads its database now');
  await page.getByLabel(after.typeName(title)).fill(title);
  await retire.click();
  await expect(page.getByText(after.retireDone(1))).toBeVisible();
  expect([existsSync(join(home, '.env')), existsSync(join(home, 'deprecated', '.env.age'))]).toEqual([false, true]);
  await press(door, messages.ui.done);
  const entries = JSON.parse((await door.cli('--json', 'audit', 'list', '--action', 'retire')).stdout) as unknown;
  expect(JSON.stringify(entries)).toContain('the hub reads its database now');

  await press(door, after.leave);
  await page.getByLabel(after.typeName(title)).fill(title);
  await door.accessible('migration-leave');
  if (door.kind === 'browser') {
    const path = await door.saveFile(() => press(door, after.leaveSave));
    // Handed over is not saved: nothing has gone yet.
    await expect(page.getByRole('button', { name: after.leaveChoose })).toBeVisible();
    expect(existsSync(join(home, '.holdfast'))).toBe(true);
    const choosing = page.waitForEvent('filechooser');
    await press(door, after.leaveChoose);
    await (await choosing).setFiles(path);
  } else {
    await door.saveFile(() => press(door, after.leaveDo));
  }
  await expect(page.getByText(after.leftTitle).first()).toBeVisible();
  expect([existsSync(join(home, '.holdfast')), existsSync(join(home, '.env'))]).toEqual([false, true]);
});

test('the set-up can be asked for again from the menu', async ({ door }) => {
  const { page } = door;
  await throughTheWizard(door);
  await expect(page.getByRole('navigation', { name: messages.frame.navigation })).toBeVisible();
  await door.menu('home.set-up-again');
  await heading(door, wizard.find.title(title));
  const state = await door.cli('--json', 'status');
  expect(JSON.parse(state.stdout)).toMatchObject({ ok: true, data: { state: 'UNCONFIGURED' } });
});
