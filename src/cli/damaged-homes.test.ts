/**
 * F6: damaged homes at start, through the real terminal program: `status` and `doctor` answer with a usable state or a
 * typed error and its exit code (docs/cli.md), within seconds, and not one file is changed.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realFs } from '../core/store/fs.ts';
import { openStore } from '../core/store/open.ts';
import { openCliProgram, type CliProgram } from './testing/cli-program.ts';
import { damageKinds } from './testing/damaged-homes.ts';

const exitCodes: Record<string, number> = {
  NotFound: 3,
  StoreLocked: 4,
  StoreDamaged: 6,
  StoreFromNewerApp: 6,
  Unreadable: 7,
  ReadOnly: 7,
};
const long = process.env['HOLDFAST_LONG'] !== undefined;
/** Far more than a start takes: it only has to end. */
const endsWithinMs = 100_000;

let cli: CliProgram;
let good: string;

beforeAll(async () => {
  cli = await openCliProgram();
  const pass = cli.path('pass');
  writeFileSync(pass, 'correct horse battery staple\n', { mode: 0o600 });
  good = cli.home();
  expect((await cli.run(['--home', good, 'migrate', '--passphrase-file', pass])).code).toBe(0);
  const opened = await openStore({
    dir: join(good, '.holdfast'),
    mode: 'owner',
    create: false,
    fs: realFs,
    now: () => '2026-03-01T09:00:00.000Z',
    newId: () => 'unused',
    flush: 'sync',
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  expect(await opened.data.checkpoint()).toEqual({ ok: true, data: undefined });
  await opened.data.close();
  for (const theme of ['light', 'dark'])
    expect((await cli.run(['--home', good, 'config', 'set', 'general.theme', theme])).code).toBe(0);
});
afterAll(() => cli.remove());

/** Names, kinds, rights and contents of everything; nothing is opened that would wait. */
const snapshot = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const path = join(dir, name);
      const stat = lstatSync(path);
      const content = stat.isFile()
        ? createHash('sha256').update(readFileSync(path)).digest('hex')
        : stat.isSymbolicLink()
          ? readlinkSync(path)
          : '';
      return `${name} ${stat.mode.toString(8)} ${String(stat.mtimeMs)} ${content}`;
    });

type Document = {
  ok: boolean;
  data?: { state: string; notices: { id: string }[] };
  error?: { type: string; message: string };
};

const ask = (home: string, command: string): Promise<{ code: number | null; document: Document }> => {
  const { file, args, env } = cli.command(['--home', home, '--json', command]);
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      { env, timeout: endsWithinMs, killSignal: 'SIGKILL', maxBuffer: 1 << 26 },
      (_error, stdout, stderr) => {
        if (child.signalCode !== null) reject(new Error(`${command} did not end`));
        else if (!stdout.startsWith('{')) reject(new Error(`${command} printed no document: ${stderr}`));
        else resolve({ code: child.exitCode, document: JSON.parse(stdout) as Document });
      },
    );
  });
};

const answerOf = ({ data, error }: Document): string => error?.type ?? data?.state ?? 'nothing';

test('there are 40 kinds and more, each once', () => {
  expect(new Set(damageKinds.map(({ name }) => name)).size).toBe(damageKinds.length);
  expect(damageKinds.length).toBeGreaterThanOrEqual(40);
});

test('the good home is one', async () => {
  const { code, document } = await ask(good, 'status');
  expect({ code, answer: answerOf(document) }).toEqual({ code: 0, answer: 'CONFIGURED' });
});

/** The doctor looks at every third in `npm test`, at all in `npm run test:long`. */
const cases = damageKinds.map((kind, index) => ({ ...kind, withDoctor: long || index % 3 === 0 }));

test.each(cases)('$name: $status', async ({ name, damage, status: expected, notice, withDoctor }) => {
  const home = cli.path(name.replaceAll(/[^a-z]/gu, '-'));
  cpSync(good, home, { recursive: true, preserveTimestamps: true });
  damage(home);
  const before = snapshot(home);
  const [status, doctor] = await Promise.all([ask(home, 'status'), withDoctor ? ask(home, 'doctor') : null]);
  expect(snapshot(home)).toEqual(before);
  expect({ code: status.code, answer: answerOf(status.document) }).toEqual({
    code: exitCodes[expected] ?? 0,
    answer: expected,
  });
  const { error, data } = status.document;
  // A sentence that a person can go on from.
  if (error !== undefined) expect(error.message).toMatch(/.{20,}\.$/u);
  if (notice !== undefined)
    expect(data?.notices.map(({ id }) => id)).toContainEqual(expect.stringContaining(notice) as string);
  // The doctor either looks at it, or ends with a typed error of its own; never with a bug.
  expect(doctor?.document.error?.type).not.toBe('Unexpected');
  expect(doctor === null || doctor.code === 0 || doctor.document.error !== undefined).toBe(true);
  rmSync(home, { recursive: true });
});

test('what a start that repairs would do is noticed', async () => {
  const home = cli.path('repaired');
  cpSync(good, home, { recursive: true, preserveTimestamps: true });
  const kind = damageKinds.find(({ name }) => name === 'journal with an unfinished save');
  kind?.damage(home);
  const before = snapshot(home);
  // A save is what cuts an unfinished end.
  expect((await cli.run(['--home', home, 'config', 'set', 'general.theme', 'light'])).code).toBe(0);
  expect(snapshot(home)).not.toEqual(before);
  expect(answerOf((await ask(home, 'status')).document)).toBe('CONFIGURED');
});
