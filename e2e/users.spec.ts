/** Profiles: none in the way of one person; add, act as, own values, what a viewer sees, changes from the terminal. */
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test, type Door } from './door.ts';
import { goTo, setUp, settingRow, showSetting } from './steps.ts';

const { users: say, frame, settings } = messages;

const row = ({ page }: Door, name: string): ReturnType<Door['page']['getByRole']> =>
  page.getByRole('table', { name: say.title }).getByRole('row').filter({ hasText: name });
const act = async (door: Door, name: string, item: string): Promise<void> => {
  await row(door, name)
    .getByRole('button', { name: say.actionsOf(name) })
    .click();
  await door.page.getByRole('menuitem', { name: item }).click();
};
const add = async (
  { page }: Door,
  who: { name: string; shown?: string; role: keyof typeof say.roles },
): Promise<void> => {
  const dialog = page.getByRole('dialog', { name: say.newTitle });
  await dialog.getByLabel(say.name, { exact: true }).fill(who.name);
  if (who.shown !== undefined) await dialog.getByLabel(say.displayName).fill(who.shown);
  await dialog.getByRole('combobox', { name: say.role }).click();
  await page.getByRole('option', { name: say.roles[who.role] }).click();
  await dialog.getByRole('button', { name: say.add, exact: true }).click();
  await expect(dialog).toBeHidden();
};
const answered = async (door: Door, ...args: string[]): Promise<unknown> =>
  JSON.parse((await door.cli('--json', ...args)).stdout);

test('a home of one person gets profiles, own values and a viewer', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await expect(page.getByText(say.acting)).toBeHidden();
  await goTo(door, frame.users);
  await expect(page.getByRole('heading', { name: say.emptyTitle })).toBeVisible();
  await door.accessible('users-none');

  await page.getByRole('button', { name: say.addFirst }).click();
  await add(door, { name: 'anna', shown: 'Anna Berg', role: 'admin' });
  await page.getByRole('button', { name: say.add, exact: true }).click();
  await add(door, { name: 'vic', role: 'viewer' });
  expect(await answered(door, 'user', 'show', 'anna')).toMatchObject({
    ok: true,
    data: { user: { displayName: 'Anna Berg', role: 'admin' } },
  });

  // From the terminal, seen at once: a name of 200 letters and one from right to left.
  const long = 'long '.repeat(40).trim();
  expect((await door.cli('user', 'add', 'long', '--name', long)).code).toBe(0);
  expect(
    (await door.cli('user', 'add', 'noa', '--name', 'נועה כהן (תל אביב)', '--email', 'noa@example.org')).code,
  ).toBe(0);
  await expect(row(door, 'noa')).toBeVisible();
  await expect(row(door, 'vic')).toContainText(say.roles.viewer);
  await door.accessible('users-list');

  // An own value of vic's, set by whoever looks after the home, and taken away by the terminal.
  await act(door, 'vic', say.edit);
  const dialog = page.getByRole('dialog', { name: 'vic', exact: true });
  await dialog.getByRole('button', { name: say.setOwn }).click();
  const own = page.getByRole('dialog', { name: say.pickTitle('vic') });
  await own.getByRole('searchbox', { name: say.pick }).fill('s3.region');
  await own.getByRole('button', { name: 's3.region' }).click();
  await own.getByRole('textbox', { name: 'Region' }).fill('eu-west-1');
  await own.getByLabel(say.reason).fill('nearer to vic');
  await own.getByRole('button', { name: say.save, exact: true }).click();
  await expect(dialog.getByRole('list', { name: say.own })).toContainText(say.everybody('"eu-central-1"'));
  await door.accessible('users-one');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // As vic: the own value shows, and nothing can be changed.
  await act(door, 'vic', say.actAs);
  await expect(page.getByRole('button', { name: say.actingMenu('vic') })).toBeVisible();
  await expect(page.getByText(say.mayOnly('vic', 'viewer'))).toBeVisible();
  await expect(page.getByRole('button', { name: say.add, exact: true })).toHaveAttribute('aria-disabled', 'true');
  await showSetting(door, 's3.region');
  await expect(settingRow(door, 's3.region')).toContainText(settings.badges.override('eu-central-1'));
  await expect(settingRow(door, 's3.region')).toContainText(say.readOnly);
  await expect(settingRow(door, 's3.region').getByRole('textbox')).toHaveCount(0);
  await door.accessible('users-viewer-settings');
  // The switch is of this session alone.
  expect(await answered(door, 'config', 'get', 's3.region')).toMatchObject({ data: { value: 'eu-central-1' } });

  // Back by the frame, and away with vic.
  await page.getByRole('button', { name: say.actingMenu('vic') }).click();
  await page.getByRole('menuitem', { name: say.thisAccount }).click();
  await expect(page.getByText(say.mayOnly('vic', 'viewer'))).toBeHidden();
  await expect(settingRow(door, 's3.region').getByRole('textbox')).toHaveValue('eu-central-1');
  await goTo(door, frame.users);
  await act(door, 'vic', say.remove);
  const question = page.getByRole('dialog', { name: say.removeTitle('vic') });
  await expect(question).toContainText(say.removeText(1, 0));
  await question.getByLabel(say.reason).fill('left');
  await question.getByRole('button', { name: say.remove, exact: true }).click();
  await expect(row(door, 'vic')).toHaveCount(0);
  // Older toasts have an undo of their own.
  const told = page
    .getByLabel(messages.ui.notifications)
    .locator(':scope > *')
    .filter({ hasText: say.wasRemoved('vic') });
  await told.getByRole('button', { name: frame.undo }).click();
  await expect(row(door, 'vic')).toContainText('1');

  // The last admin stays one, and the page says why.
  await act(door, 'Anna Berg', say.disable);
  const disable = page.getByRole('dialog', { name: say.disableTitle('Anna Berg') });
  await disable.getByRole('button', { name: say.disable, exact: true }).click();
  await expect(disable).toContainText(/anna is the only admin/u);
});

test('who acts as a profile that is disabled meanwhile is told so, and finds the way back', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  for (const [name, role] of [
    ['anna', 'admin'],
    ['ed', 'editor'],
  ] as const)
    expect((await door.cli('user', 'add', name, '--role', role)).code).toBe(0);
  await goTo(door, frame.users);
  await act(door, 'ed', say.actAs);
  await expect(page.getByText(say.mayOnly('ed', 'editor'))).toBeVisible();
  expect((await door.cli('user', 'disable', 'ed')).code).toBe(0);
  await expect(page.getByText(say.isDisabled('ed')).first()).toBeVisible();
  await goTo(door, frame.settings);
  await expect(page.getByText(/The profile ed is disabled, so it may do nothing here/u).first()).toBeVisible();
  await door.accessible('users-disabled');
  await page.getByRole('button', { name: say.actingMenu('ed') }).click();
  await page.getByRole('menuitem', { name: 'anna' }).click();
  await expect(page.getByText(say.isDisabled('ed'))).toHaveCount(0);
  await expect(page.getByRole('searchbox', { name: settings.search })).toBeVisible();
});
