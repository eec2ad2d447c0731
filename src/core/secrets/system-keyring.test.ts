/** The child process that asks the system's keyring, and once a real Secret Service where one is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askChild, keyringProgram, systemKeyring } from './system-keyring.ts';

const request = { act: 'get', account: 'nobody' } as const;
const ask = (program: string, limitMs = 30_000) => askChild(request, { program, args: [], limitMs });

describe('the child that asks the keyring', () => {
  it('is ended when it stays silent', async () => {
    expect(await ask('setInterval(() => {}, 1000)', 300)).toEqual({ state: 'slow' });
  });

  it('what it says is not believed without looking', async () => {
    for (const program of [
      'process.exit(3)',
      'process.stdout.write("not JSON")',
      'process.stdout.write("null")',
      'process.stdout.write(JSON.stringify({ state: "found", value: 7 }))',
      'process.stdout.write("x".repeat(100000))',
      'throw new Error("native part missing")',
    ])
      expect(await ask(program)).toEqual({ state: 'unavailable' });
    expect(await ask('process.stdout.write(JSON.stringify({ state: "missing" }))')).toEqual({ state: 'missing' });
  });

  it('gets the value through its stdin, not where other programs could read it', async () => {
    const program = `
      let text = '';
      process.stdin.on('data', (part) => { text += part; });
      process.stdin.on('end', () => {
        const { value } = JSON.parse(text);
        const seen = process.argv.join(' ').includes(value) || JSON.stringify(process.env).includes(value);
        process.stdout.write(JSON.stringify({ state: 'found', value: seen ? 'seen' : 'hidden' }));
      });`;
    const canary = 'canary-for-the-keyring-51f0';
    const answer = await askChild({ act: 'set', account: 'a', value: canary }, { program, args: [], limitMs: 30_000 });
    expect(answer).toEqual({ state: 'found', value: 'hidden' });
  });

  it('says that the keyring is of no use where its module cannot be loaded', async () => {
    const answer = await askChild(request, { program: keyringProgram, args: ['/no/such/module'], limitMs: 30_000 });
    expect(answer).toEqual({ state: 'unavailable' });
  });
});

const installed = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;
const missing = ['dbus-run-session', 'gnome-keyring-daemon'].filter((program) => !installed(program));
const skipReason =
  process.platform === 'linux' && missing.length === 0
    ? null
    : `no real Secret Service: ${process.platform === 'linux' ? missing.join(' and ') : 'only asked on Linux'} not installed`;
if (skipReason !== null) console.warn(`SKIPPED: ${skipReason}`);

describe.skipIf(skipReason !== null)('a real Secret Service', () => {
  it('keeps what it was given, under a session and a home of its own', () => {
    const home = mkdtempSync(join(tmpdir(), 'holdfast-keyring-'));
    const script = `
      const { spawnSync } = require('node:child_process');
      const [program, module] = process.argv.slice(1);
      const ask = (request) => {
        const run = spawnSync(process.execPath, ['-e', program, module], { input: JSON.stringify(request), timeout: 10000 });
        return JSON.parse(String(run.stdout) || '{"state":"unavailable"}');
      };
      process.stdout.write(JSON.stringify([
        ask({ act: 'get', account: 'one' }),
        ask({ act: 'set', account: 'one', value: 'kept-value' }),
        ask({ act: 'get', account: 'one' }),
        ask({ act: 'get', account: 'two' }),
      ]));`;
    const unlocked = `printf 'pw\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" "$@"`;
    const module = createRequire(import.meta.url).resolve('@napi-rs/keyring');
    const run = spawnSync(
      'dbus-run-session',
      ['--', 'sh', '-c', unlocked, process.execPath, '-e', script, keyringProgram, module],
      { env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home }, timeout: 60_000 },
    );
    rmSync(home, { recursive: true, force: true });
    expect(JSON.parse(String(run.stdout))).toEqual([
      { state: 'missing' },
      { state: 'found', value: 'kept-value' },
      { state: 'found', value: 'kept-value' },
      { state: 'missing' },
    ]);
  });
});

it('without any service it answers, and does not wait', async () => {
  expect(['unavailable', 'missing', 'slow']).toContain((await systemKeyring.get('holdfast-test-no-such-home')).state);
});
