/**
 * No secret in clear: a whole life of a home (migration, changes, reveal, wrong keys, backup, restore, undo, errors) through
 * the terminal, then every byte under `.holdfast/`, in Holdfast's own folder and in everything printed is searched for the
 * secrets in seven encodings. The legacy files hold them in clear until their owner retires them.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCanaries, findCanariesIn } from '../core/secrets/testing/canary.ts';
import { openCliProgram, type CliProgram } from './testing/cli-program.ts';

let cli: CliProgram;
const printed: string[] = [];

const canaries = [
  'sk-fake-claude-3b7d',
  'AKIAFAKEFAKEFAKEFAKE',
  'fake/aws+secret=with#hash',
  'ghp_fake0000000000000000000000000000',
  'postgresql://deeptempo:fakepw@localhost:5432/deeptempo_soc',
  'vt-fake-1f6c0a55',
  'splunk-fake-#pass word',
  'misp-fake-77aa',
  'jira-fake-0001',
  'xoxb-fake-000000-slack',
  'canary-set-by-stdin-9c41',
  'canary-äöü-\u{1f511}-unicode',
  'canary-ignored-line-77f0',
  'canary-in-an-unknown-integration',
  'correct horse battery staple',
  'canary-second-passphrase-0d3e',
];

beforeAll(async () => {
  cli = await openCliProgram();
});

afterAll(() => cli.remove());

test('nothing written or printed in a whole life of a home holds a secret', async () => {
  const home = cli.home();
  const pass = cli.path('pass');
  writeFileSync(pass, 'correct horse battery staple\n', { mode: 0o600 });
  writeFileSync(cli.path('wrong'), 'no such passphrase\n');
  writeFileSync(
    join(home, '.env'),
    `CLAUDE_API_KEY=sk-fake-claude-3b7d\nAWS_ACCESS_KEY_ID=AKIAFAKEFAKEFAKEFAKE\nAWS_SECRET_ACCESS_KEY="fake/aws+secret=with#hash"\nGITHUB_TOKEN=ghp_fake0000000000000000000000000000\nPOSTGRESQL_CONNECTION_STRING='postgresql://deeptempo:fakepw@localhost:5432/deeptempo_soc'\nVIRUSTOTAL_API_KEY=vt-fake-1f6c0a55\nthis line has no sign canary-ignored-line-77f0\n`,
  );
  const run = async (args: string[], input?: string) => {
    const result = await cli.run(['--home', home, ...args], input === undefined ? {} : { input });
    printed.push(result.stdout, result.stderr);
    return result.code;
  };
  const withKey = ['--passphrase-file', pass];
  expect(await run(['migrate', '--dry-run'])).toBe(0);
  expect(await run(['migrate', '--dry-run', '--json'])).toBe(0);
  expect(await run(['migrate', ...withKey])).toBe(0);
  expect(await run(['config', 'set', 'env.GITHUB_TOKEN', '--stdin', ...withKey], 'canary-set-by-stdin-9c41')).toBe(0);
  expect(
    await run(['config', 'set', 'env.CLAUDE_API_KEY', '--stdin', ...withKey], 'canary-äöü-\u{1f511}-unicode'),
  ).toBe(0);
  expect(await run(['config', 'set', 'env.GITHUB_TOKEN', '--stdin', '--passphrase-file', cli.path('wrong')], 'x')).toBe(
    2,
  );
  expect(await run(['config', 'set', 'env.GITHUB_TOKEN', '--stdin'], 'x')).toBe(5);
  expect(await run(['config', 'undo', ...withKey])).toBe(0);
  for (const args of [
    ['status'],
    ['config', 'show'],
    ['config', 'get', 'env'],
    ['config', 'history', 'env.GITHUB_TOKEN'],
    ['config', 'explain', 'env.GITHUB_TOKEN'],
    ['audit', 'list'],
    ['audit', 'verify'],
    ['integration', 'list'],
    ['integration', 'show', 'splunk'],
    ['migrate', 'ledger'],
    ['doctor'],
    ['backup', 'list'],
    ['secret', 'status'],
    ['secret', 'hygiene', '--all'],
    ['--dry-run', 'run', '--', 'anything'],
    ['schema', 'current'],
  ]) {
    // JSON holds all that the tables show, and more.
    expect([args, await run([...args, '--json'])]).toEqual([args, 0]);
  }
  expect(await run(['secret', 'hygiene', '--all', '--json', ...withKey])).toBe(0);
  expect(await run(['secret', 'rotate', '--json', ...withKey])).toBe(0);
  writeFileSync(cli.path('more'), 'canary-second-passphrase-0d3e\n', { mode: 0o600 });
  const more = ['--new-passphrase-file', cli.path('more')];
  expect(await run(['secret', 'add-slot', 'passphrase', ...more, '--json', ...withKey])).toBe(0);
  // The secrets are in the command's environment, and nowhere else: also when it ends badly or cannot be started.
  expect(await run(['run', ...withKey, '--', process.execPath, '-e', 'process.exit(3)'])).toBe(3);
  expect(await run(['run', ...withKey, '--', cli.path('no-such-program')])).toBe(3);
  expect(await run(['backup', 'create', ...withKey])).toBe(0);
  // What is made to leave the home: in clear nothing of a secret, under a passphrase nothing that could be read.
  const shared = ['plain.json', 'sealed.json', 'support.json'].map((name) => cli.path(name));
  const [plain = '', sealed = '', support = ''] = shared;
  expect(await run(['bundle', 'export', plain, '--json', ...withKey])).toBe(0);
  expect(await run(['bundle', 'export', sealed, '--include-secrets', '--json', ...withKey])).toBe(0);
  expect(await run(['bundle', 'show', sealed, '--json'])).toBe(0);
  expect(await run(['bundle', 'import', sealed, '--replace', '--yes', '--json', ...withKey])).toBe(0);
  expect(await run(['template', 'save', 'all', '--json', ...withKey])).toBe(0);
  expect(await run(['template', 'apply', 'all', '--json', ...withKey])).toBe(0);
  expect(await run(['support-bundle', support, '--json', ...withKey])).toBe(0);
  for (const file of shared) expect(findCanariesIn(file, readFileSync(file), canaries)).toEqual([]);
  expect(await run(['migrate', ...withKey])).toBe(0);
  // The one place where a secret may come out is a reveal that was asked for.
  const revealed = await cli.run(['--home', home, 'config', 'get', 'env.GITHUB_TOKEN', '--reveal', ...withKey]);
  expect(revealed.stdout).toContain('canary-set-by-stdin-9c41');

  expect(findCanaries(join(home, '.holdfast'), canaries)).toEqual([]);
  // What a terminal run leaves in Holdfast's own folder (audit heads) holds none either.
  expect(existsSync(cli.path('config')) ? findCanaries(cli.path('config'), canaries) : []).toEqual([]);
  expect(findCanariesIn('printed', Buffer.from(printed.join('\n')), canaries)).toEqual([]);
}, 600_000);

test('the search would find them', () => {
  const home = cli.home();
  expect(findCanaries(home, ['sk-fake-claude-3b7d']).map((hit) => hit.encoding)).toContain('utf8');
});
