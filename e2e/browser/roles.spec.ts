/**
 * What a role may do, page by page: a control says which command it leads to, so that none that would be refused is on;
 * and in the browser no call that a page makes by itself is refused.
 */
import { commands, isCommandName } from '../../src/contract/commands.ts';
import { mayAs, type Role } from '../../src/contract/users.ts';
import { messages } from '../../src/renderer/messages.en.ts';
import { expect, test, type Door } from '../door.ts';
import { goTo, setUp } from '../steps.ts';

const { users, frame } = messages;
const names = [
  frame.overview,
  frame.settings,
  frame.secrets,
  frame.integrations,
  frame.records,
  frame.metrics,
  frame.users,
  frame.audit,
  frame.versions,
  frame.backups,
  frame.bundles,
  frame.migration,
  frame.doctor,
];

const nameOf = { admin: 'anna', editor: 'erin', viewer: 'vic' } as const;

type Control = { command: string; off: boolean; why: string };
const controls = ({ page }: Door): Promise<Control[]> =>
  page.locator('[data-command]').evaluateAll((all) =>
    all.map((one) => ({
      command: one.getAttribute('data-command') ?? '',
      off:
        one.getAttribute('aria-disabled') === 'true' ||
        one.hasAttribute('disabled') ||
        one.hasAttribute('data-disabled'),
      why: one.getAttribute('title') ?? one.closest('[title]')?.getAttribute('title') ?? '',
    })),
  );

/** Off exactly where the contract says that the role does not reach, each with why. */
const expectRole = async (door: Door, role: Role, where: string): Promise<number> => {
  const seen = await controls(door);
  for (const { command, off, why } of seen) {
    if (!isCommandName(command)) throw new Error(`${where}: ${command} is no command`);
    if (mayAs({ role, disabled: false }, commands[command].permission)) continue;
    expect({ where, command, off }).toEqual({ where, command, off: true });
    expect(why, `${where}: ${command}`).toContain(users.mayOnly(nameOf[role], role));
  }
  return seen.length;
};

test('a viewer and an editor find no control on that would be refused', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  for (const role of ['admin', 'editor', 'viewer'] as const)
    expect((await door.cli('user', 'add', nameOf[role], '--role', role)).code).toBe(0);
  expect((await door.cli('config', 'set', 'general.theme', 'light')).code).toBe(0);
  expect((await door.cli('template', 'save', 'mine')).code).toBe(0);
  const refused: string[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname !== '/api/call') return;
    void response.json().then(
      (answer: { ok: boolean; error?: { type: string; action?: string } }) => {
        if (answer.error?.type === 'Forbidden') refused.push(answer.error.action ?? '');
      },
      () => undefined,
    );
  });
  await goTo(door, frame.users);
  for (const role of ['viewer', 'editor'] as const) {
    const name = nameOf[role];
    await page.getByRole('button', { name: /You act as|Acting as/u }).click();
    await page.getByRole('menuitem', { name: new RegExp(`^${name}`, 'u') }).click();
    await expect(page.getByRole('button', { name: users.actingMenu(name) })).toBeVisible();
    let seen = 0;
    for (const one of names) {
      await goTo(door, one);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByRole('main').getByText(messages.ui.loading, { exact: true })).toHaveCount(0);
      seen += await expectRole(door, role, one);
    }
    expect(seen).toBeGreaterThan(40);
    expect(refused).toEqual([]);
  }
});
