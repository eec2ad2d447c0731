/** Versions: any moment by the slider, bringing values back with a preview, names, comparing, undelete, trials, and what is new. */
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test } from './door.ts';
import { goTo, setUp, settingRow, showSetting } from './steps.ts';

const { frame, versions, trial, since, settings } = messages;

test('go through time by keyboard, look, name, bring values back, undo', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await door.cli('config', 'set', 's3.region', 'eu-west-1', '--reason', 'moved closer');
  await door.cli('config', 'set', 's3.region', 'ap-south-1');
  await door.cli('config', 'set', 'general.theme', 'light');
  await goTo(door, frame.versions);
  const slider = page.getByRole('slider', { name: versions.slider });
  await expect(slider).toHaveAttribute('aria-valuetext', /Today .* by /u);
  const newest = Number(await slider.getAttribute('max'));
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveValue(String(newest - 2));
  await expect(page.getByText('moved closer')).toBeVisible();
  const values = page.getByRole('list', { name: versions.table });
  const region = values.getByRole('listitem').filter({ hasText: 's3.region' });
  await expect(region).toContainText('eu-west-1');
  await expect(region).toContainText(versions.standing.differs);
  await door.accessible('versions-time');
  await page.keyboard.press('Home');
  await expect(slider).toHaveValue('0');
  await page.keyboard.press('End');
  await expect(page.getByText(versions.isNow)).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('moved closer')).toBeVisible();

  await page.getByRole('button', { name: versions.nameIt }).click();
  const naming = page.getByRole('dialog', { name: versions.naming.title });
  await naming.getByLabel(versions.naming.name, { exact: true }).fill('worked well');
  await naming.getByRole('checkbox', { name: versions.naming.pin }).click();
  await naming.getByRole('button', { name: versions.naming.save }).click();
  await expect(page.getByText(versions.isNamed(['worked well']))).toBeVisible();

  // One value, picked by keyboard.
  await region.getByRole('checkbox').focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: versions.bringPicked }).click();
  const one = page.getByRole('dialog', { name: versions.bringBack.title.pick(1) });
  await expect(one).toContainText('s3.region');
  await expect(one.getByRole('listitem').filter({ hasText: 's3.region' })).toHaveCount(1);
  await one.getByLabel(settings.review.reason).fill('it was better');
  await door.accessible('versions-bring-back');
  await one.getByRole('button', { name: versions.bringBack.apply(1) }).click();
  await expect(page.getByText(versions.bringBack.done(1)).first()).toBeVisible();
  const stored = async (key: string): Promise<unknown> =>
    (JSON.parse((await door.cli('--json', 'config', 'get', key)).stdout) as { data: { value: unknown } }).data.value;
  expect(await stored('s3.region')).toBe('eu-west-1');
  expect(await stored('general.theme')).toBe('light');

  // The whole moment: the theme goes back as well.
  await page.getByRole('button', { name: versions.backHere }).click();
  const whole = page.getByRole('dialog', { name: versions.bringBack.title.to });
  await expect(whole).toContainText('general.theme');
  await whole.getByRole('button', { name: versions.bringBack.apply(1) }).click();
  await expect.poll(() => stored('general.theme')).toBe('dark');
  await door.menu('edit.undo');
  await expect.poll(() => stored('general.theme')).toBe('light');

  await page.getByRole('tab', { name: versions.tabs.names }).click();
  await expect(page.getByRole('list', { name: versions.tabs.names })).toContainText('worked well');
  await door.accessible('versions-names');
  await goTo(door, frame.audit);
  await expect(page.getByText('Version named: worked well')).toBeVisible();
  // The undo stands in the log, and what it did can be taken back there.
  const undone = page.getByRole('row').filter({ hasText: 'general.theme' }).first();
  await undone.getByRole('button').first().click();
  await undone.getByRole('button', { name: versions.takeBackSet }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: versions.bringBack.apply(1) })
    .click();
  await expect.poll(() => stored('general.theme')).toBe('dark');
});

test('compare two versions, bring a removed setting back', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await door.cli('config', 'set', 's3.region', 'eu-west-1');
  await door.cli('config', 'unset', 'general.theme');
  await goTo(door, frame.versions);
  await page.getByRole('tab', { name: versions.tabs.compare }).click();
  const found = page.getByRole('list', { name: versions.differences });
  await expect(found.getByRole('listitem').filter({ hasText: 's3.region' })).toContainText('west-1');
  await door.accessible('versions-compare');
  await page.getByRole('combobox', { name: versions.refOf(versions.side.b) }).click();
  await page.getByRole('option', { name: versions.refKinds.files }).click();
  await expect(page.getByText(versions.compared(0))).toBeVisible();

  await page.getByRole('tab', { name: versions.tabs.removed }).click();
  await page.getByRole('button', { name: versions.undeleteOf('general.theme') }).click();
  const dialog = page.getByRole('dialog', { name: versions.bringBack.title.undelete('general.theme') });
  await dialog.getByRole('button', { name: versions.bringBack.apply(1) }).click();
  await expect(page.getByText(versions.noneRemovedTitle)).toBeVisible();
});

test('a change on trial counts down, can be kept or taken back', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  const tryOut = async (text: string): Promise<void> => {
    await showSetting(door, 's3.region');
    await settingRow(door, 's3.region').getByRole('textbox').fill(text);
    const bar = page.getByRole('region', { name: settings.bar.label });
    await bar.getByRole('button', { name: settings.bar.review }).click();
    const dialog = page.getByRole('dialog', { name: settings.review.title(1) });
    await dialog.getByRole('checkbox', { name: trial.choose }).click();
    await expect(dialog.getByLabel(trial.minutes)).toHaveValue('10');
    if (text === 'eu-west-1') await door.accessible('versions-trial');
    await dialog.getByRole('button', { name: trial.apply(10) }).click();
  };
  const strip = page.getByRole('group', { name: trial.label });
  await tryOut('eu-west-1');
  await expect(strip).toContainText(/On trial: 1 setting, (10:00|9:\d\d) left/u);
  await door.picture('versions-trial-strip');
  await strip.getByRole('button', { name: trial.revertLabel(['s3.region']) }).click();
  await expect(page.getByText(trial.reverted(1)).first()).toBeVisible();
  await expect(strip).toBeHidden();
  await expect(settingRow(door, 's3.region').getByRole('textbox')).toHaveValue('eu-central-1');

  await tryOut('eu-west-2');
  await strip.getByRole('button', { name: trial.keepLabel(['s3.region']) }).click();
  await expect(strip).toBeHidden();
  await expect(settingRow(door, 's3.region').getByRole('textbox')).toHaveValue('eu-west-2');
  await goTo(door, frame.audit);
  await expect(page.getByText(messages.audit.trialKept)).toBeVisible();
  await expect(page.getByText(/On trial until .*: s3\.region/u).first()).toBeVisible();
});

test('the overview says what changed since the last look, by whom and how', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  const card = page.getByRole('region', { name: since.title });
  await card.getByRole('button', { name: since.mark }).click();
  await expect(card).toContainText(since.nothing);
  await door.cli('config', 'set', 's3.region', 'eu-west-1');
  await expect(card).toContainText(since.line(1, 1));
  await expect(card).toContainText(messages.audit.sources['cli'] ?? 'cli');
  await door.accessible('versions-since');
  await card.getByRole('button', { name: since.mark }).click();
  await expect(card).toContainText(since.nothing);
});
