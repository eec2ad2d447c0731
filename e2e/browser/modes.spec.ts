/**
 * Every page, the main dialogs and the wizard for people who see differently: forced colours, 200 % zoom (half the
 * viewport: 640 x 400), and a window of 640 px. axe with the rule on target sizes, no sideways scroll, focus never hidden.
 */
import { messages } from '../../src/renderer/messages.en.ts';
import { axeViolations, expect, test, type Door } from '../door.ts';
import { hiddenFocus, sideways } from './modes.ts';
import { goTo, setUp, settingRow, showSetting, type Look } from '../steps.ts';

const { audit, backups, backupSchedule, frame, secrets, settings, users, versions } = messages;

const change = async (door: Door): Promise<void> => {
  await door.cli('config', 'set', 's3.region', 'eu-west-1', '--reason', 'moved closer');
  await door.cli('config', 'set', 'general.theme', 'light');
  await door.cli('config', 'unset', 's3.region');
  await door.cli('user', 'add', 'vic', '--role', 'viewer');
  await door.cli('backup', 'create');
};

const plainPages = async (door: Door, look: Look): Promise<void> => {
  const { page } = door;
  const listed = [
    frame.overview,
    frame.settings,
    frame.secrets,
    frame.integrations,
    frame.records,
    frame.metrics,
    frame.users,
    frame.bundles,
    frame.migration,
    frame.doctor,
  ];
  for (const name of listed) {
    await goTo(door, name);
    await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
    await look(`page-${name.toLowerCase()}`);
  }
};

const versionTabs = async (door: Door, look: Look): Promise<void> => {
  const { page } = door;
  await goTo(door, frame.versions);
  await expect(page.getByRole('slider', { name: versions.slider })).toBeVisible();
  await look('page-versions');
  for (const tab of [versions.tabs.compare, versions.tabs.names, versions.tabs.removed]) {
    await page.getByRole('tab', { name: tab }).press('Enter');
    await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true');
    await look(`page-versions-${tab.toLowerCase().replaceAll(' ', '-')}`);
  }
};

/** One row unfolded and a day picked, so that both kinds of selection show. */
const auditLog = async (door: Door, look: Look): Promise<void> => {
  const { page } = door;
  await goTo(door, frame.audit);
  const row = page.getByRole('row').filter({ hasText: 'moved closer' });
  await row.getByRole('button').press('Enter');
  await expect(row.getByRole('button', { name: versions.takeBackSet })).toBeVisible();
  await page.getByRole('group', { name: audit.timelineHint }).getByRole('button').last().press('Enter');
  await expect(page.getByRole('group', { name: audit.filters })).toContainText(audit.period);
  await look('page-audit');
};

const dialogs = async (door: Door, look: Look): Promise<void> => {
  const { page } = door;
  await showSetting(door, 's3.region');
  await settingRow(door, 's3.region').getByRole('textbox').fill('eu-west-2');
  const bar = page.getByRole('region', { name: settings.bar.label });
  await look('page-settings-staged');
  await bar.getByRole('button', { name: settings.bar.review }).press('Enter');
  await expect(page.getByRole('dialog', { name: settings.review.title(1) })).toBeVisible();
  await look('dialog-review');
  await page.keyboard.press('Escape');

  await goTo(door, frame.backups);
  await look('page-backups');
  const stores = page.getByRole('row').filter({ hasText: backups.kinds.store });
  await stores
    .last()
    .getByRole('button', { name: /^Restore/u })
    .press('Enter');
  await expect(page.getByRole('dialog', { name: backups.restoreTitle })).toContainText('general.theme');
  await look('dialog-restore');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: backupSchedule.change }).press('Enter');
  await expect(page.getByRole('dialog', { name: backupSchedule.dialogTitle })).toBeVisible();
  await look('dialog-schedule');
  await page.keyboard.press('Escape');

  await goTo(door, frame.users);
  await page
    .getByRole('table', { name: users.title })
    .getByRole('button', { name: users.actionsOf('vic') })
    .press('Enter');
  await look('menu-users');
  await page.getByRole('menuitem', { name: users.edit }).press('Enter');
  await expect(page.getByRole('dialog', { name: 'vic', exact: true })).toBeVisible();
  await look('dialog-user');
  await page.keyboard.press('Escape');

  await goTo(door, frame.secrets);
  await page
    .getByRole('button', { name: /^Reveal/u })
    .first()
    .press('Enter');
  await expect(page.getByRole('dialog', { name: /^Show/u })).toContainText(secrets.revealText);
  await look('dialog-reveal');
  await page.keyboard.press('Escape');
};

/** Walks of their own, so that none is long. */
const walks: { [what: string]: (door: Door, look: Look) => Promise<void> } = {
  'the wizard': async (door, look) => void (await setUp(door, look)),
  'the pages': async (door, look) => {
    await setUp(door);
    await change(door);
    await plainPages(door, look);
  },
  'versions and the log': async (door, look) => {
    await setUp(door);
    await change(door);
    await versionTabs(door, look);
    await auditLog(door, look);
  },
  'the dialogs': async (door, look) => {
    await setUp(door);
    await change(door);
    await dialogs(door, look);
  },
};

const zoomed = { width: 640, height: 400 };
const narrow = { width: 640, height: 900 };

for (const [what, walk] of Object.entries(walks)) {
  test(`forced colours, light and dark: ${what}`, async ({ door }) => {
    const { page } = door;
    await walk(door, async (name) => {
      await page.emulateMedia({ forcedColors: 'active', colorScheme: 'light', reducedMotion: 'reduce' });
      await door.picture(`forced-${name}-light`);
      await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark', reducedMotion: 'reduce' });
      await door.picture(`forced-${name}-dark`);
      // Once: the colours are the system's in either.
      expect.soft(await axeViolations(door), name).toEqual([]);
    });
  });

  test(`200 % zoom and a narrow window: ${what}`, async ({ door }) => {
    const { page } = door;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize(zoomed);
    await walk(door, async (name) => {
      expect.soft(await axeViolations(door), name).toEqual([]);
      expect.soft(await sideways(page), `${name}: sideways`).toEqual([]);
      await door.picture(`zoom-${name}`);
      await page.setViewportSize(narrow);
      await door.picture(`narrow-${name}`);
      await page.setViewportSize(zoomed);
      // Last: it moves the focus, and a menu closes.
      if (!name.startsWith('menu-')) expect.soft(await hiddenFocus(page, 30), `${name}: focus`).toEqual([]);
    });
  });
}
