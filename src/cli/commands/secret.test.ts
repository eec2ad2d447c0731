/** `secret …` and `run …` as a person or a script gets them, in processes of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCliProgram, type CliProgram, type CliRun } from '../testing/cli-program.ts';

let cli: CliProgram;
let home: string;
let withKey: string[];

beforeAll(async () => {
  cli = await openCliProgram();
  home = cli.home();
  writeFileSync(cli.path('pass'), 'correct horse battery staple\n', { mode: 0o600 });
  withKey = ['--passphrase-file', cli.path('pass')];
  const migrated = await run(...withKey, 'migrate');
  if (migrated.code !== 0) throw new Error(migrated.stderr);
});
afterAll(() => cli.remove());

const run = (...args: string[]): Promise<CliRun> => cli.run(['--home', home, ...args]);
const json = async (...args: string[]) => {
  const { code, document } = await cli.json(['--home', home, ...args]);
  return { code, ...(document as { ok: boolean; data: never; error: { type: string; message: string } }) };
};
const node = process.execPath;
const print = (name: string) => [node, '-e', `console.log(process.env[${JSON.stringify(name)}] ?? 'none')`];

describe('holdfast secret', () => {
  it('adds a passphrase from a file, opens with it, takes it away; the last one stays', async () => {
    writeFileSync(cli.path('second'), 'a second passphrase\n', { mode: 0o600 });
    const added = await json(
      ...withKey,
      'secret',
      'add-slot',
      'passphrase',
      '--new-passphrase-file',
      cli.path('second'),
    );
    expect(added).toMatchObject({ code: 0, data: { slot: 'passphrase' } });
    const { id } = added.data as { id: string };
    const withSecond = ['--passphrase-file', cli.path('second')];
    expect((await run(...withSecond, 'config', 'get', 'env.GITHUB_TOKEN', '--reveal')).stdout).toContain('ghp_fake');
    // Two of one kind: the id is needed.
    expect(await json(...withKey, '--yes', 'secret', 'remove-slot', 'passphrase')).toMatchObject({
      code: 1,
      error: { type: 'Usage' },
    });
    expect(await json(...withKey, '--yes', 'secret', 'remove-slot', id)).toMatchObject({ code: 0 });
    expect(await json(...withKey, '--yes', 'secret', 'remove-slot', 'passphrase')).toMatchObject({
      code: 8,
      error: { type: 'CheckUnmet' },
    });
  });

  it('rotates, and tells what is wrong without telling values', async () => {
    expect(await json(...withKey, 'secret', 'rotate')).toMatchObject({ code: 0, data: { unreadable: 0 } });
    const board = await run(...withKey, '--json', 'secret', 'hygiene', '--all');
    expect(board.code).toBe(0);
    expect(board.stdout).not.toContain('ghp_fake');
    expect((await run('secret', 'hygiene', '--older-than', 'x')).code).toBe(2);
    expect((await run(...withKey, 'audit', 'verify')).stdout).toContain('seals checked');
  });

  it('says what opens a backup where there is no recovery code, and that nobody chose a schedule', async () => {
    expect((await run(...withKey, 'backup', 'create')).stdout).toContain('Opens with the keys of this home only');
    expect((await run('secret', 'status')).stdout).toContain('none: holdfast secret add-slot recovery');
    expect((await run('backup', 'policy')).stdout).toContain('it is the default, since the first backup.');
  });

  it('gives up a secret whose keys are lost, with new keys that open the rest of its life', async () => {
    const lost = cli.home();
    const at = (...args: string[]) => cli.run(['--home', lost, ...args]);
    expect((await at(...withKey, 'migrate')).code).toBe(0);
    writeFileSync(cli.path('fresh'), 'a fresh passphrase\n', { mode: 0o600 });
    const fresh = ['--passphrase-file', cli.path('fresh')];
    expect((await at('--yes', 'secret', 'reset', 'env.GITHUB_TOKEN')).code).toBe(5);
    const done = await at(...fresh, '--yes', 'secret', 'reset', 'env.GITHUB_TOKEN', '--keys-lost');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('new keys')]);
    const set = await cli.run(['--home', lost, ...fresh, 'config', 'set', 'env.GITHUB_TOKEN', '--stdin'], {
      input: 'x-9',
    });
    expect(set.code).toBe(0);
    expect((await at(...fresh, 'audit', 'verify')).stdout).toContain('no longer there');
  });
});

describe('holdfast run', () => {
  it('gives settings and secrets to the command and prints nothing of its own', async () => {
    const done = await run(...withKey, 'run', '--', ...print('GITHUB_TOKEN'));
    expect(done).toEqual({ code: 0, stdout: 'ghp_fake0000000000000000000000000000\n', stderr: '' });
    expect((await run(...withKey, 'run', '--', ...print('GENERAL_THEME'))).stdout).toBe('dark\n');
    expect((await run(...withKey, 'run', '--prefix', 'general', '--', ...print('GITHUB_TOKEN'))).stdout).toBe('none\n');
    const listed = await json('audit', 'list', '--action', 'run');
    expect(
      (listed.data as { changes: { detail: { command: string; keys: string[] } }[] }).changes[0]?.detail,
    ).toMatchObject({
      keys: expect.arrayContaining(['env.GITHUB_TOKEN']) as string[],
    });
  });

  it('passes on the exit code, the words as they are, and leaves out what opens the keys', async () => {
    expect((await run(...withKey, 'run', '--', node, '-e', 'process.exit(42)')).code).toBe(42);
    // No shell: nothing is expanded, and nothing after the dashes is ours.
    const words = await run(
      'run',
      '--no-secrets',
      '--',
      node,
      '-p',
      'JSON.stringify(process.argv.slice(1))',
      '--',
      '$HOME',
      '*',
      '--json',
    );
    expect(words.stdout).toBe(`${JSON.stringify(['$HOME', '*', '--json'])}\n`);
    const hidden = await cli.run(['--home', home, 'run', '--', ...print('HOLDFAST_PASSPHRASE_FILE')], {
      env: { HOLDFAST_PASSPHRASE_FILE: cli.path('pass') },
    });
    expect(hidden.stdout).toBe('none\n');
    expect((await run('run', '--no-secrets', '--', cli.path('no-such-program'))).code).toBe(3);
  });

  it('gives a user their own values', async () => {
    expect((await run('user', 'add', 'ann', '--role', 'admin')).stdout).toBe('ann is an admin.\n');
    expect((await run('user', 'override', 'general.theme', 'light', '--of', 'ann')).code).toBe(0);
    const theme = ['run', '--no-secrets', '--prefix', 'general', '--', ...print('GENERAL_THEME')];
    expect([(await run('--user', 'ann', ...theme)).stdout, (await run(...theme)).stdout]).toEqual([
      'light\n',
      'dark\n',
    ]);
  });

  it('needs the keys before it starts anything', async () => {
    const mark = cli.path('started');
    const touch = [node, '-e', `require('fs').writeFileSync(${JSON.stringify(mark)}, '')`];
    expect((await run('run', '--', ...touch)).code).toBe(5);
    expect((await run('run')).code).toBe(1);
    expect((await run('--json', 'run', '--no-secrets', '--', ...touch)).code).toBe(1);
    expect((await run('--dry-run', 'run', '--', ...touch)).stdout).toContain('GITHUB_TOKEN');
    expect(existsSync(mark)).toBe(false);
    expect((await run('run', '--no-secrets', '--', ...touch)).code).toBe(0);
    expect(readFileSync(mark, 'utf8')).toBe('');
  });

  it('forwards a signal, and ends as the command did', async () => {
    const program = `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('ready')`;
    const { file, args, env } = cli.command(['--home', home, 'run', '--no-secrets', '--', node, '-e', program]);
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await ended).toEqual([7, null]);
  });
});
