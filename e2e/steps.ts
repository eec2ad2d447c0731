/** Steps that several journeys share, by what a person sees: roles and names, from the page's own catalog of words. */
import { expect } from '@playwright/test';
import { messages } from '../src/renderer/messages.en.ts';
import type { Door } from './door.ts';

const { wizard } = messages;

/** Looks at a page after it has settled: a picture, axe in light and dark. Nothing when only the way matters. */
export type Look = (name: string) => Promise<void>;
export const noLook: Look = () => Promise.resolve();

/** A page of the navigation, by its visible name. */
export const goTo = async ({ page }: Door, name: string): Promise<void> => {
  await page.getByRole('navigation', { name: messages.frame.navigation }).getByRole('link', { name }).click();
  await expect(page.getByRole('navigation').getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
};

const next = ({ page }: Door, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

export const passphrase = 'four unrelated words here';

/** Find, plan, protect: up to the essentials. */
export const walkToEssentials = async (door: Door, look: Look = noLook): Promise<void> => {
  const { page } = door;
  await expect(page.getByRole('heading', { level: 1, name: wizard.find.title('DeepTempo') })).toBeVisible();
  await expect(page.getByText('general_config.json', { exact: true })).toBeVisible();
  await look('wizard-1-find');
  await next(door, wizard.find.next);

  await expect(page.getByRole('heading', { level: 1, name: wizard.plan.title })).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'theme_config.json:2' })).toContainText('theme.theme');
  await look('wizard-2-plan');
  await next(door, wizard.plan.next);

  await expect(page.getByRole('heading', { level: 1, name: wizard.protect.title })).toBeVisible();
  await page.getByLabel(wizard.protect.passphrase, { exact: true }).fill(passphrase);
  await page.getByLabel(wizard.protect.repeat, { exact: true }).fill(passphrase);
  await look('wizard-3-protect');
  await next(door, wizard.protect.next);
};

/** The code as the result page shows it: groups of letters and digits. */
const shownCode = async ({ page }: Door): Promise<string> => {
  const text = await page.getByRole('main').innerText();
  const code = /(?:[0-9A-Z]{4}[-\s]+){8}[0-9A-Z*~$=]/u.exec(text)?.[0];
  if (code === undefined) throw new Error('the result page shows no recovery code');
  return code;
};

/** The whole wizard with the proposed choices. Gives the recovery code, typed back. */
export const setUp = async (door: Door, look: Look = noLook): Promise<string> => {
  const { page } = door;
  await walkToEssentials(door, look);
  await expect(page.getByRole('heading', { level: 1, name: wizard.essentials.title })).toBeVisible();
  await look('wizard-4-essentials');
  await next(door, wizard.essentials.next);

  await expect(page.getByRole('heading', { level: 1, name: wizard.review.title })).toBeVisible();
  await look('wizard-5-review');
  await next(door, wizard.review.apply);

  await expect(page.getByRole('heading', { level: 1, name: wizard.result.title('DeepTempo') })).toBeVisible({
    timeout: 30_000,
  });
  await look('wizard-6-result');
  const code = await shownCode(door);
  await page.getByLabel(wizard.result.typeBack).fill(code.toLowerCase());
  await next(door, wizard.result.confirm);
  await expect(page.getByText(wizard.result.confirmed)).toBeVisible();
  await page
    .getByRole('button', { name: wizard.result.open })
    .or(page.getByRole('link', { name: wizard.result.open }))
    .click();
  await expect(page.getByRole('heading', { level: 1, name: messages.overview.looked('DeepTempo') })).toBeVisible();
  return code;
};

/** The row of one setting on the settings page. */
export const settingRow = ({ page }: Door, key: string): ReturnType<Door['page']['locator']> =>
  page.locator(`[data-key="${key}"]`);

/** Settings, narrowed to one key. */
export const showSetting = async (door: Door, key: string): Promise<void> => {
  await goTo(door, messages.frame.settings);
  await door.page.getByRole('searchbox', { name: messages.settings.search }).fill(key);
  await expect(settingRow(door, key)).toBeVisible();
};

/** One text setting, changed and applied. */
export const changeSetting = async (door: Door, key: string, value: string): Promise<void> => {
  const { page } = door;
  const { settings } = messages;
  await showSetting(door, key);
  await settingRow(door, key).getByRole('textbox').fill(value);
  await page
    .getByRole('region', { name: settings.bar.label })
    .getByRole('button', { name: settings.bar.apply, exact: true })
    .click();
  await expect(page.getByText(settings.applied(1)).first()).toBeVisible();
};

type Locator = ReturnType<Door['page']['locator']>;

/** Goes on with Tab until the thing has focus; where it is never reached, the journey fails. */
export const tabTo = async ({ page }: Door, target: Locator): Promise<void> => {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
};

/** Chooses a file in whichever dialog the door has, after `act` opened it. */
export const chooseFile = async ({ page, electron }: Door, path: string, act: () => Promise<void>): Promise<void> => {
  if (electron === null) {
    const choosing = page.waitForEvent('filechooser');
    await act();
    await (await choosing).setFiles(path);
    return;
  }
  await electron.evaluate(({ dialog }, filePath) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] });
  }, path);
  await act();
};
