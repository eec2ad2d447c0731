/** Settings by the keyboard alone: find, change, review with a reason, apply, undo. No pointer is used after the home is open. */
import { messages } from '../src/renderer/messages.en.ts';
import { migrated } from './damage.ts';
import { expect, test, type Door } from './door.ts';
import { settingRow, tabTo } from './steps.ts';

const { settings, frame } = messages;
const stored = async ({ cli }: Door): Promise<unknown> =>
  JSON.parse((await cli('--json', 'config', 'get', 's3.region')).stdout) as unknown;

test.use({ prepare: { run: async (before) => void (await migrated(before)) } });

test('find, change, review, apply and undo without a pointer', async ({ door }) => {
  const { page } = door;
  const navigation = page.getByRole('navigation', { name: frame.navigation });
  await expect(navigation).toBeVisible();
  await tabTo(door, navigation.getByRole('link', { name: frame.settings }));
  await page.keyboard.press('Enter');
  const search = page.getByRole('searchbox', { name: settings.search });
  await expect(search).toBeVisible();
  await tabTo(door, search);
  await page.keyboard.type('s3.region');
  await expect(page.getByRole('status').filter({ hasText: /^1 of / })).toBeVisible();

  const row = settingRow(door, 's3.region');
  await tabTo(door, row.getByRole('textbox'));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('eu-west-1');

  const more = row.getByRole('button', { name: settings.more('Region') });
  await tabTo(door, more);
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: settings.history })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(more).toBeFocused();

  const bar = page.getByRole('region', { name: settings.bar.label });
  await tabTo(door, bar.getByRole('button', { name: settings.bar.review }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: settings.review.title(1) });
  await tabTo(door, dialog.getByLabel(settings.review.reason));
  await page.keyboard.type('by keyboard');
  await tabTo(door, dialog.getByRole('button', { name: settings.bar.apply, exact: true }));
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(bar).toBeHidden();
  expect(await stored(door)).toMatchObject({ data: { value: 'eu-west-1', source: 'set' } });

  // Keys that a test presses do not reach the native menu of the window, where this one lives.
  await (door.kind === 'browser' ? page.keyboard.press('ControlOrMeta+Z') : door.menu('edit.undo'));
  await expect(row.getByRole('textbox')).toHaveValue('eu-central-1');
  expect(await stored(door)).toMatchObject({ data: { value: 'eu-central-1' } });
});
