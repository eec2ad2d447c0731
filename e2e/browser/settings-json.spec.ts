/** A group of settings as JSON beside the form: both stage the same edits, problems have their place, nothing typed is lost. */
import { messages } from '../../src/renderer/messages.en.ts';
import { expect, test, type Door } from '../door.ts';
import { everyKind, openCategory } from '../every-kind.ts';
import { settingRow, tabTo } from '../steps.ts';

const { settings } = messages;
const { raw } = settings;

const replaceAll = async ({ page }: Door, text: string): Promise<void> => {
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
};

test.use({ prepare: everyKind });

test('JSON and form change each other, by keyboard alone', async ({ door }) => {
  const { page } = door;
  await openCategory(door, 'Kinds');
  const open = page.getByRole('button', { name: settings.rawGroup('Kinds') });
  await tabTo(door, open);
  await page.keyboard.press('Enter');
  const pane = page.getByRole('region', { name: raw.title('Kinds') });
  const text = pane.getByRole('textbox');
  await expect(text).toBeFocused();
  await expect(pane.getByRole('status')).toHaveText(raw.fine);
  const before = await text.inputValue();
  expect(before).toContain('"app.ratio": 0.25');
  expect(before).not.toContain('app.token');

  // What is typed is staged, also what is not valid: the form says the same as the line.
  await replaceAll(
    door,
    before.replace('"app.ratio": 0.25', '"app.ratio": 25').replace('"app.flag": true', '"app.flag": false'),
  );
  await expect(settingRow(door, 'app.ratio').getByRole('textbox')).toHaveValue('25');
  await expect(settingRow(door, 'app.flag').getByRole('switch')).not.toBeChecked();
  await expect(page.getByRole('region', { name: settings.bar.label })).toContainText(settings.bar.changes(2));
  await page.keyboard.press('Tab');
  await expect(settingRow(door, 'app.ratio')).toContainText('Must be at most 1');
  const problem = pane.getByRole('button', { name: raw.problem(4, 16, 'app.ratio must be at most 1') });
  await expect(problem).toBeFocused();
  await door.accessible('settings-json');
  await page.keyboard.press('Enter');
  await expect(text).toBeFocused();

  // An edit of the form shows in the text, beside what was typed there.
  await settingRow(door, 'app.ratio').getByRole('textbox').fill('0.75');
  await expect(text).toHaveValue(/"app\.ratio": 0\.75,/u);
  await expect(text).toHaveValue(/"app\.flag": false,/u);
  await expect(pane.getByRole('status')).toHaveText(raw.fine);

  // What is no JSON yet stages nothing, and is there again after the pane was closed.
  await text.focus();
  await replaceAll(door, '{\n  "app.flag": true\n  "app.count": 3\n}');
  await expect(pane.getByRole('button', { name: /a comma is missing in line 3, column 3$/u })).toBeVisible();
  await expect(settingRow(door, 'app.flag').getByRole('switch')).not.toBeChecked();
  await page.keyboard.press('Escape');
  await expect(pane).toBeHidden();
  await expect(open).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(text).toHaveValue(/"app\.count": 3\n\}$/u);
  await replaceAll(door, before);
  await expect(page.getByRole('region', { name: settings.bar.label })).toBeHidden();
});

test('in a narrow window the JSON takes the place of the rows; F6 goes to it and on', async ({ door }) => {
  const { page } = door;
  await page.setViewportSize({ width: 860, height: 700 });
  await openCategory(door, 'Guard rails');
  await page.getByRole('button', { name: settings.rawGroup('Guard rails') }).press('Enter');
  const text = page.getByRole('region', { name: raw.title('Guard rails') }).getByRole('textbox');
  await expect(text).toBeFocused();
  await expect(settingRow(door, 'app.low')).toBeHidden();
  await page.keyboard.press('F6');
  await expect(text).not.toBeFocused();
  await page.keyboard.press('Shift+F6');
  await expect(text).toBeFocused();
  await page.keyboard.press('Shift+F6');
  await expect(page.locator('#main')).toBeFocused();
  await page.getByRole('button', { name: messages.ui.close, exact: true }).press('Enter');
  await expect(settingRow(door, 'app.low')).toBeVisible();
});
