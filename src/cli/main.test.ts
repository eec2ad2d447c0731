import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, usageMessage, withDefaultCommand } from './main.ts';
import type { Globals } from './outcome.ts';
import { createProgram, leafCommands } from './program.ts';
import type { World } from './session.ts';

const dir = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));

/** Parses only: the globals that a command would see. */
const parse = async (argv: string[]): Promise<Globals> => {
  let seen: Globals = {};
  const program = createProgram(() => {
    seen = program.opts();
    return Promise.resolve();
  }, '1.2.3');
  await program.parseAsync(argv, { from: 'user' });
  return seen;
};

/** Runs words that never get as far as opening a home. */
const run = async (argv: string[]) => {
  const out: string[] = [];
  const err: string[] = [];
  const ask = () => Promise.resolve(null);
  const world: World = {
    io: {
      env: { HOLDFAST_CONFIG_DIR: dir },
      cwd: dir,
      userName: 'ann',
      width: Number.POSITIVE_INFINITY,
      terminal: false,
      interactive: false,
      strong: (text) => text,
      faint: (text) => text,
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      progress: () => undefined,
      readStdin: () => new Uint8Array(),
      prompts: { secret: ask, text: ask, confirm: () => Promise.resolve(false), select: ask },
    },
    clock: { now: () => '2026-01-01T00:00:00.000Z', newId: () => 'id' },
    rootDir: dir,
    resourcesDir: dir,
    openApp: () => Promise.reject(new Error('opened')),
    exit: () => undefined,
    onInterrupt: () => () => undefined,
  };
  return { code: await runCli(argv, world, '1.2.3'), out: out.join('\n'), err: err.join('\n') };
};

describe('the command tree', () => {
  it('takes the global options before and after the command', async () => {
    const all = [
      '--home',
      '/h',
      '--json',
      '--user',
      'ann',
      '--dry-run',
      '--reason',
      'why',
      '--yes',
      '--passphrase-file',
      'p',
    ];
    const seen: Globals = {
      home: '/h',
      json: true,
      user: 'ann',
      dryRun: true,
      reason: 'why',
      yes: true,
      passphraseFile: 'p',
    };
    expect([
      await parse([...all, 'config', 'undo']),
      await parse(['config', 'undo', ...all]),
      await parse(['config', ...all, 'undo']),
      await parse(['config', 'set', ...all, 'a.b', 'v', '--create']),
    ]).toEqual([seen, seen, seen, seen]);
  });

  it('holds every command that is built, and only those', () => {
    const program = createProgram(() => Promise.resolve(), '1.2.3');
    expect(leafCommands(program).map(({ words }) => words.join(' '))).toEqual([
      'open',
      'serve',
      'status',
      'setup',
      'migrate',
      'migrate ledger',
      'migrate runs',
      'migrate proof',
      'migrate rollback',
      'migrate retire',
      'migrate quarantine',
      'migrate map',
      'migrate drift',
      'mirror list',
      'mirror on',
      'mirror off',
      'mirror repair',
      'config show',
      'config get',
      'config explain',
      'config search',
      'config history',
      'config at',
      'config diff',
      'config set',
      'config apply',
      'config unset',
      'config reset',
      'config lock',
      'config unlock',
      'config undo',
      'config redo',
      'config revert',
      'config pick',
      'config undelete',
      'config version list',
      'config version name',
      'config version unname',
      'config trial list',
      'config trial keep',
      'config trial end',
      'integration list',
      'integration show',
      'integration types',
      'integration counts',
      'integration test',
      'integration set',
      'integration unset',
      'integration enable',
      'integration disable',
      'integration duplicate',
      'integration remove',
      'user list',
      'user show',
      'user whoami',
      'user add',
      'user update',
      'user set-role',
      'user disable',
      'user enable',
      'user remove',
      'user override',
      'record collections',
      'record list',
      'record get',
      'record put',
      'record delete',
      'record expire',
      'metric add',
      'metric list',
      'metric stats',
      'metric prune',
      'audit list',
      'audit verify',
      'audit outside',
      'audit export',
      'audit retention',
      'audit prune',
      'backup create',
      'backup list',
      'backup verify',
      'backup restore',
      'backup policy',
      'backup rehearse',
      'backup prune',
      'backup undo-restore',
      'bundle export',
      'bundle import',
      'bundle show',
      'template list',
      'template save',
      'template apply',
      'template remove',
      'secret status',
      'secret unlock',
      'secret lock',
      'secret add-slot',
      'secret remove-slot',
      'secret rotate',
      'secret hygiene',
      'secret reset',
      'secret confirm-recovery',
      'run',
      'schema current',
      'schema list',
      'schema upgrade',
      'schema downgrade',
      'schema stamp',
      'schema verify',
      'definition list',
      'definition show',
      'definition check',
      'definition infer',
      'definition save',
      'doctor',
      'support-bundle',
      'recovery list',
      'recovery open',
      'recovery reopen',
      'home leave',
      'completion',
    ]);
  });

  it('puts open in where no command is named', () => {
    const words = (argv: string[]) =>
      withDefaultCommand(
        createProgram(() => Promise.resolve(), '1.2.3'),
        argv,
      );
    expect([words([]), words(['--home', 'x']), words(['--json', 'status']), words(['--help'])]).toEqual([
      ['open'],
      ['open', '--home', 'x'],
      ['--json', 'status'],
      ['--help'],
    ]);
  });
});

describe('usage errors', () => {
  it('end with 1 and say what was wrong', async () => {
    const told = async (...argv: string[]) => {
      const { code, out, err } = await run(argv);
      return { code, out, first: err.split('\n')[0] };
    };
    expect([
      await told('bogus'),
      await told('frobnicate', 'bash'),
      await told('config', 'bogus', 'x'),
      await told('status', '--bogus'),
      await told('config', 'get'),
      await told('config', 'get', 'a', 'b'),
      await told('status', '--home'),
    ]).toEqual([
      { code: 1, out: '', first: "holdfast: Unknown command 'bogus'." },
      { code: 1, out: '', first: "holdfast: Unknown command 'frobnicate'." },
      { code: 1, out: '', first: "holdfast: Unknown command 'bogus'." },
      { code: 1, out: '', first: "holdfast: Unknown option '--bogus'." },
      { code: 1, out: '', first: "holdfast: Missing required argument 'key'." },
      { code: 1, out: '', first: "holdfast: Too many arguments for 'get'. Expected 1 argument but got 2." },
      { code: 1, out: '', first: "holdfast: Option '--home <dir>' argument missing." },
    ]);
  });

  it('are one document with --json, wherever it stands', async () => {
    const document = async (...argv: string[]) => {
      const { code, out } = await run(argv);
      return { code, data: JSON.parse(out) as unknown };
    };
    const unknown = { code: 1, data: { ok: false, error: { type: 'Usage', message: "Unknown command 'bogus'." } } };
    expect([await document('--json', 'bogus'), await document('bogus', '--json')]).toEqual([unknown, unknown]);
    expect(await document('--json', 'config')).toEqual({
      code: 1,
      data: { ok: false, error: { type: 'Usage', message: 'This needs a command after it.' } },
    });
    expect(await document('--version', '--json')).toEqual({ code: 0, data: { ok: true, data: { version: '1.2.3' } } });
    const help = await document('config', 'set', '--help', '--json');
    expect([help.code, Object.keys((help.data as { data: object }).data)]).toEqual([0, ['help']]);
  });

  it('never repeat what stood behind an equals sign', () => {
    expect(usageMessage("error: unknown option '--pass=hunter2'")).toBe("Unknown option '--pass'.");
  });

  it('show the help of a group that was named alone', async () => {
    const { code, out, err } = await run(['config']);
    expect([code, out, err.includes('history'), err.includes('holdfast: This needs a command after it.')]).toEqual([
      1,
      '',
      true,
      true,
    ]);
  });
});

describe('a bug', () => {
  it('ends with 9, and its message stays out of sight', async () => {
    const { code, out, err } = await run(['--json', '--home', dir, 'status']);
    expect({ code, document: JSON.parse(out) as unknown, err }).toEqual({
      code: 9,
      document: {
        ok: false,
        error: {
          type: 'Unexpected',
          message: 'Something went wrong inside Holdfast. The details are in its log under id.',
          logId: 'id',
        },
      },
      err: 'holdfast: Something went wrong inside Holdfast. The details are in its log under id.',
    });
  });
});

describe('which home', () => {
  it('is not found when the folder is not there, and is not a file', async () => {
    const missing = await run(['--json', '--home', join(dir, 'none'), 'status']);
    const file = await run(['--json', '--home', new URL(import.meta.url).pathname, 'status']);
    expect([missing.code, (JSON.parse(missing.out) as { error: unknown }).error, file.code]).toEqual([
      3,
      { type: 'NotFound', message: `There is no home "${join(dir, 'none')}".`, what: 'home', name: join(dir, 'none') },
      2,
    ]);
  });
});
