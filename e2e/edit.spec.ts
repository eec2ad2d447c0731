/** Editing: stage, review with a reason, apply as one change set, undo, and read about it afterwards. */
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test } from './door.ts';
import { goTo, setUp, settingRow, showSetting } from './steps.ts';

const { settings, frame } = messages;

test('edit, review, reason, apply, undo, history', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await showSetting(door, 's3.region');
  const row = settingRow(door, 's3.region');
  await row.getByRole('textbox').fill('eu-west-1');

  const bar = page.getByRole('region', { name: settings.bar.label });
  await expect(bar).toContainText(settings.bar.changes(1));
  await bar.getByRole('button', { name: settings.bar.review }).click();
  const dialog = page.getByRole('dialog', { name: settings.review.title(1) });
  await expect(dialog).toContainText('Old value: centralNew value: west-1');
  await dialog.getByLabel(settings.review.reason).fill('moved closer');
  await door.accessible('settings-review');
  await dialog.getByRole('button', { name: settings.bar.apply, exact: true }).click();
  await expect(page.getByText(settings.applied(1)).first()).toBeVisible();
  await expect(bar).toBeHidden();

  const stored = await door.cli('--json', 'config', 'get', 's3.region');
  expect(JSON.parse(stored.stdout)).toMatchObject({
    ok: true,
    data: { value: 'eu-west-1', source: 'set', modified: true },
  });
  await goTo(door, frame.overview);
  await expect(page.getByText(messages.overview.behind('DeepTempo')).first()).toBeVisible();

  await door.menu('edit.undo');
  await expect(page.getByText(frame.undone(1)).first()).toBeVisible();
  await showSetting(door, 's3.region');
  await expect(row.getByRole('textbox')).toHaveValue('eu-central-1');
  await row.getByRole('button', { name: 'More about' }).click();
  await page.getByRole('menuitem', { name: settings.history }).click();
  await expect(page.getByRole('dialog', { name: settings.historyTitle('Region') })).toContainText('moved closer');
  await page.keyboard.press('Escape');

  await goTo(door, frame.audit);
  const rows = page.getByRole('row').filter({ hasText: 's3.region' });
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: 'moved closer' })).toHaveCount(1);
});

test('what is not valid stays staged and is refused with a sentence', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await showSetting(door, 's3.region');
  const row = settingRow(door, 's3.region');
  await row.getByRole('textbox').fill('x'.repeat(65));
  await page
    .getByRole('region', { name: settings.bar.label })
    .getByRole('button', { name: settings.bar.apply, exact: true })
    .click();
  await expect(row).toContainText(/at most 64 characters/iu);
  await expect(row.getByRole('textbox')).toHaveValue('x'.repeat(65));
  const stored = await door.cli('--json', 'config', 'get', 's3.region');
  expect(JSON.parse(stored.stdout)).toMatchObject({ ok: true, data: { value: 'eu-central-1' } });
});
