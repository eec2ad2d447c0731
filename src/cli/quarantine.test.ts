/** `migrate quarantine` and `migrate map` as a script sees them, through the built program. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCliProgram, type CliProgram } from './testing/cli-program.ts';

let cli: CliProgram;
let home = '';
let pass: string[] = [];
const place = ['integrations_config.json', 'enabled_integrations[3]'] as const;

const ask = async (...args: string[]) => {
  const { code, document } = await cli.json(['--home', home, ...args, ...pass]);
  return { code, document: document as { ok: boolean; data?: unknown; error?: { type: string } } };
};

beforeAll(async () => {
  cli = await openCliProgram();
  writeFileSync(cli.path('pass'), 'correct horse\n', { mode: 0o600 });
  pass = ['--passphrase-file', cli.path('pass')];
  home = cli.home();
  expect((await ask('migrate')).code).toBe(0);
});
afterAll(() => {
  cli.remove();
});

it('lists places and reasons, reveals one text, maps it, and takes that back', async () => {
  const [file, path] = place;
  const entry = { file, path, line: 2, sizeBytes: 8, state: 'open', target: null };
  expect((await ask('migrate', 'quarantine')).document).toMatchObject({ ok: true, data: { entries: [entry] } });
  expect((await ask('migrate', 'quarantine', '--file', file, '--reveal', path)).document.data).toEqual({
    file,
    path,
    raw: '"shodan"',
  });
  const dry = await ask('migrate', 'map', ...place, 'own.wanted', '--dry-run');
  expect(dry.document.data).toMatchObject({ dryRun: true, changeSet: null, change: { new: 'shodan' } });
  const done = await ask('migrate', 'map', ...place, 'own.wanted', '--reason', 'asked for');
  expect(done.document.data).toMatchObject({ dryRun: false, change: { key: 'own.wanted', action: 'create' } });
  const people = await cli.run(['--home', home, 'migrate', 'quarantine']);
  expect(people.stdout).toContain('mapped to own.wanted');
  expect((await ask('config', 'undo')).code).toBe(0);
  expect((await ask('migrate', 'map', ...place, '--leave')).code).toBe(0);
  const left = { entries: [{ ...entry, state: 'left' }] };
  expect((await ask('migrate', 'quarantine')).document.data).toMatchObject(left);
});

it('ends with the codes of its mistakes', async () => {
  const [file, path] = place;
  const codes = [
    await ask('migrate', 'map', ...place),
    await ask('migrate', 'map', ...place, 'a.key', '--leave'),
    await ask('migrate', 'map', ...place, 'a.key', '--secret', '--plain'),
    await ask('migrate', 'quarantine', '--reveal', path),
    await ask('migrate', 'map', file, path, 'a.key', '--line', 'two'),
    await ask('migrate', 'map', file, 'nothing.here', 'a.key'),
    await ask('migrate', 'map', ...place, 'general.theme'),
  ].map(({ code }) => code);
  expect(codes).toEqual([1, 1, 1, 1, 2, 3, 2]);
});
