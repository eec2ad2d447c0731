/** `schema …` and `config at` as a person or a script gets them: words, exit codes, and the warning before a way down. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { latestSchema, schemaSteps } from '../../core/store/schema/index.ts';
import { openCliProgram, type CliProgram, type CliRun } from '../testing/cli-program.ts';

const latest = String(latestSchema);
/** What is said of each step between schema 1 and the newest. */
const ranUp = schemaSteps.slice(1).map(({ version, name }) => `Ran upgrade ${version - 1} -> ${version}, ${name}\n`);
const ranDown = schemaSteps
  .slice(1)
  .map(({ version, name }) => `Ran downgrade ${version} -> ${version - 1}, ${name}\n`)
  .toReversed();
let cli: CliProgram;
let home: string;
beforeAll(async () => {
  cli = await openCliProgram();
  writeFileSync(cli.path('pass'), 'correct horse\n', { mode: 0o600 });
  home = cli.home();
  const migrated = await run('--passphrase-file', cli.path('pass'), '--yes', 'migrate');
  if (migrated.code !== 0) throw new Error(migrated.stderr);
});
afterAll(() => {
  cli.remove();
});
const run = (...args: string[]): Promise<CliRun> => cli.run(['--home', home, ...args]);
const backups = (): string[] => readdirSync(join(home, '.holdfast', 'backups')).filter((name) => name.endsWith('.age'));

it('says what a way down deletes, and does nothing without a yes', async () => {
  const before = backups();
  const plan = await run('schema', 'downgrade', '0', '--dry-run');
  expect(plan.code).toBe(0);
  expect(plan.stdout.replaceAll(/\s+/gu, ' ')).toMatch(
    /Down from 1, initial .*deletes: .*audit \(\d+ rows\).*Warning: This deletes everything in the store: .*Dry run: nothing was changed\./u,
  );
  const asked = await run('schema', 'downgrade', '0');
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('This deletes everything in the store')]);
  expect((await run('schema', 'current')).stdout).toContain(`Schema ${latest} of ${latest}, up to date`);
  expect(backups()).toEqual(before);
});

it('goes down after a backup, then says what to do, and up again step by step', async () => {
  const down = await run('--passphrase-file', cli.path('pass'), '--yes', 'schema', 'downgrade', '1');
  const [backedUp, ...told] = down.stdout.split(/(?<=\n)/u);
  expect([down.code, backedUp]).toEqual([0, expect.stringMatching(/^Backed up first: \.holdfast\/backups\/\S+\n$/u)]);
  expect(told).toEqual([...ranDown, 'The store has schema 1 now.\n']);
  const status = await cli.json(['--home', home, 'status']);
  expect([status.code, status.document]).toMatchObject([0, { ok: true, data: { state: 'UPGRADE_NEEDED' } }]);
  const show = await run('config', 'show');
  expect([show.code, show.stderr]).toEqual([6, expect.stringContaining('holdfast schema upgrade')]);
  expect((await run('schema', 'current')).stdout).toContain(`Schema 1 of ${latest}`);
  const up = await run('schema', 'upgrade');
  expect([up.code, up.stdout]).toEqual([0, expect.stringContaining(`${ranUp.join('')}The store has schema ${latest}`)]);
  expect((await run('schema', 'upgrade')).stdout).toBe(`Schema ${latest}: nothing to do.\n`);
  expect((await run('config', 'show')).code).toBe(0);
});

it('verifies, lists, and refuses to mark what differs', async () => {
  const verify = await run('schema', 'verify');
  expect([verify.code, verify.stdout]).toEqual([0, expect.stringMatching(/tally[\s\S]*\nok[\s\S]*taken back\n$/u)]);
  expect(verify.stdout).toContain(`ok  tables, columns and indexes are those of schema ${latest}\n`);
  expect((await run('schema', 'list')).stdout).toMatch(
    new RegExp(`> +${latest} +${schemaSteps.at(-1)?.name ?? ''} `, 'u'),
  );
  const stamped = await cli.json(['--home', home, 'schema', 'stamp', '1']);
  expect([stamped.code, stamped.document]).toMatchObject([8, { ok: false, error: { type: 'CheckUnmet' } }]);
  expect((await run('schema', 'upgrade', 'two')).code).toBe(2);
  expect((await run('schema', 'upgrade', '999')).code).toBe(2);
});

it('shows the settings of another time', async () => {
  const then = new Date().toISOString();
  const set = await run('config', 'set', 'general.theme', 'light');
  expect(set.code).toBe(0);
  const at = await cli.json(['--home', home, 'config', 'at', then, 'general']);
  const { settings } = (at.document as { data: { settings: { key: string; current: boolean }[] } }).data;
  expect(settings.find(({ key }) => key === 'general.theme')).toMatchObject({ current: false, source: 'file' });
  expect((await run('config', 'at', 'now', 'general.theme')).stdout).toMatch(/general\.theme +light/u);
  expect((await run('config', 'at', '2001-01-01')).stdout).toContain('Nothing was stored yet');
  expect((await run('config', 'at', 'then')).code).toBe(2);
});
