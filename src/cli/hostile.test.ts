/**
 * What a hostile tester once reproduced by hand: cut-off creations, lost and foreign keys, secrets under odd names, drift
 * that was forgotten, an undo that stuck. Each failed when it was written.
 */
import { appendFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCliProgram, type CliProgram } from './testing/cli-program.ts';

let cli: CliProgram;
let pass: string;

beforeAll(async () => {
  cli = await openCliProgram();
  pass = cli.path('pass');
  writeFileSync(pass, 'correct horse battery staple\n', { mode: 0o600 });
});
afterAll(() => cli.remove());

type Answer = { code: number | null; type: unknown; data: Record<string, unknown> };

const ask = async (home: string, ...args: string[]): Promise<Answer> => {
  const { code, document } = await cli.json(['--home', home, ...args]);
  const { data, error } = document as { data?: Record<string, unknown>; error?: { type: string } };
  return { code, type: error?.type ?? null, data: data ?? {} };
};
const migrated = async (): Promise<string> => {
  const home = cli.home();
  expect((await ask(home, 'migrate', '--passphrase-file', pass)).code).toBe(0);
  return home;
};
const dotHoldfast = (home: string): string => join(home, '.holdfast');
const loseKeys = (home: string): void => {
  for (const name of ['keys.json', 'keys.json.bak']) rmSync(join(dotHoldfast(home), name));
};
const keyFiles = (home: string): string[] => readdirSync(dotHoldfast(home)).filter((name) => name.startsWith('keys'));

test('a setting named as a secret is one, though the file had null for it', async () => {
  const home = cli.path('null-token');
  mkdirSync(home);
  writeFileSync(join(home, 'a.json'), '{"token": null}\n');
  await ask(home, 'migrate', '--passphrase-file', pass);
  const { code, type } = await ask(home, 'config', 'set', 'a.token', 'sk-ant-api03-canary');
  expect({ code, type }).toEqual({ code: 2, type: 'InputInvalid' });
});

test('what lies in a group named password is secret', async () => {
  const home = cli.path('nested-password');
  mkdirSync(home);
  writeFileSync(join(home, 'a.json'), '{"password": {"nested": "canary-nested"}}\n');
  const { stdout } = await cli.run(['--home', home, 'migrate', '--dry-run', '--json']);
  expect(stdout).not.toContain('canary-nested');
});

test('a value never hides the group of the same name', async () => {
  const home = await migrated();
  const { code, type } = await ask(home, 'config', 'set', 'general', '1', '--create');
  expect({ code, type }).toEqual({ code: 2, type: 'SettingInvalid' });
});

test('a creation that was cut off may be repeated', async () => {
  const home = cli.home();
  mkdirSync(dotHoldfast(home), { mode: 0o700 });
  writeFileSync(join(dotHoldfast(home), 'journal-1.log.tmp'), '');
  const { code, type } = await ask(home, 'migrate', '--passphrase-file', pass);
  expect({ code, type }).toEqual({ code: 0, type: null });
});

test('a file where .holdfast should be is said, not a bug of ours', async () => {
  const home = cli.home();
  writeFileSync(dotHoldfast(home), '');
  const { code, type } = await ask(home, 'status');
  expect({ code, type }).toEqual({ code: 7, type: 'Unreadable' });
});

test('lost keys are said, and migrate makes no new ones while encrypted values exist', async () => {
  const home = await migrated();
  loseKeys(home);
  const status = await ask(home, 'status');
  const notices = (status.data['notices'] as { id: string }[]).map((notice) => notice.id);
  await ask(home, 'migrate', '--passphrase-file', pass);
  expect({ said: notices.some((id) => id.startsWith('keys')), made: keyFiles(home) }).toEqual({ said: true, made: [] });
});

test('a backup whose secrets no key opens is not proven', async () => {
  const [home, other] = [await migrated(), await migrated()];
  loseKeys(home);
  for (const name of keyFiles(other)) cpSync(join(dotHoldfast(other), name), join(dotHoldfast(home), name));
  await ask(home, 'backup', 'create', '--passphrase-file', pass);
  const { data } = await ask(home, 'backup', 'list');
  const stores = (data['backups'] as { kind: string; provenAt: string | null }[]).filter((one) => one.kind === 'store');
  expect(stores.filter((one) => one.provenAt !== null)).toEqual([]);
});

test('a file that a later migrate could not read stays in drift', async () => {
  const home = await migrated();
  rmSync(join(home, 'theme_config.json'));
  appendFileSync(join(home, 'approval_config.json'), '{');
  await ask(home, 'migrate', '--passphrase-file', pass);
  const { data } = await ask(home, 'status');
  expect(data['drift']).toEqual([
    { file: 'theme_config.json', status: 'removed' },
    { file: 'approval_config.json', status: 'changed' },
  ]);
});

/** One change after a backup, then the backup restored. */
const restored = async (): Promise<string> => {
  const home = await migrated();
  const made = await ask(home, 'backup', 'create', '--passphrase-file', pass);
  await ask(home, 'config', 'set', 's3.region', 'xx');
  const restore = ['backup', 'restore', String(made.data['path']), '--yes', '--passphrase-file', pass];
  expect((await ask(home, ...restore)).code).toBe(0);
  return home;
};

test('undo-restore is not done without --yes where nobody can be asked', async () => {
  const home = await restored();
  const { code, type } = await ask(home, 'backup', 'undo-restore');
  expect({ code, type }).toEqual({ code: 1, type: 'Usage' });
});

test('after a restore was taken back, undo goes on where it was before', async () => {
  const home = await restored();
  await ask(home, 'backup', 'undo-restore', '--yes');
  const { code, type } = await ask(home, 'config', 'undo');
  const region = await ask(home, 'config', 'get', 's3.region');
  expect({ code, type, value: region.data['value'] }).toEqual({ code: 0, type: null, value: 'eu-central-1' });
});
