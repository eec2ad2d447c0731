/**
 * What a journey walks through: the same steps in the browser host and in the window. `door` is a fresh copy of the
 * sample home, opened; after each journey the page must have stayed without a console error or a CSP violation.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import {
  expect,
  test as base,
  type ConsoleMessage,
  type ElectronApplication,
  type Page,
  type TestInfo,
} from '@playwright/test';
import { menuItems, type MenuId } from '../src/contract/menu.ts';
import { environment, launchBrowser, launchWindow, rootDir, type Launched } from './launch.ts';

export { expect };

export type DoorKind = 'browser' | 'window';
/** `prepare.run`: what happens to the home, by the command line, before a door opens it. */
export type Prepare = { run: (before: { home: string; cli: Door['cli'] }) => Promise<void> };
/** `sample`: the folder in resources/sample-homes that the door opens a copy of. */
export type DoorOptions = { kind: DoorKind; sample: string; prepare: Prepare };

export type CliAnswer = { code: number | null; stdout: string; stderr: string };

export type Door = {
  kind: DoorKind;
  page: Page;
  home: string;
  configDir: string;
  electron: ElectronApplication | null;
  /** Uses an item of the native menu, or of the page's own menu in the browser. */
  menu: (id: MenuId) => Promise<void>;
  /** Does `act`, which must end in a file being saved; gives the saved file's path. */
  saveFile: (act: () => Promise<void>) => Promise<string>;
  /** Runs the command line beside the open door. */
  cli: (...args: string[]) => Promise<CliAnswer>;
  /** Keeps a picture in artifacts/<door>/. */
  picture: (name: string) => Promise<void>;
  /** axe in light and dark: WCAG 2.2 AA without one violation; keeps a picture of both. */
  accessible: (name: string) => Promise<void>;
  /** Console errors, page errors and CSP messages so far. */
  problems: () => Promise<string[]>;
};

const runCli = (home: string, configDir: string, args: string[]): Promise<CliAnswer> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [join(rootDir, 'bin', 'holdfast.mjs'), '--home', home, ...args], {
      env: environment(configDir),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
    });
    const answer: CliAnswer = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (bytes: Buffer) => (answer.stdout += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (answer.stderr += bytes.toString()));
    child.on('close', (code) => done({ ...answer, code }));
  });

const useMenu = async ({ page, electron }: Launched, id: MenuId): Promise<void> => {
  if (electron !== null) {
    await electron.evaluate(({ Menu }, item) => Menu.getApplicationMenu()?.getMenuItemById(item)?.click(), id);
    return;
  }
  const item = menuItems.find((one) => one.id === id);
  if (item === undefined) throw new Error(`no menu item ${id}`);
  await page.getByRole('menubar').getByRole('menuitem', { name: item.menu, exact: true }).click();
  await page.getByRole('menu').locator('[role^="menuitem"]', { hasText: item.label }).click();
};

const savedFile = async ({ page, electron }: Launched, dir: string, act: () => Promise<void>): Promise<string> => {
  if (electron === null) {
    const coming = page.waitForEvent('download');
    await act();
    const download = await coming;
    const path = join(dir, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }
  const path = join(dir, 'saved-file');
  await electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await act();
  await expect.poll(() => existsSync(path)).toBe(true);
  return path;
};

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const axeViolations = async ({ page, electron }: Pick<Launched, 'page' | 'electron'>): Promise<string[]> => {
  // Off unless asked for by name.
  const builder = new AxeBuilder({ page }).options({ rules: { 'target-size': { enabled: true } } }).withTags(wcag);
  const { violations } = await (electron === null ? builder : builder.setLegacyMode()).analyze();
  return violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
};

/** An error that a command answers has an HTTP status, and Chromium writes those to its console by itself. */
const isAnswer = (message: ConsoleMessage): boolean =>
  message.text().startsWith('Failed to load resource') && new URL(message.location().url).pathname === '/api/call';

const problemsOf = async (page: Page): Promise<string[]> => {
  const messages = await page.consoleMessages();
  const errors = await page.pageErrors();
  return [
    ...messages
      .filter((one) => !isAnswer(one))
      .filter((one) => one.type() === 'error' || /content security policy/iu.test(one.text()))
      .map((one) => one.text()),
    ...errors.map((one) => one.message),
  ];
};

const openDoor = (kind: DoorKind, launched: Launched, dirs: { home: string; configDir: string; dir: string }): Door => {
  const { page } = launched;
  const picturesDir = join(rootDir, 'artifacts', kind);
  const picture = async (name: string): Promise<void> => {
    mkdirSync(picturesDir, { recursive: true });
    await page.screenshot({ path: join(picturesDir, `${name}.png`), animations: 'disabled' });
  };
  return {
    kind,
    page,
    electron: launched.electron,
    home: dirs.home,
    configDir: dirs.configDir,
    menu: (id) => useMenu(launched, id),
    saveFile: (act) => savedFile(launched, dirs.dir, act),
    cli: (...args) => runCli(dirs.home, dirs.configDir, args),
    picture,
    accessible: async (name) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        expect(await axeViolations(launched), `${name}, ${colorScheme}`).toEqual([]);
        await picture(`${name}-${colorScheme}`);
      }
      await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    },
    problems: () => problemsOf(page),
  };
};

/** What helps to understand a failure: the page as it was, and what the processes said. */
const keepEvidence = async (info: TestInfo, launched: Launched): Promise<void> => {
  if (info.status === info.expectedStatus) return;
  await launched.page.screenshot({ path: info.outputPath('page.png') }).catch(() => undefined);
  await info.attach('stderr', { body: launched.stderr(), contentType: 'text/plain' });
  if (launched.stderr() !== '') process.stderr.write(`${launched.stderr()}\n`);
};

export const test = base.extend<DoorOptions & { door: Door }>({
  kind: ['browser', { option: true }],
  sample: ['deeptempo', { option: true }],
  prepare: [{ run: () => Promise.resolve() }, { option: true }],
  door: async ({ kind, sample, prepare }, use, info) => {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-journey-'));
    const home = join(dir, sample);
    const configDir = join(dir, 'config');
    cpSync(join(rootDir, 'resources', 'sample-homes', sample), home, { recursive: true });
    await prepare.run({ home, cli: (...args) => runCli(home, configDir, args) });
    const launched = await (kind === 'browser' ? launchBrowser : launchWindow)(home, configDir);
    try {
      const door = openDoor(kind, launched, { home, configDir, dir });
      await use(door);
      await keepEvidence(info, launched);
      if (info.status === info.expectedStatus) expect(await door.problems()).toEqual([]);
    } finally {
      await launched.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
});
