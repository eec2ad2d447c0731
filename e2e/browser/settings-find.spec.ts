/** Finding settings as somebody does who knows no filter yet: the menu, chips, counts, the address, a link, what can be copied. */
import { messages } from '../../src/renderer/messages.en.ts';
import { expect, test } from '../door.ts';
import { everyKind } from '../every-kind.ts';
import { goTo, settingRow, tabTo } from '../steps.ts';

const { settings, frame } = messages;

test.use({ prepare: everyKind });

test('filters from the menu, as chips, in counts and in the address, by keyboard', async ({ door }) => {
  const { page } = door;
  await goTo(door, frame.settings);
  const add = page.getByRole('button', { name: settings.filters.add, exact: true });
  await tabTo(door, add);
  await page.keyboard.press('Enter');
  const item = page.getByRole('menuitem', { name: '@category:guards' });
  await expect(item).toBeVisible();
  await page.keyboard.type('@category:g');
  await expect(item).toBeFocused();
  await page.keyboard.press('Enter');
  const chips = page.getByRole('list', { name: settings.filters.label });
  await expect(chips.getByRole('listitem')).toHaveText(['@category:guards']);
  expect(new URL(page.url()).hash).toContain('guards');
  await expect(page.getByRole('status').filter({ hasText: settings.found(8, 32) })).toBeVisible();
  const categories = page.getByRole('navigation', { name: settings.categories });
  await expect(categories.getByRole('link', { name: /^Guard rails/u })).toContainText('8');
  await expect(categories.getByRole('link', { name: /^Kinds/u })).toContainText('0');

  // Typed beside it: what begins like a filter hides nothing until it is one.
  const search = page.getByRole('searchbox', { name: settings.search });
  await search.focus();
  await page.keyboard.press('End');
  await page.keyboard.type(' @crit');
  await expect(settingRow(door, 'app.low')).toBeVisible();
  await page.keyboard.type('ical');
  await expect(chips.getByRole('listitem')).toHaveText(['@category:guards', '@critical']);
  await expect(settingRow(door, 'app.low')).toBeHidden();
  await expect(settingRow(door, 'app.safety')).toBeVisible();
  await door.accessible('settings-filters');
  await tabTo(door, chips.getByRole('button', { name: settings.filters.remove('@category:guards') }));
  await page.keyboard.press('Enter');
  await expect(chips.getByRole('listitem')).toHaveText(['@critical']);

  // The address alone gives the same view back, also who changed what.
  expect((await door.cli('--user', 'anna', 'config', 'set', 'app.high', '11')).code).toBe(0);
  await page.evaluate(() => {
    window.location.hash = '#/settings?q=%40user%3Aanna';
  });
  await expect(chips.getByRole('listitem')).toHaveText(['@user:anna']);
  await expect(page.locator('[data-key]')).toHaveCount(1);
  await expect(settingRow(door, 'app.high')).toBeVisible();
});

test('a link leads to one setting; key, JSON and command can be copied', async ({ door }) => {
  const { page } = door;
  await goTo(door, frame.settings);
  await page.evaluate(() => {
    window.location.hash = '#/settings?key=app.broken.count';
  });
  const field = settingRow(door, 'app.broken.count').getByRole('textbox');
  await expect(field).toBeFocused();
  await expect(field).toBeInViewport();
  expect(new URL(page.url()).hash).not.toContain('key=');

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  for (const [name, text] of [
    [settings.copyKey, 'app.broken.count'],
    [settings.copyJson, '{\n  "app.broken.count": 500\n}'],
    [settings.copyCommand, 'holdfast config set app.broken.count 500 --json-value'],
  ] as const) {
    await settingRow(door, 'app.broken.count')
      .getByRole('button', { name: settings.more('Broken count') })
      .press('Enter');
    await page.getByRole('menuitem', { name, exact: true }).press('Enter');
    await expect(page.getByText(messages.ui.copied, { exact: true }).last()).toBeVisible();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  }
});
