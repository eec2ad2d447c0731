/** `bundle …`, `template …`, `config apply`, `support-bundle` and `completion` as a person or a script gets them. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCliProgram, type CliProgram } from '../testing/cli-program.ts';

let cli: CliProgram;
let home: string;
let withKey: string[];

beforeAll(async () => {
  cli = await openCliProgram();
  home = cli.home();
  writeFileSync(cli.path('pass'), 'correct horse battery staple\n');
  withKey = ['--passphrase-file', cli.path('pass')];
  const migrated = await cli.run(['--home', home, 'migrate', ...withKey]);
  if (migrated.code !== 0) throw new Error(migrated.stderr);
}, 240_000);
afterAll(() => {
  cli.remove();
});

const run = (...args: string[]) => cli.run(['--home', home, ...args]);
const json = async (...args: string[]) => {
  const { code, document } = await cli.json(['--home', home, ...args]);
  return { code, ...(document as { ok: boolean; data?: Record<string, unknown>; error?: Record<string, unknown> }) };
};
const value = async (key: string) => (await json('config', 'get', key)).data?.['value'];
const file = (name: string, content: unknown): string => {
  writeFileSync(cli.path(name), typeof content === 'string' ? content : JSON.stringify(content));
  return cli.path(name);
};

describe('config apply', () => {
  it('changes many settings in one change set, flat, nested or as a list', async () => {
    const nested = file('nested.json', { general: { theme: 'light', demo_mode: true }, 's3.region': 'eu-west-1' });
    const dry = await json('config', 'apply', nested, '--dry-run');
    expect(dry).toMatchObject({ code: 0, data: { dryRun: true, changeSet: null } });
    expect(await value('general.theme')).toBe('dark');
    const done = await json('config', 'apply', nested, '--reason', 'from a file');
    expect(done.data?.['changes']).toMatchObject([
      { key: 'general.theme', action: 'update', old: 'dark', new: 'light' },
      { key: 'general.demo_mode', new: true },
      { key: 's3.region', new: 'eu-west-1' },
    ]);
    expect(await value('s3.region')).toBe('eu-west-1');
    const list = file('list.json', { changes: [{ key: 'general.theme', op: 'unset' }] });
    expect(await json('config', 'apply', list)).toMatchObject({ code: 0, data: { changes: [{ action: 'delete' }] } });
    expect((await run('config', 'undo')).code).toBe(0);
    expect((await run('config', 'undo')).code).toBe(0);
    expect([await value('general.theme'), await value('s3.region')]).toEqual(['dark', 'eu-central-1']);
  }, 240_000);

  it('says what is wrong and where, and changes nothing', async () => {
    const errorOf = async (content: unknown) => {
      const { code, error } = await json('config', 'apply', file('bad.json', content));
      return { code, ...error };
    };
    expect(await errorOf('{\n  "general": {"theme": }\n}')).toMatchObject({ code: 2, type: 'FileInvalid', line: 2 });
    expect(await errorOf([1])).toMatchObject({ code: 2, type: 'FileInvalid' });
    expect(await errorOf({})).toMatchObject({ code: 2, type: 'FileInvalid' });
    expect(await errorOf({ format: 'holdfast-bundle' })).toMatchObject({ code: 2, type: 'FileInvalid' });
    expect(await errorOf({ changes: [{ key: 'a', op: 'frob' }] })).toMatchObject({ code: 2, type: 'FileInvalid' });
    expect(await errorOf({ general: { theme: 'light', thme: 'x' } })).toMatchObject({
      code: 3,
      type: 'SettingUnknown',
    });
    expect(await errorOf({ general: { theme: 'purple' } })).toMatchObject({ code: 2, type: 'SettingInvalid' });
    expect((await json('config', 'apply', cli.path('none.json'))).code).toBe(3);
    expect(await value('general.theme')).toBe('dark');
  }, 240_000);
});

describe('bundle', () => {
  it('goes out, is shown, and comes in again', async () => {
    const path = cli.path('team.json');
    expect(await json('bundle', 'export', path, '--dry-run')).toMatchObject({ code: 0, data: { dryRun: true } });
    expect(await json('bundle', 'export', path, '--title', 'Team')).toMatchObject({
      code: 0,
      data: { path: 'team.json', counts: { secrets: 0 }, definition: { id: 'deeptempo' } },
    });
    expect((await json('bundle', 'show', path)).data?.['settings']).toMatchObject({ 'general.theme': 'dark' });
    expect((await run('config', 'set', 'general.theme', 'light')).code).toBe(0);
    const diff = await json('config', 'diff', `bundle:${path}`, 'now', 'general');
    expect(diff.data?.['changes']).toMatchObject([{ key: 'general.theme', old: 'dark', new: 'light' }]);
    const said = await run('bundle', 'import', path, '--dry-run');
    expect(said.stdout).toContain('general.theme');
    expect(await json('bundle', 'import', path)).toMatchObject({ code: 0, data: { mode: 'merge' } });
    expect(await value('general.theme')).toBe('dark');
    expect((await run('bundle', 'import', path, '--merge', '--replace')).code).toBe(1);
    expect((await run('config', 'set', 'own.extra', '1', '--create')).code).toBe(0);
    // What would be removed is asked about; without a terminal it takes --yes.
    expect((await run('bundle', 'import', path, '--replace')).code).toBe(1);
    expect((await run('bundle', 'import', path, '--replace', '--yes')).code).toBe(0);
    expect((await json('config', 'get', 'own.extra')).code).toBe(3);
  }, 240_000);

  it('takes secrets along only under a passphrase', async () => {
    const path = cli.path('sealed.json');
    expect(await json('bundle', 'export', path, '--include-secrets')).toMatchObject({
      code: 5,
      error: { type: 'SecretsLocked' },
    });
    file('team-pass', 'a passphrase of the team\n');
    const own = ['--bundle-passphrase-file', cli.path('team-pass')];
    expect((await json('bundle', 'export', path, '--include-secrets', ...own, ...withKey)).code).toBe(0);
    expect(await json('bundle', 'import', path)).toMatchObject({ code: 5, error: { type: 'SecretsLocked' } });
    expect((await json('bundle', 'import', path, '--without-secrets')).code).toBe(0);
    expect(await json('bundle', 'import', path, ...withKey)).toMatchObject({ code: 2, error: { type: 'WrongKey' } });
    expect((await json('bundle', 'import', path, ...own, ...withKey)).code).toBe(0);
  }, 240_000);
});

it('keeps templates by name (D78)', async () => {
  expect((await json('template', 'save', 'dark', '--only', 'general')).code).toBe(0);
  expect(await json('template', 'save', 'dark')).toMatchObject({ code: 8, error: { type: 'CheckUnmet' } });
  expect((await json('template', 'list')).data?.['templates']).toMatchObject([{ name: 'dark', problem: null }]);
  expect((await run('config', 'set', 'general.theme', 'light')).code).toBe(0);
  expect((await json('template', 'apply', 'dark')).code).toBe(0);
  const sent = cli.path('sent.json');
  expect(await json('bundle', 'export', sent, '--template', 'dark')).toMatchObject({
    code: 0,
    data: { only: ['general'] },
  });
  const saved = await json('template', 'save', 'sent', '--from', sent, '--title', 'Sent');
  expect(saved).toMatchObject({ code: 0, data: { title: 'Sent', parts: ['settings', 'integrations', 'records'] } });
  expect(await json('template', 'save', 'few', '--part', 'settings')).toMatchObject({ data: { parts: ['settings'] } });
  for (const name of ['sent', 'few']) expect((await run('template', 'remove', name, '--yes')).code).toBe(0);
  expect(await value('general.theme')).toBe('dark');
  expect((await run('template', 'remove', 'dark', '--yes')).code).toBe(0);
  expect((await json('template', 'apply', 'dark')).code).toBe(3);
}, 240_000);

it('writes a support bundle that holds no value (D83)', async () => {
  const path = cli.path('support.json');
  expect((await json('support-bundle', path)).code).toBe(0);
  const text = readFileSync(path, 'utf8');
  expect(JSON.parse(text)).toMatchObject({ format: 'holdfast-support', system: { platform: process.platform } });
  expect(text).not.toContain(home);
  expect(text).not.toContain('eu-central-1');
}, 240_000);

it('completes commands and options in bash, without a home', async () => {
  const { stdout, code } = await cli.run(['completion', 'bash']);
  expect(code).toBe(0);
  const complete = (...words: string[]): string[] => {
    const line = words.map((word) => `'${word}'`).join(' ');
    const script = `${stdout}\nCOMP_WORDS=(holdfast ${line}); COMP_CWORD=${String(words.length)}; _holdfast; echo "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim().split(' ');
  };
  expect(complete('conf')).toEqual(['config']);
  expect(complete('--home', '/x', 'config', 'app')).toEqual(['apply']);
  expect(complete('bundle', 'import', '--re')).toEqual(expect.arrayContaining(['--replace', '--recovery-code-file']));
  for (const shell of ['zsh', 'fish']) expect((await cli.run(['completion', shell])).stdout).toContain('bundle');
  expect((await cli.run(['completion', 'tcsh'])).code).toBe(1);
}, 240_000);
