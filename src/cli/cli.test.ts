/** The built terminal door as a process of its own, on copies of the sample home: what scripts and people get. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output, CommandName } from '../contract/commands.ts';
import { listing, openCliProgram, type CliProgram } from './testing/cli-program.ts';

let cli: CliProgram;
beforeAll(async () => {
  cli = await openCliProgram();
  writeFileSync(cli.path('pass'), 'correct horse\n', { mode: 0o600 });
  writeFileSync(cli.path('wrong'), 'battery staple\n', { mode: 0o600 });
});
afterAll(() => {
  cli.remove();
});

/** Every secret of the sample home. */
const secrets = [
  'vt-fake-1f6c0a55',
  'splunk-fake-#pass word',
  'misp-fake-77aa',
  'jira-fake-0001',
  'xoxb-fake-000000-slack',
  'sk-fake-claude-3b7d',
  'AKIAFAKEFAKEFAKEFAKE',
  'fake/aws+secret=with#hash',
  'ghp_fake0000000000000000000000000000',
  'fakepw',
];

type Failed = { type: string; message: string; [member: string]: unknown };

/** Runs a command that must work and gives its data. */
const data = async <N extends CommandName>(home: string, ...args: string[]): Promise<Output<N>> => {
  const { code, document } = await cli.json(['--home', home, ...args]);
  const result = document as { ok: boolean; data: Output<N>; error?: Failed };
  if (code !== 0 || !result.ok)
    throw new Error(`${args.join(' ')} ended with ${String(code)}: ${JSON.stringify(result.error)}`);
  return result.data;
};

/** Runs a command that must fail and gives exit code and error. */
const failed = async (home: string, ...args: string[]): Promise<{ code: number | null; error: Failed }> => {
  const { code, document } = await cli.json(['--home', home, ...args]);
  const result = document as { ok: boolean; error: Failed };
  expect(result.ok).toBe(false);
  expect(result.error.message.length).toBeGreaterThan(10);
  return { code, error: result.error };
};

/** Migrated once, copied often. */
let template = '';
const migrated = async (): Promise<string> => {
  if (template === '') {
    template = cli.home();
    await data(template, 'migrate', '--passphrase-file', cli.path('pass'));
  }
  return cli.home(template);
};

describe('before there is a store', () => {
  it('status and every dry run create nothing and tell no secret', async () => {
    const home = cli.home();
    const before = listing(home);
    const status = await data<'home.status'>(home, 'status');
    expect([status.state, status.home, status.store]).toEqual(['NO_DATABASE', home, null]);
    const plan = await data<'migration.plan'>(home, 'migrate', '--dry-run');
    const setup = await cli.json(['--home', home, 'setup', '--dry-run']);
    const people = await cli.run(['--home', home, 'migrate', '--dry-run']);
    expect([plan.definition, plan.runId, setup.code, people.code]).toEqual(['deeptempo', null, 0, 0]);
    const told = JSON.stringify([plan, setup]) + people.stdout + people.stderr;
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
    expect([listing(home), existsSync(cli.path('config'))]).toEqual([before, false]);
  });

  it('people are told what lies here and what to type next', async () => {
    const { code, stdout, stderr } = await cli.run(['--home', cli.home(), 'status']);
    expect({
      code,
      stderr,
      application: /^Application {2,}DeepTempo/mu.test(stdout),
      next: stdout.trimEnd().split('\n').at(-1),
    }).toEqual({
      code: 0,
      stderr: '',
      application: true,
      next: 'Next: holdfast migrate --dry-run',
    });
  });

  it('needs keys to migrate, names the choices, and leaves nothing behind', async () => {
    const home = cli.home();
    const before = listing(home);
    const { code, error } = await failed(home, 'migrate');
    expect([code, error.type, Array.isArray(error['choices']), listing(home)]).toEqual([
      5,
      'SecretsLocked',
      true,
      before,
    ]);
  });

  it('answers everything else with NotFound', async () => {
    const home = cli.home();
    const ends = [];
    for (const args of [
      ['config', 'show'],
      ['config', 'set', 'general.theme', 'light'],
      ['audit', 'list'],
      ['backup', 'create'],
      ['schema', 'current'],
    ])
      ends.push((await failed(home, ...args)).code);
    expect([ends, existsSync(join(home, '.holdfast'))]).toEqual([[3, 3, 3, 3, 3], false]);
  });
});

describe('migrate', () => {
  it('takes the sample home over and never touches its files', async () => {
    const home = cli.home();
    const files = listing(home).filter((name) => statSync(join(home, name)).isFile());
    const before = files.map((name) => [
      name,
      readFileSync(join(home, name), 'latin1'),
      statSync(join(home, name)).mode,
    ]);
    const run = await data<'migration.run'>(home, 'migrate', '--passphrase-file', cli.path('pass'));
    expect([run.verification?.ok, run.backup?.sealed, run.totals.conflict]).toEqual([true, true, 0]);
    expect(
      files.map((name) => [name, readFileSync(join(home, name), 'latin1'), statSync(join(home, name)).mode]),
    ).toEqual(before);
    const status = await data<'home.status'>(home, 'status');
    expect([status.definition, status.migratedAt === null, status.drift]).toEqual(['deeptempo', false, []]);
    const ledger = await data<'migration.ledger'>(home, 'migrate', 'ledger', '--key', 'general');
    expect(
      ledger.entries.some((entry) => entry.target?.key === 'general.theme' && entry.file === 'general_config.json'),
    ).toBe(true);
  });

  it('writes a new recovery code to a file of its own, never into the answer', async () => {
    const home = cli.home();
    const out = cli.path('code');
    const { code, document, stderr } = await cli.json(['--home', home, 'migrate', '--recovery-code-out', out]);
    const recoveryCode = readFileSync(out, 'utf8').trim();
    expect([code, statSync(out).mode & 0o777, recoveryCode.length > 20]).toEqual([0, 0o600, true]);
    expect([JSON.stringify(document).includes(recoveryCode), stderr.includes(recoveryCode)]).toEqual([false, false]);
    const confirmed = await data<'secret.confirm-recovery'>(
      home,
      'secret',
      'confirm-recovery',
      '--recovery-code-file',
      out,
    );
    expect([confirmed, (await data<'secret.status'>(home, 'secret', 'status')).recoveryConfirmed]).toEqual([
      { confirmed: true },
      true,
    ]);
  });

  it('reserves that file first: neither an existing one nor a failure leaves a trace', async () => {
    const home = cli.home();
    const before = listing(home);
    writeFileSync(cli.path('taken'), 'mine');
    const taken = await failed(home, 'migrate', '--recovery-code-out', cli.path('taken'));
    const unknown = await failed(
      home,
      'migrate',
      '--definition',
      'nonsense',
      '--recovery-code-out',
      cli.path('unused'),
    );
    expect([taken.code, taken.error.type, unknown.code, existsSync(cli.path('unused'))]).toEqual([
      2,
      'InputInvalid',
      3,
      false,
    ]);
    expect([listing(home), readFileSync(cli.path('taken'), 'utf8')]).toEqual([before, 'mine']);
  });

  it('goes on beside a bad file, and fails when not one can be read', async () => {
    const home = cli.home();
    writeFileSync(join(home, 'theme_config.json'), '{"theme": "light",}');
    const some = await data<'migration.run'>(home, 'migrate', '--passphrase-file', cli.path('pass'));
    const bad = some.sources.find((source) => source.file === 'theme_config.json');
    expect([bad?.status, bad?.error?.line, bad?.error?.column]).toEqual(['unreadable', 1, 19]);
    const broken = cli.home();
    for (const name of readdirSync(broken).filter((one) => one.endsWith('.json') || one === '.env'))
      writeFileSync(join(broken, name), new Uint8Array([0x7b, 0xff, 0xfe]));
    const before = listing(broken);
    const none = await failed(broken, 'migrate', '--passphrase-file', cli.path('pass'));
    expect([none.code, none.error.type, listing(broken)]).toEqual([2, 'FileInvalid', before]);
  });

  it('stops at a conflict without a word on it, and takes the side it is told', async () => {
    const home = await migrated();
    const pass = ['--passphrase-file', cli.path('pass')];
    const theme = async () => (await data<'settings.get'>(home, 'config', 'get', 's3.region')).value;
    await data(home, 'config', 'set', 's3.region', 'us-east-1');
    const text = readFileSync(join(home, 's3_config.json'), 'utf8');
    writeFileSync(join(home, 's3_config.json'), text.replace('eu-central-1', 'eu-west-3'));
    const stopped = await failed(home, 'migrate', ...pass);
    const items = stopped.error['items'] as { file: string; key: string }[];
    expect([stopped.code, stopped.error.type, items.map(({ file, key }) => [file, key])]).toEqual([
      8,
      'Conflict',
      [['s3_config.json', 's3.region']],
    ]);
    expect(await theme()).toBe('us-east-1');
    await data(home, 'migrate', '--on-conflict', 'file', ...pass);
    expect(await theme()).toBe('eu-west-3');
    const unchanged = await data<'migration.run'>(home, 'migrate', ...pass);
    expect([unchanged.totals.create, unchanged.totals.update, unchanged.totals.conflict]).toEqual([0, 0, 0]);
  });
});

describe('config', () => {
  let home = '';
  beforeAll(async () => {
    home = await migrated();
  });

  it('reads values by their type and takes them back', async () => {
    const get = async (key: string) => (await data<'settings.get'>(home, 'config', 'get', key)).value;
    const set = await data<'settings.apply'>(
      home,
      'config',
      'set',
      'general.theme',
      'light',
      '--reason',
      'brighter',
      '--user',
      'ann',
    );
    expect(set.changes).toEqual([{ key: 'general.theme', action: 'update', old: 'dark', new: 'light', secret: false }]);
    await data(home, 'config', 'set', 'general.auto_start_sync', 'yes');
    expect([await get('general.theme'), await get('general.auto_start_sync')]).toEqual(['light', true]);
    await data(home, 'config', 'undo');
    expect(await get('general.auto_start_sync')).toBe(false);
    await data(home, 'config', 'redo');
    expect(await get('general.auto_start_sync')).toBe(true);
    const history = await data<'settings.history'>(home, 'config', 'history', 'general.theme');
    expect(
      history.versions.map(({ actor, source, old, new: now, reason }) => ({ actor, source, old, now, reason }))[0],
    ).toEqual({
      actor: 'ann',
      source: 'cli',
      old: 'dark',
      now: 'light',
      reason: 'brighter',
    });
    await data(home, 'config', 'unset', 'general.theme');
    expect((await data<'settings.get'>(home, 'config', 'get', 'general.theme')).source).toBe('default');
  });

  it('prints one value alone for scripts', async () => {
    const theme = await cli.run(['--home', home, 'config', 'get', 's3.region']);
    const secret = await cli.run(['--home', home, 'config', 'get', 'env.CLAUDE_API_KEY']);
    expect([theme, secret]).toEqual([
      { code: 0, stdout: 'eu-central-1\n', stderr: '' },
      { code: 0, stdout: 'secret, set\n', stderr: '' },
    ]);
  });

  it('never takes a secret as an argument', async () => {
    const before = await data<'settings.get'>(home, 'config', 'get', 'env.CLAUDE_API_KEY');
    const known = await failed(home, 'config', 'set', 'env.CLAUDE_API_KEY', 'sk-in-argv');
    const named = await failed(home, 'config', 'set', 'env.MY_OTHER_TOKEN', 'tok-in-argv', '--create');
    expect([known.code, known.error.type, named.code, named.error.type]).toEqual([
      2,
      'InputInvalid',
      2,
      'InputInvalid',
    ]);
    expect(JSON.stringify([known, named])).not.toContain('in-argv');
    expect(await data<'settings.get'>(home, 'config', 'get', 'env.CLAUDE_API_KEY')).toEqual(before);
  });

  it('takes it from stdin or a file, without the last line break, and reveals it to the owner only', async () => {
    const key = 'env.CLAUDE_API_KEY';
    const pass = ['--passphrase-file', cli.path('pass')];
    const locked = await cli.json(['--home', home, 'config', 'set', key, '--stdin'], { input: 'sk-new-1\n' });
    expect([locked.code, (locked.document as { error: Failed }).error.type]).toEqual([5, 'SecretsLocked']);
    const stdin = await cli.json(['--home', home, 'config', 'set', key, '--stdin', ...pass], { input: 'sk-new-1\n' });
    expect([stdin.code, JSON.stringify(stdin.document).includes('sk-new-1')]).toEqual([0, false]);
    expect((await data<'settings.get'>(home, 'config', 'get', key, '--reveal', ...pass)).value).toBe('sk-new-1');
    writeFileSync(cli.path('value'), 'sk-new-2');
    await data(home, 'config', 'set', key, '--from-file', cli.path('value'), ...pass);
    const revealed = await cli.run(['--home', home, 'config', 'get', key, '--reveal', ...pass]);
    expect(revealed).toEqual({ code: 0, stdout: 'sk-new-2\n', stderr: '' });
    const reveals = await data<'audit.list'>(home, 'audit', 'list', '--action', 'reveal', '--key', key);
    expect(reveals.changes.length).toBe(2);
  });

  it('says which values it cannot take', async () => {
    const ends = async (...args: string[]) => {
      const { code, error } = await failed(home, ...args);
      return [code, error.type];
    };
    expect([
      await ends('config', 'set', 'general.auto_start_sync', 'maybe'),
      await ends('config', 'set', 'general.theme', 'a', '--stdin'),
      await ends('config', 'set', 'general.theme', '{', '--json-value'),
      await ends('config', 'set', 'general.theme'),
      await ends('config', 'get', 'env.CLAUDE_API_KEY', '--reveal'),
      await ends('config', 'get', 'env.CLAUDE_API_KEY', '--reveal', '--passphrase-file', cli.path('wrong')),
      await ends('config', 'get', 'env.CLAUDE_API_KEY', '--passphrase-file', cli.path('no-such-file')),
      await ends('audit', 'list', '--limit', 'many'),
      await ends('integration', 'show', 'nothing'),
      await ends('backup', 'verify', 'nothing.age'),
      await ends('backup', 'restore', cli.path('pass')),
      await ends('config', 'bogus'),
    ]).toEqual([
      [2, 'SettingInvalid'],
      [1, 'Usage'],
      [2, 'InputInvalid'],
      [1, 'Usage'],
      [5, 'SecretsLocked'],
      [2, 'WrongKey'],
      [3, 'NotFound'],
      [2, 'InputInvalid'],
      [3, 'NotFound'],
      [3, 'NotFound'],
      [1, 'Usage'],
      [1, 'Usage'],
    ]);
    const unknown = await failed(home, 'config', 'get', 'general.thme');
    expect([unknown.code, unknown.error.type, unknown.error['nearest']]).toEqual([
      3,
      'SettingUnknown',
      expect.arrayContaining(['general.theme']),
    ]);
  });

  it('a dry run changes not a byte', async () => {
    const bytes = () =>
      listing(join(home, '.holdfast')).map((name) =>
        statSync(join(home, '.holdfast', name)).isFile()
          ? [name, readFileSync(join(home, '.holdfast', name), 'latin1')]
          : [name],
      );
    const before = bytes();
    const set = await data<'settings.apply'>(home, 'config', 'set', 's3.region', 'us-east-1', '--dry-run');
    await data(home, 'backup', 'create', '--dry-run');
    await data(home, 'config', 'unset', 's3.region', '--dry-run');
    expect([set.dryRun, set.changes.map((change) => change.new), bytes()]).toEqual([true, ['us-east-1'], before]);
  });

  it('lists integrations without their secrets', async () => {
    const enabled = await data<'integration.list'>(home, 'integration', 'list', '--enabled');
    expect(enabled.integrations.map((one) => one.id).toSorted()).toEqual(['misp', 'splunk', 'virustotal']);
    const splunk = await cli.run(['--home', home, 'integration', 'show', 'splunk']);
    expect([splunk.code, /password +secret, set/u.test(splunk.stdout), splunk.stdout.includes('splunk-fake')]).toEqual([
      0,
      true,
      false,
    ]);
  });

  it('keeps one chain of who did what', async () => {
    const verified = await data<'audit.verify'>(home, 'audit', 'verify');
    const ann = await data<'audit.list'>(home, 'audit', 'list', '--actor', 'ann', '--type', 'setting');
    const page = await data<'audit.list'>(home, 'audit', 'list', '--limit', '2');
    const next = await data<'audit.list'>(home, 'audit', 'list', '--limit', '2', '--after', String(page.next));
    const set = ann.changes[0]?.changeSet ?? '';
    const whole = await data<'audit.list'>(home, 'audit', 'list', '--change-set', set);
    expect(new Set(whole.changes.map((change) => change.changeSet))).toEqual(new Set([set]));
    expect([verified.ok, verified.firstBad, ann.changes.map((change) => change.key)]).toEqual([
      true,
      null,
      ['general.theme'],
    ]);
    expect(page.changes.length + next.changes.length).toBe(4);
    expect(Math.max(...next.changes.map((change) => change.id))).toBeLessThan(
      Math.min(...page.changes.map((change) => change.id)),
    );
  });

  it('the doctor and the schema answer', async () => {
    const doctor = await data<'doctor.run'>(home, 'doctor');
    const schema = await data<'schema.current'>(home, 'schema', 'current');
    expect([doctor.checks.map((check) => check.id), schema.upToDate]).toEqual([
      ['store', 'keys', 'backup', 'drift', 'outside', 'size', 'permissions', 'writable', 'quarantine'],
      true,
    ]);
  });
});

describe('backup', () => {
  it('makes, proves, restores and takes the restore back', async () => {
    const home = await migrated();
    const pass = ['--passphrase-file', cli.path('pass')];
    const made = await data<'backup.create'>(home, 'backup', 'create', ...pass);
    expect([made.sealed, made.provenAt === null, existsSync(join(home, made.path))]).toEqual([true, false, true]);
    const list = await data<'backup.list'>(home, 'backup', 'list');
    expect(list.backups.filter((one) => one.kind === 'store').map((one) => one.path)).toEqual([made.path]);
    const proof = await data<'backup.verify'>(home, 'backup', 'verify', made.path, ...pass);
    expect(proof.proven).toBe(true);
    await data(home, 'config', 'set', 'general.theme', 'light');
    const preview = await data<'backup.restore'>(home, 'backup', 'restore', made.path, '--dry-run', ...pass);
    expect([preview.dryRun, preview.totals.update, preview.changeSet]).toEqual([true, 1, null]);
    const unasked = await failed(home, 'backup', 'restore', made.path, ...pass);
    expect([unasked.code, unasked.error.type]).toEqual([1, 'Usage']);
    const restored = await data<'backup.restore'>(home, 'backup', 'restore', made.path, '--yes', ...pass);
    expect([restored.totals.update, restored.safetyBackup === null]).toEqual([1, false]);
    const theme = async () => (await data<'settings.get'>(home, 'config', 'get', 'general.theme')).value;
    expect(await theme()).toBe('dark');
    await data(home, 'backup', 'undo-restore', '--yes');
    expect(await theme()).toBe('light');
  });

  it('goes where it is told, under a passphrase of its own, and never over a file', async () => {
    const home = await migrated();
    writeFileSync(cli.path('own'), 'its own words\n');
    const out = cli.path('mine.age');
    await data(home, 'backup', 'create', '--output', out, '--backup-passphrase-file', cli.path('own'));
    expect(readFileSync(out, 'latin1').startsWith('age-encryption.org/v1')).toBe(true);
    const over = await failed(home, 'backup', 'create', '--output', out);
    expect([over.code, over.error.type]).toEqual([2, 'InputInvalid']);
    const proof = await data<'backup.verify'>(
      home,
      'backup',
      'verify',
      out,
      '--backup-passphrase-file',
      cli.path('own'),
    );
    const wrong = await failed(home, 'backup', 'verify', out, '--backup-passphrase-file', cli.path('wrong'));
    expect([proof.proven, wrong.code, wrong.error.type]).toEqual([true, 2, 'WrongKey']);
    appendFileSync(out, 'x');
    const damaged = await failed(home, 'backup', 'verify', out, '--backup-passphrase-file', cli.path('own'));
    expect([damaged.code, damaged.error.type]).toEqual([2, 'BackupDamaged']);
  });
});

describe('setup', () => {
  it('takes over, protects and makes the first proven backup in one go', async () => {
    const home = cli.home();
    writeFileSync(
      cli.path('answers.json'),
      JSON.stringify({ definition: 'deeptempo', choices: { 'theme_config.json:theme': 'skip' } }),
    );
    const set = await data<'setup.apply'>(
      home,
      'setup',
      '--answers',
      cli.path('answers.json'),
      '--passphrase-file',
      cli.path('pass'),
      '--yes',
    );
    const theme = set.migration.items.find((item) => item.file === 'theme_config.json');
    expect([set.backup?.sealed, set.backup?.provenAt === null, theme?.action]).toEqual([true, false, 'skip']);
  });

  it('names the place of a mistake in the answers', async () => {
    writeFileSync(cli.path('bad.json'), '{"answers": }');
    const { code, error } = await failed(cli.home(), 'setup', '--answers', cli.path('bad.json'));
    expect([code, error.type, error['line'], error['column']]).toEqual([2, 'FileInvalid', 1, 13]);
  });
});

describe('a home that is not as it should be', () => {
  it('missing: 3', async () => {
    const { code, error } = await failed(cli.path('nowhere'), 'status');
    expect([code, error.type]).toEqual([3, 'NotFound']);
  });

  it('empty: nothing to take over', async () => {
    const home = cli.path('empty');
    mkdirSync(home);
    const status = await data<'home.status'>(home, 'status');
    expect([status.state, listing(home)]).toEqual(['NO_DATABASE', []]);
  });

  it('damaged: 6, with what can be opened instead, and not a byte is changed', async () => {
    const home = await migrated();
    await data(home, 'backup', 'create', '--passphrase-file', cli.path('pass'));
    const dir = join(home, '.holdfast');
    for (const name of readdirSync(dir).filter((one) => one.startsWith('image-'))) {
      const bytes = readFileSync(join(dir, name));
      bytes.fill(0x55, 100, 4000);
      writeFileSync(join(dir, name), bytes);
    }
    const before = listing(home);
    const { code, error } = await failed(home, 'status');
    expect([code, error.type, (error['candidates'] as unknown[]).length > 0, listing(home)]).toEqual([
      6,
      'StoreDamaged',
      true,
      before,
    ]);
    const people = await cli.run(['--home', home, 'status']);
    expect([people.code, people.stdout, people.stderr.includes('What can be opened instead:')]).toEqual([6, '', true]);
  });

  it.skipIf(process.getuid?.() === 0)('unreadable: 7', async () => {
    const home = await migrated();
    chmodSync(join(home, '.holdfast'), 0o000);
    const { code, error } = await failed(home, 'status');
    chmodSync(join(home, '.holdfast'), 0o700);
    expect([code, error.type]).toEqual([7, 'Unreadable']);
  });
});

/** Starts a command that stays, waits for its first line on stdout, and gives how it ended. */
const start = async (args: string[]) => {
  const { file, args: all, env } = cli.command(args);
  const child = spawn(file, all, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const lines: string[] = [];
  const first = await new Promise<string>((done, stop) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      done(line);
    });
    child.once('close', (code) => stop(new Error(`ended with ${String(code)} before its first line`)));
  });
  return { child, first, lines, ended };
};

describe('serve', () => {
  it('prints one address, takes the commands of others while it stays, and ends on a signal', async () => {
    const home = await migrated();
    const host = await start(['--json', '--home', home, 'serve']);
    const { ok, data: served } = JSON.parse(host.first) as { ok: boolean; data: { url: string; port: number } };
    expect([ok, Object.keys(served), served.url.startsWith(`http://127.0.0.1:${String(served.port)}/`)]).toEqual([
      true,
      ['url', 'port'],
      true,
    ]);
    const taken = await failed(home, 'serve', '--port', String(served.port));
    expect([taken.code, taken.error.type]).toEqual([1, 'Usage']);
    await data(home, 'config', 'set', 'general.theme', 'light');
    expect((await data<'settings.get'>(home, 'config', 'get', 'general.theme')).value).toBe('light');
    host.child.kill('SIGTERM');
    expect([await host.ended, host.lines.length]).toEqual([0, 1]);
    expect(readdirSync(join(home, '.holdfast')).filter((name) => name.startsWith('owner-'))).toEqual([]);
  });

  it('prints the bare address for people', async () => {
    const host = await start(['--home', await migrated(), 'serve']);
    host.child.kill('SIGINT');
    expect([/^http:\/\/127\.0\.0\.1:\d+\/#launch=[\w-]+$/u.test(host.first), await host.ended]).toEqual([true, 0]);
  });
});

describe('the process', () => {
  it('ends quietly when nobody reads any more', async () => {
    const home = await migrated();
    const { file, args, env } = cli.command(['--home', home, 'config', 'show']);
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.destroy();
    const code = await new Promise((done) => child.once('close', done));
    expect([code, stderr]).toEqual([0, '']);
  });

  it('finds the home by variable and by folder, and asks when nothing tells', async () => {
    const home = await migrated();
    const byVariable = await cli.run(['status'], { env: { HOLDFAST_HOME: home } });
    const byFolder = await cli.run(['status'], { cwd: home });
    const fresh = await cli.run(['status'], { cwd: cli.home() });
    const nowhere = await cli.run(['status'], { cwd: cli.path('run') });
    expect([byVariable.code, byFolder.code, fresh.code, nowhere.code]).toEqual([0, 0, 0, 1]);
    rmSync(cli.path('config'), { recursive: true, force: true });
  });
});
