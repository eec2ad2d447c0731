/** Bundles and templates: out as a file, in by way of a preview, kept by name, broken and foreign files, 2,000 keys. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messages } from '../src/renderer/messages.en.ts';
import { expect, test, type Door } from './door.ts';
import { chooseFile, goTo, setUp } from './steps.ts';

const { bundles: say, frame, settings } = messages;

const answered = async (door: Door, ...args: string[]): Promise<unknown> =>
  JSON.parse((await door.cli('--json', ...args)).stdout);
const value = async (door: Door, key: string): Promise<unknown> =>
  ((await answered(door, 'config', 'get', key)) as { data?: { value?: unknown } }).data?.value;

const dialogOf = ({ page }: Door, name: string): ReturnType<Door['page']['getByRole']> =>
  page.getByRole('dialog', { name });
const line = (door: Door, key: string): ReturnType<Door['page']['getByRole']> =>
  door.page.getByRole('table', { name: say.preview.title }).getByRole('row').filter({ hasText: key });
const press = (door: Door, name: string): Promise<void> =>
  door.page.getByRole('button', { name, exact: true }).press('Enter');

type Bundle = { definition: { version: number }; settings: { [key: string]: unknown } };
const changed = (path: string, to: string, change: (bundle: Bundle) => object): string => {
  const file = join(dirname(path), to);
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as Bundle)));
  return file;
};

test('a bundle goes out and comes in by way of a preview, with the way back', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await goTo(door, frame.bundles);
  await expect(page.getByRole('heading', { name: say.emptyTitle })).toBeVisible();
  await door.accessible('bundles-none');

  // Out, by the menu: one category and nothing else.
  await door.menu('bundle.export');
  const exporting = dialogOf(door, say.exportTitle);
  await expect(exporting).toContainText(say.withoutSecretsHint);
  await exporting.getByRole('combobox', { name: say.contents.what }).press('Enter');
  await page.getByRole('option', { name: say.contents.some }).press('Enter');
  await exporting.getByRole('button', { name: say.exportDo }).press('Enter');
  await expect(exporting).toContainText(say.contents.nothing);
  await exporting.getByRole('button', { name: say.contents.allOf(say.contents.parts.settings) }).press('Enter');
  await door.accessible('bundles-export');
  const path = await door.saveFile(() => exporting.getByRole('button', { name: say.exportDo }).press('Enter'));
  await expect(exporting).toBeHidden();
  const written = JSON.parse(readFileSync(path, 'utf8')) as Bundle & { integrations?: unknown };
  expect(written.settings['general.theme']).toBe('dark');
  expect(written.integrations).toBeUndefined();

  // In: what was set here since is a conflict, what another version knows stays out until it is asked for.
  expect((await door.cli('config', 'set', 'general.theme', 'light')).code).toBe(0);
  const newer = changed(path, 'newer.json', (bundle) => ({
    ...bundle,
    definition: { ...bundle.definition, version: 99 },
    settings: { ...bundle.settings, 's3.region': 'us-east-1', 'general.renamed_since': true },
  }));
  await chooseFile(door, newer, () => door.menu('bundle.import'));
  const importing = dialogOf(door, say.importTitle);
  await expect(line(door, 'general.theme')).toContainText(say.preview.states.conflict);
  await expect(line(door, 's3.region')).toContainText('Old value: "eu-central-1" New value: "us-east-1"');
  await expect(line(door, 'general.renamed_since')).toContainText(/has no such setting; the bundle is of the newer/u);
  await expect(importing).toContainText(/which is newer than version/u);
  await expect(importing).toContainText(`holdfast bundle import newer.json`);
  await door.accessible('bundles-import');
  await importing.getByRole('button', { name: say.preview.counts.refused(1) }).press('Enter');
  await expect(line(door, 's3.region')).toHaveCount(0);
  await importing.getByRole('checkbox', { name: say.create(1) }).press('Space');
  await expect(importing).toContainText('--create');
  await importing.getByRole('checkbox', { name: say.createOn }).press('Space');
  await expect(importing.getByRole('checkbox', { name: say.create(1) })).not.toBeChecked();
  await importing.getByLabel(settings.review.reason).fill('as the team has it');
  await importing.getByRole('button', { name: say.importDo(2) }).press('Enter');
  await expect(importing).toBeHidden();
  expect([await value(door, 'general.theme'), await value(door, 's3.region')]).toEqual(['dark', 'us-east-1']);
  const told = page
    .getByLabel(messages.ui.notifications)
    .locator(':scope > *')
    .filter({ hasText: say.done(2) });
  await told.getByRole('button', { name: frame.undo }).press('Enter');
  await expect.poll(() => value(door, 'general.theme')).toBe('light');
});

test('templates are saved, applied, written to a file, kept from one and removed, by keyboard', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  await goTo(door, frame.bundles);
  await press(door, say.save);
  const saving = dialogOf(door, say.saveTitle);
  await saving.getByLabel(say.name, { exact: true }).fill('../dark');
  await saving.getByRole('button', { name: say.saveDo }).press('Enter');
  await expect(saving).toContainText(say.nameProblem);
  await saving.getByLabel(say.name, { exact: true }).fill('dark');
  await saving.getByLabel(say.bundleTitle).fill('How we like it');
  await door.accessible('bundles-template');
  await saving.getByRole('button', { name: say.saveDo }).press('Enter');
  const row = (name: string) =>
    page.getByRole('table', { name: say.templates }).getByRole('row').filter({ hasText: name });
  await expect(row('dark')).toContainText('How we like it');

  const menu = async (name: string, item: string): Promise<void> => {
    await page.getByRole('button', { name: say.actionsOf(name) }).press('Enter');
    await page.getByRole('menuitem', { name: item }).press('Enter');
  };
  const path = await door.saveFile(() => menu('dark', say.toFile));
  await chooseFile(door, path, () => press(door, say.fromFile));
  const keeping = dialogOf(door, say.keepTitle);
  await keeping.getByLabel(say.name, { exact: true }).fill('dark');
  await keeping.getByRole('button', { name: say.saveDo }).press('Enter');
  await expect(keeping).toContainText(say.replaceProblem);
  await keeping.getByLabel(say.name, { exact: true }).fill('again');
  await keeping.getByRole('button', { name: say.saveDo }).press('Enter');
  await expect(row('again')).toBeVisible();
  writeFileSync(join(door.configDir, 'templates', 'broken.json'), '{oops');

  expect((await door.cli('config', 'set', 'general.theme', 'light')).code).toBe(0);
  await page.reload();
  await expect(row('broken')).toContainText(say.broken);
  await door.accessible('bundles-list');
  await page.getByRole('button', { name: say.applyOf('again') }).press('Enter');
  const applying = dialogOf(door, say.applyTitle('again'));
  await expect(line(door, 'general.theme')).toBeVisible();
  await applying.getByRole('button', { name: say.importDo(1) }).press('Enter');
  await expect(applying).toBeHidden();
  expect(await value(door, 'general.theme')).toBe('dark');
  await menu('again', say.remove);
  await dialogOf(door, say.removeTitle('again')).getByRole('button', { name: say.remove, exact: true }).press('Enter');
  await expect(row('again')).toHaveCount(0);
});

test('files that cannot be used say why and change nothing, and 2,000 keys stay usable', async ({ door }) => {
  await setUp(door);
  await goTo(door, frame.bundles);
  const folder = dirname(door.configDir);
  const file = (name: string, content: unknown): string => {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    return join(folder, name);
  };
  const many = {
    format: 'holdfast-bundle',
    version: 1,
    definition: { id: 'another', title: 'Another application', version: 1 },
    settings: Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`own.group${String(i % 40)}.key${String(i)}`, i]),
    ),
  };
  const dialog = dialogOf(door, say.importTitle);
  for (const [name, content, words] of [
    ['cut.json', '{\n  "format": "holdfast-bundle",', /cut\.json:2/u],
    ['future.json', { ...many, version: 2 }, /update Holdfast/u],
    ['other.json', { hello: 1 }, /this is not a bundle/u],
  ] as const) {
    await chooseFile(door, file(name, content), () => press(door, say.import));
    await expect(dialog).toContainText(words);
    await expect(dialog).toContainText(say.unchanged);
    await dialog.getByRole('button', { name: messages.ui.cancel }).press('Enter');
    await expect(dialog).toBeHidden();
  }
  await chooseFile(door, file('many.json', many), () => press(door, say.import));
  await expect(dialog).toContainText(/Another application/u);
  await expect(dialog.getByRole('button', { name: say.preview.counts.refused(2000) })).toBeVisible();
  await dialog.getByRole('checkbox', { name: say.create(2000) }).press('Space');
  await expect(dialog.getByRole('button', { name: say.preview.counts.add(2000) })).toBeVisible();
  await dialog.getByRole('searchbox', { name: say.preview.search }).fill('key1999');
  await expect(line(door, 'own.group39.key1999')).toContainText('1999');
  await dialog.getByRole('searchbox', { name: say.preview.search }).fill('');
  await door.accessible('bundles-huge');
  await dialog.getByRole('button', { name: say.importDo(2000) }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect.poll(() => value(door, 'own.group39.key1999')).toBe(1999);
});
