/** `integration …` as a person or a script gets it. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCliProgram, type CliProgram, type CliRun } from '../testing/cli-program.ts';

let cli: CliProgram;
let home: string;
let open: string[];
beforeAll(async () => {
  cli = await openCliProgram();
  home = cli.home('deeptempo');
  writeFileSync(cli.path('pass'), 'correct horse battery staple');
  open = ['--passphrase-file', cli.path('pass')];
  const migrated = await run(...open, 'migrate', '--on-conflict', 'file');
  if (migrated.code !== 0) throw new Error(migrated.stderr);
});
afterAll(() => {
  cli.remove();
});

const run = (...args: string[]): Promise<CliRun> => cli.run(['--home', home, ...args]);
const data = async (...args: string[]): Promise<unknown> => {
  const { code, document } = await cli.json(['--home', home, ...args]);
  expect([args, code]).toEqual([args, 0]);
  return (document as { data: unknown }).data;
};
const failed = async (...args: string[]): Promise<unknown[]> => {
  const { code, document } = await cli.json(['--home', home, ...args]);
  const { error } = document as { error: { type: string; message: string } };
  return [code, error.type, error.message];
};

it('sets fields of an integration, typed, and switches it (D53)', async () => {
  expect(await data('integration', 'set', 'splunk', 'verify_ssl', 'off', '--reason', 'lab')).toMatchObject({
    id: 'splunk',
    changes: [{ key: 'verify_ssl', old: true, new: false }],
  });
  await data('integration', 'disable', 'splunk');
  expect(await data('integration', 'show', 'splunk')).toMatchObject({ enabled: false, config: { verify_ssl: false } });
  await data('integration', 'enable', 'splunk');
  const listed = (await data('integration', 'list', '--enabled')) as { integrations: { id: string }[] };
  expect(listed.integrations.map((one) => one.id)).toContain('splunk');
  expect((await run('integration', 'set', 'splunk', 'lookback_hours', '24', '--dry-run')).stdout).toContain('Dry run');
  expect(await failed('integration', 'set', 'splunk', 'lookback_hours', '0')).toEqual([
    2,
    'InputInvalid',
    'lookback_hours is not valid: must be at least 1.',
  ]);
});

it('takes a secret from a file or stdin, never as an argument', async () => {
  const refused = await failed('integration', 'set', 'splunk', 'password', 'typed-in');
  expect(refused[2]).toContain('a secret is never an argument');
  writeFileSync(cli.path('secret'), 'from-a-file\n');
  const set = ['integration', 'set', 'splunk', 'password'];
  const changed = await run(...open, ...set, '--from-file', cli.path('secret'));
  expect(changed.code).toBe(0);
  expect(changed.stdout).not.toContain('from-a-file');
  expect((await failed(...set, '--from-file', cli.path('secret')))[1]).toBe('SecretsLocked');
  const stdin = await cli.run(['--home', home, ...open, ...set, '--stdin'], { input: 'from-stdin' });
  expect(stdin.stdout).toContain('password');
});

it('makes, copies, counts and removes', async () => {
  expect((await failed('integration', 'set', 'nothing', 'url', 'x')).slice(0, 2)).toEqual([3, 'NotFound']);
  await data('integration', 'set', 'mm', '--create', '--type', 'mattermost', '--name', 'Chat');
  await data('integration', 'duplicate', 'mm', 'mm-two');
  expect(await data('integration', 'counts')).toMatchObject({
    types: expect.arrayContaining([expect.objectContaining({ type: 'mattermost', total: 2, enabled: 0 })]) as unknown,
  });
  await data('integration', 'remove', 'mm-two');
  expect((await failed('integration', 'show', 'mm-two'))[0]).toBe(3);
  expect((await run('integration', 'types')).stdout).toContain('mattermost');
});

it('tests one, keeps the result and shows it (D48)', async () => {
  const server = createServer((_, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await data('integration', 'set', 'misp', 'url', `http://127.0.0.1:${String(port)}`);
  const tested = await run(...open, 'integration', 'test', 'misp');
  expect([tested.code, tested.stdout]).toMatchObject([0, expect.stringContaining('works as far as it was tried')]);
  expect(await data('integration', 'show', 'misp')).toMatchObject({ lastTest: { ok: true, outdated: false } });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await data(...open, 'integration', 'test', 'misp')).toMatchObject({ ok: false, unsaved: false });
  expect((await run('integration', 'show', 'misp')).stdout).toContain('nothing listens there');
});
