/** What a person sees when Holdfast itself is at fault: a page that crashes, and an owner left running from another build. */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messages } from '../../src/renderer/messages.en.ts';
import { expect, test } from '../door.ts';
import { rootDir, startHost } from '../launch.ts';
import { goTo, setUp } from '../steps.ts';

const { crashed, frame, recovery, ui } = messages;

test('a page that crashes says so, keeps the frame, and comes back', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  // As an owner of another build would answer.
  await page.route('**/api/call', async (route) => {
    const asked = route.request().postDataJSON() as { name: string };
    if (asked.name === 'versions.list') await route.fulfill({ json: { ok: true, data: {} } });
    else await route.fallback();
  });
  await goTo(door, frame.versions);
  await page.getByRole('tab', { name: messages.versions.tabs.names }).click();
  await expect(page.getByRole('heading', { level: 1, name: crashed.title })).toBeVisible();
  await expect(page.getByRole('contentinfo', { name: frame.strip })).toBeVisible();
  await page.getByRole('button', { name: crashed.report }).click();
  await expect(page.getByRole('region', { name: crashed.report })).toContainText('TypeError');
  await door.accessible('trouble-page');
  await goTo(door, frame.settings);
  await expect(page.getByRole('heading', { level: 1, name: frame.settings })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: crashed.title })).toBeVisible();
  await page.unroute('**/api/call');
  await page.getByRole('button', { name: crashed.again }).click();
  await expect(page.getByText(messages.versions.noNamesTitle)).toBeVisible();
});

test('without a status of the expected shape nothing is blank', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await page.route('**/api/call', async (route) => {
    const asked = route.request().postDataJSON() as { name: string };
    if (asked.name !== 'home.status') return route.fallback();
    const answer = (await (await route.fetch()).json()) as { data: { [name: string]: unknown } };
    const { trials: _, ...older } = answer.data;
    await route.fulfill({ json: { ok: true, data: older } });
  });
  await page.reload();
  // Only the bar needs it.
  await expect(page.getByText(crashed.bar)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: messages.overview.looked('DeepTempo') })).toBeVisible();
  await door.picture('trouble-bar');
  await page.unroute('**/api/call');
  await page.getByRole('alert').getByRole('button', { name: ui.tryAgain }).click();
  await expect(page.getByRole('contentinfo', { name: frame.strip })).toBeVisible();
});

/** This build with another contract, in a folder of its own. */
const otherBuild = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-other-build-'));
  cpSync(join(rootDir, 'out'), join(dir, 'out'), { recursive: true });
  for (const name of ['node_modules', 'resources', 'package.json']) symlinkSync(join(rootDir, name), join(dir, name));
  const main = join(dir, 'out', 'main');
  const programs = readdirSync(main, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  let changed = 0;
  for (const name of programs) {
    const text = readFileSync(join(main, name), 'utf8');
    const other = text.replace(/(contractPrint = )(["'`])[0-9a-f]{16}\2/u, '$1"another build"');
    if (other === text) continue;
    writeFileSync(join(main, name), other);
    changed += 1;
  }
  if (changed === 0) throw new Error('the build has no contract print');
  return dir;
};

test('an owner left running from another build is named, and once it ended the page goes on', async ({ door }) => {
  await setUp(door);
  const other = otherBuild();
  const configDir = mkdtempSync(join(tmpdir(), 'holdfast-other-config-'));
  const host = await startHost(door.home, configDir, other);
  const page = await door.page.context().newPage();
  try {
    await page.goto(host.url);
    await expect(page.getByRole('heading', { level: 1, name: recovery.updatedTitle })).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('another build');
    await page.screenshot({ path: join(rootDir, 'artifacts', door.kind, 'trouble-other-build.png') });
    await page.getByRole('button', { name: ui.tryAgain }).click();
    await expect(page.getByRole('alert')).toContainText('another build');
    await door.page.getByRole('button', { name: messages.door.stop }).click();
    await door.page.getByRole('dialog').getByRole('button', { name: messages.door.stop }).click();
    await expect(door.page.getByText(messages.door.stopped)).toBeVisible();
    // Nothing asks the home meanwhile: the button does.
    await page.getByRole('button', { name: ui.tryAgain }).click();
    await expect(page.getByRole('heading', { level: 1, name: messages.overview.looked('DeepTempo') })).toBeVisible();
  } finally {
    await page.close();
    await host.close();
    rmSync(other, { recursive: true, force: true });
    rmSync(configDir, { recursive: true, force: true });
  }
});
