/** The command line beside an open door: the owner of the home answers both, and the page follows by itself. */
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test } from './door.ts';
import { goTo, setUp, settingRow, showSetting } from './steps.ts';

test('a value set on the command line appears without a reload, and the log says who', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await showSetting(door, 's3.region');
  const field = settingRow(door, 's3.region').getByRole('textbox');
  await expect(field).toHaveValue('eu-central-1');
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));

  const set = await door.cli('--json', 'config', 'set', 's3.region', 'ap-south-1', '--reason', 'from a script');
  expect({ code: set.code, answer: JSON.parse(set.stdout) as unknown }).toMatchObject({
    code: 0,
    answer: { ok: true },
  });
  await expect(field).toHaveValue('ap-south-1');
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);

  await goTo(door, messages.frame.audit);
  const row = page.getByRole('row').filter({ hasText: 'from a script' });
  await expect(row).toContainText(messages.audit.sources['cli'] ?? 'cli');

  const status = await door.cli('--json', 'status');
  expect(JSON.parse(status.stdout)).toMatchObject({ ok: true, data: { state: 'RUNNING', home: door.home } });
});
