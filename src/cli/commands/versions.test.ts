/** Versions in a terminal: `config diff`, `revert`, `pick`, `undelete`, named versions and trials, as text and as JSON. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCliProgram, type CliProgram, type CliRun } from '../testing/cli-program.ts';

let cli: CliProgram;
let home: string;
beforeAll(async () => {
  cli = await openCliProgram();
  writeFileSync(cli.path('pass'), 'correct horse\n', { mode: 0o600 });
  home = cli.home();
  await good('--passphrase-file', cli.path('pass'), '--yes', 'migrate');
});
afterAll(() => {
  cli.remove();
});

const run = (...args: string[]): Promise<CliRun> => cli.run(['--home', home, ...args]);
const good = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(...args);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
};
const json = async (...args: string[]) => (await cli.json(['--home', home, ...args])).document;
/** What a change said of itself. */
const changeSet = async (...args: string[]): Promise<string> => {
  const document = (await json(...args)) as { data: { changeSet: string } };
  return document.data.changeSet;
};
const theme = async (): Promise<string> => (await good('config', 'get', 'general.theme')).trim();

it('compares two versions, by keys (config diff)', async () => {
  const first = await changeSet('config', 'set', 'general.theme', 'light');
  await good('config', 'set', 'general.theme', 'dark');
  const text = await good('config', 'diff', `cs:${first}`, 'now', 'general');
  expect(text).toMatch(/^From cs:\S+ \(.*\) to now:\n/u);
  expect(text).toMatch(/general\.theme.*light.*dark/u);
  expect(text).toMatch(/0 added, 1 changed, 0 removed, \d+ the same\n$/u);
  expect(await json('config', 'diff', `cs:${first}`, 'now', 'general')).toMatchObject({
    ok: true,
    data: {
      a: { ref: `cs:${first}`, changeSet: first },
      b: { ref: 'now' },
      changes: [{ kind: 'setting', key: 'general.theme', action: 'update', old: 'light', new: 'dark', secret: false }],
      totals: { add: 0, update: 1, delete: 0 },
    },
  });
  const unknown = await run('config', 'diff', 'cs:nothing', 'now');
  expect([unknown.code, unknown.stdout]).toEqual([3, '']);
  expect(unknown.stderr).toContain('nothing');
});

it('takes a change set back, shows it first with --dry-run, and goes back to a time (config revert)', async () => {
  const mine = await changeSet('config', 'set', 'general.theme', 'light');
  const shown = await good('--dry-run', 'config', 'revert', mine);
  expect(shown).toContain('general.theme');
  expect(await theme()).toBe('light');
  expect(await json('config', 'revert', mine, '--reason', 'too bright')).toMatchObject({
    ok: true,
    data: { dryRun: false, changes: [{ key: 'general.theme', old: 'light', new: 'dark' }], left: [], later: [] },
  });
  expect(await theme()).toBe('dark');
  const back = await good('config', 'revert', '--to', `cs:${mine}`, '--only', 'general');
  expect(back).toContain('Brought back');
  expect(await theme()).toBe('light');
  const both = await run('config', 'revert', mine, '--to', 'now');
  expect([both.code, both.stdout]).toEqual([1, '']);
  expect(both.stderr).toContain('either CHANGESET or --to TIME');
});

it('says whose later change lies in the way, and takes it back with --force', async () => {
  const mine = await changeSet('config', 'set', 's3.region', 'eu-west-1');
  await good('--user', 'alice', 'config', 'set', 's3.region', 'eu-west-2');
  const refused = await run('config', 'revert', mine);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('alice');
  const document = await json('config', 'revert', mine, '--force');
  expect(document).toMatchObject({ ok: true, data: { later: [{ key: 's3.region', actor: 'alice' }] } });
  expect((await good('config', 'get', 's3.region')).trim()).toBe('eu-central-1');
});

it('brings values of the legacy files and of a version (config pick), and a removed setting (config undelete)', async () => {
  await good('config', 'set', 'general.theme', 'light');
  expect(await good('config', 'pick', 'files', 'general.theme')).toContain('general.theme');
  expect(await theme()).toBe('dark');
  const none = await run('config', 'pick', 'files', 'nothing.here');
  expect([none.code, none.stdout]).toEqual([3, '']);
  await good('config', 'set', 'own.added', 'kept', '--create');
  await good('config', 'unset', 'own.added');
  expect(await json('config', 'undelete', 'own.added')).toMatchObject({
    ok: true,
    data: { changes: [{ key: 'own.added', action: 'create', new: 'kept' }] },
  });
  expect((await run('config', 'undelete', 'own.added')).code).toBe(3);
});

it('names a version, lists it and forgets the name (config version)', async () => {
  const id = await changeSet('config', 'set', 'general.theme', 'light');
  expect(await good('config', 'version', 'name', 'all green', id, '--note', 'before the move', '--pin')).toMatch(
    /^"all green" is the version of .*\.\n$/u,
  );
  await good('config', 'set', 'general.theme', 'dark');
  const text = await good('config', 'version', 'list');
  expect(text.split('\n')[0]).toMatch(/^CHANGE SET +WHEN +WHO +KIND +CHANGES +NAME OR REASON/u);
  expect(text.split('\n')[1]).toMatch(new RegExp(`^${id} .*all green`, 'u'));
  expect(await json('config', 'version', 'list')).toMatchObject({
    ok: true,
    data: { named: [{ name: 'all green', note: 'before the move', pinned: true, version: { changeSet: id } }] },
  });
  expect(await good('config', 'version', 'unname', 'all green')).toBe('The name is gone; the version stays.\n');
  expect((await run('config', 'version', 'unname', 'all green')).code).toBe(3);
});

it('changes on trial, lists, keeps and ends it (config set --for, config trial)', async () => {
  expect(await good('config', 'trial', 'list')).toBe('Nothing is on trial.\n');
  const id = await changeSet('config', 'set', 'general.theme', 'light', '--for', '30m');
  expect(await good('config', 'trial', 'list')).toMatch(new RegExp(`^${id} {2}until .* {2}general\\.theme\n$`, 'u'));
  expect(await json('status')).toMatchObject({ data: { trials: [{ changeSet: id, keys: ['general.theme'] }] } });
  expect(await json('config', 'trial', 'list')).toMatchObject({
    ok: true,
    data: { trials: [{ changeSet: id, keys: ['general.theme'] }] },
  });
  expect(await good('config', 'trial', 'end', id)).toBe('Took 1 value back.\n');
  expect(await theme()).toBe('dark');
  await good('config', 'set', 'general.theme', 'light', '--for', '30m');
  expect(await good('config', 'trial', 'keep')).toBe('Kept 1 trial change.\n');
  expect(await theme()).toBe('light');
  expect((await run('config', 'trial', 'keep')).code).toBe(3);
});
