/** `config search` and `audit list --text` as a person or a script gets them. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCliProgram, type CliProgram, type CliRun } from '../testing/cli-program.ts';

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

it('finds settings, says what was no filter, and gives the parsed query with --json', async () => {
  const found = await run('config', 'search', 'thmee', 'dark', '@bogus');
  expect([found.code, found.stdout]).toEqual([
    0,
    expect.stringMatching(/general\.theme .* dark [^]*2 settings, the best fit first/u),
  ]);
  expect(found.stderr).toContain('@bogus is no filter');
  expect((await run('config', 'search', 'nowhereatall')).stdout).toBe('No setting fits.\n');
  const json = await cli.json(['--home', home, 'config', 'search', 'theme @secret']);
  expect([json.code, json.document]).toEqual([
    0,
    { ok: true, data: { settings: [], query: { words: ['theme'], flags: ['secret'], filters: [], ignored: [] } } },
  ]);
});

it('finds entries of the log by words of key, value and reason', async () => {
  await run('config', 'set', 'general.theme', 'light', '--reason', 'Der Größe wegen');
  const json = await cli.json(['--home', home, 'audit', 'list', '--text', 'GRÖSSE'.replace('SS', 'ß').toLowerCase()]);
  expect(json.document).toMatchObject({
    ok: true,
    data: { changes: [{ key: 'general.theme', new: 'light' }], next: null },
  });
  expect((await run('audit', 'list', '--text', 'eneral')).stdout).toBe('No entries.\n');
});
