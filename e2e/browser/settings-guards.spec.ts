/** Guard rails: what is critical wants a reason and its key typed, what is locked or somebody's own is not changed in passing. */
import { messages } from '../../src/renderer/messages.en.ts';
import { expect, test, type Door } from '../door.ts';
import { everyKind, openCategory } from '../every-kind.ts';
import { goTo, passphrase, settingRow, tabTo } from '../steps.ts';

const { settings, frame, secrets, unlock } = messages;

const answered = async ({ cli }: Door, ...args: string[]): Promise<unknown> =>
  JSON.parse((await cli('--json', ...args)).stdout) as unknown;

test.use({ prepare: everyKind });

test('a critical setting is changed with a reason and its key, by keyboard alone', async ({ door }) => {
  const { page } = door;
  await openCategory(door, 'Guard rails');
  const field = settingRow(door, 'app.safety').getByRole('switch');
  await tabTo(door, field);
  await page.keyboard.press('Space');
  // Apply leads to the review, which asks for what is missing, one after the other.
  const bar = page.getByRole('region', { name: settings.bar.label });
  await tabTo(door, bar.getByRole('button', { name: settings.bar.apply, exact: true }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: settings.review.title(1) });
  await expect(dialog).toContainText(settings.review.critical);
  const apply = dialog.getByRole('button', { name: settings.bar.apply, exact: true });
  await tabTo(door, apply);
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel(settings.review.reason)).toBeFocused();
  await expect(dialog).toContainText(settings.review.reasonNeeded);
  await page.keyboard.type('tested without load');
  await tabTo(door, apply);
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel(settings.review.confirm('app.safety'))).toBeFocused();
  await expect(dialog).toContainText(settings.review.confirmProblem);
  await door.accessible('settings-critical-review');
  await page.keyboard.type('app.safety');
  await tabTo(door, apply);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  expect(await answered(door, 'config', 'get', 'app.safety')).toMatchObject({ data: { value: false, source: 'set' } });
  const log = JSON.stringify(await answered(door, 'audit', 'list', '--key', 'app.safety'));
  expect(log).toContain('tested without load');

  // It is read at the start of the application: one line says so, until it is put back.
  const banner = page.getByText(settings.restartBanner.text(1, 'Every kind'));
  await expect(banner).toBeVisible();
  await expect(field).not.toBeChecked();
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(field).toBeChecked();
  await expect(banner).toBeHidden();
});

test('a critical secret wants the same on the Secrets page', async ({ door }) => {
  const { page } = door;
  await goTo(door, frame.secrets);
  await page
    .getByRole('row')
    .filter({ hasText: 'app.master' })
    .getByRole('button', { name: /^Replace/u })
    .press('Enter');
  const dialog = page.getByRole('dialog', { name: secrets.replaceTitle('Master password') });
  await expect(dialog).toContainText(settings.review.critical);
  const replace = dialog.getByRole('button', { name: secrets.replace, exact: true });
  await expect(dialog.getByLabel(secrets.newValue)).toBeFocused();
  await page.keyboard.type('another-horse-battery');
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel(settings.review.reason)).toBeFocused();
  await page.keyboard.type('the old one was on a note');
  await tabTo(door, replace);
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel(settings.review.confirm('app.master'))).toBeFocused();
  await door.accessible('secrets-critical');
  await page.keyboard.type('app.master');
  await page.keyboard.press('Enter');
  const ask = page.getByRole('dialog', { name: unlock.title });
  await ask.getByLabel(unlock.passphrase, { exact: true }).fill(passphrase);
  await ask.getByRole('button', { name: unlock.unlock, exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(secrets.saved('Master password'))).toBeVisible();
  const log = JSON.stringify(await answered(door, 'audit', 'list', '--key', 'app.master'));
  expect(log).toContain('the old one was on a note');
  expect(log).not.toContain('another-horse-battery');
});

test('locked, without effect, not valid and own values say so in their rows', async ({ door }) => {
  const { page } = door;
  await openCategory(door, 'Guard rails');
  for (const [key, why] of [
    ['app.pinned', 'Changed by the installer only.'],
    ['app.held', 'the audit is running'],
  ] as const) {
    const row = settingRow(door, key);
    await expect(row).toContainText(settings.lockedReason(why));
    await expect(row.getByText(settings.badges.locked, { exact: true })).toBeVisible();
    await expect(row.getByRole('textbox')).toHaveCount(0);
  }
  const profile = settingRow(door, 'app.profile');
  await expect(profile.getByText(settings.badges.inactive, { exact: true })).toBeVisible();
  await expect(profile).toContainText('while app.mode is "fast" (it needs "profile")');

  // A limit by another setting is checked when the field is left, in the words of the core.
  const low = settingRow(door, 'app.low').getByRole('textbox');
  await low.fill('12');
  await page.keyboard.press('Tab');
  await expect(settingRow(door, 'app.low')).toContainText('Must be at most app.high, which is 9');
  await settingRow(door, 'app.low').getByRole('textbox').fill('1');

  // With profiles, who acts may have an own value; from then on everybody's is not changed in passing.
  const { data } = (await answered(door, 'user', 'whoami')) as { data: { name: string } };
  expect((await door.cli('user', 'add', data.name, '--role', 'admin')).code).toBe(0);
  expect((await door.cli('user', 'override', 'app.theme', 'dark')).code).toBe(0);
  const theme = settingRow(door, 'app.theme');
  await expect(theme).toContainText(settings.badges.override('light'));
  await expect(theme.getByRole('combobox')).toHaveCount(0);
  await expect(theme.getByRole('link', { name: settings.changeOwn })).toBeVisible();
  await door.accessible('settings-guards');

  await openCategory(door, 'Broken');
  const count = settingRow(door, 'app.broken.count');
  await expect(count.getByText(settings.badges.invalid, { exact: true })).toBeVisible();
  await expect(count).toContainText('Must be at most 100');
  await expect(count.getByRole('textbox')).toHaveAccessibleDescription(/must be at most 100/iu);
  await door.accessible('settings-broken');
});

test('every kind of setting has its field', async ({ door }) => {
  const { page } = door;
  await openCategory(door, 'Kinds');
  const row = (key: string) => settingRow(door, `app.${key}`);
  await expect(row('flag').getByRole('switch', { name: 'Flag' })).toBeChecked();
  await expect(row('mode').getByRole('combobox', { name: 'Mode' })).toHaveText('fast');
  await expect(row('message').getByRole('textbox', { name: 'Message of the day' })).toHaveValue(/Second line/u);
  await expect(row('tags').getByRole('list', { name: 'Tags' }).getByRole('listitem')).toHaveCount(15);
  await expect(row('timeout').getByRole('textbox')).toHaveValue('1 h 30 min');
  await expect(row('timeout')).toContainText(settings.reset('30 s'));
  // Null, not set and the default as a value of its own are three things.
  await expect(row('nothing').getByRole('textbox')).toHaveAttribute('placeholder', settings.badges.isNull);
  await expect(row('count')).toContainText(settings.badges.sameAsDefault);
  await expect(row('headers').getByRole('textbox')).toHaveValue('{}');
  await row('limits')
    .getByRole('button', { name: settings.fields.form('Limits') })
    .click();
  const form = page.getByRole('dialog', { name: settings.fields.form('Limits') });
  await form.getByRole('textbox', { name: 'Burst' }).fill('7');
  await form.getByRole('button', { name: settings.fields.keep }).click();
  await expect(row('limits').getByRole('textbox')).toHaveValue(/"burst": 7/u);
  await row('limits').getByRole('button', { name: settings.takeBack }).click();
  await door.accessible('settings-kinds');
});
