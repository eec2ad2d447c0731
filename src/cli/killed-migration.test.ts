/**
 * A migration killed at any moment is before or after, never between: the next start finds either nothing taken over or
 * everything, the legacy files as they were, and running it again completes it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Output } from '../contract/commands.ts';
import { openCliProgram, type CliProgram } from './testing/cli-program.ts';

const kills = process.env['HOLDFAST_LONG'] === undefined ? 10 : 100;
let cli: CliProgram;
let pass: string;

beforeAll(async () => {
  cli = await openCliProgram();
  pass = cli.path('pass');
  writeFileSync(pass, 'correct horse battery staple\n', { mode: 0o600 });
});

afterAll(() => cli.remove());

const legacyFiles = (home: string): string[] =>
  readdirSync(home)
    .filter((name) => /^(\.env|.*\.json)$/u.test(name))
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(home, name)))
          .digest('hex')}`,
    );

const start = (home: string) => {
  const { file, args, env } = cli.command(['--home', home, 'migrate', '--passphrase-file', pass]);
  const child = spawn(file, args, { env, stdio: 'ignore' });
  return { child, ended: new Promise<void>((done) => child.once('close', () => done())) };
};

type Answer<T> = { ok: boolean; data: T };
const ask = async <T>(home: string, ...args: string[]): Promise<T> =>
  ((await cli.json(['--home', home, ...args])).document as Answer<T>).data;
const countsOf = async (home: string) => (await ask<Output<'home.status'>>(home, 'status')).counts;

test(`${String(kills)} kills, spread over the whole run`, async () => {
  const whole = cli.home();
  const startedAt = Date.now();
  await start(whole).ended;
  const durationMs = Date.now() - startedAt;
  const complete = await countsOf(whole);
  expect(complete).toMatchObject({ settings: 20, integrations: 5 });
  const seen = new Set<string>();
  for (let i = 0; i < kills; i += 1) {
    const home = cli.home();
    const files = legacyFiles(home);
    const run = start(home);
    // Where it is killed differs from machine to machine; that every place is survived does not.
    const timer = setTimeout(() => run.child.kill('SIGKILL'), (durationMs * (i + 0.5)) / kills);
    await run.ended;
    clearTimeout(timer);
    const { settings, secrets, integrations } = await countsOf(home);
    const state = settings === 0 ? 'before' : 'after';
    seen.add(state);
    expect({ settings, secrets, integrations }).toEqual(
      state === 'before'
        ? { settings: 0, secrets: 0, integrations: 0 }
        : { settings: 20, secrets: complete.secrets, integrations: 5 },
    );
    expect(legacyFiles(home)).toEqual(files);
    const again = await cli.json(['--home', home, 'migrate', '--passphrase-file', pass]);
    expect(again.code).toBe(0);
    expect(await countsOf(home)).toMatchObject({ settings: 20, secrets: complete.secrets, integrations: 5 });
    expect(await ask<Output<'audit.verify'>>(home, 'audit', 'verify')).toMatchObject({ ok: true });
  }
  expect(seen.has('before')).toBe(true);
}, 900_000);
