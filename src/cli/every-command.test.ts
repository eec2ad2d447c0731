/**
 * Every command of the contract, in one sensible order, through each door on a home of its own: straight to dispatch (as
 * the window's IPC does), over HTTP through the browser host, and from a second process's app through the owner's socket
 * (as the terminal does beside a window). The answers must be the same but for times, ids and what is random.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultBackupPolicy } from '../contract/backups.ts';
import { commandNames, type CommandName } from '../contract/commands.ts';
import type { JsonValue } from '../contract/json.ts';
import type { Result } from '../contract/result.ts';
import { openApp, type OpenApp } from '../core/app.ts';
import { latestSchema } from '../core/store/schema/index.ts';
import { resourcesDir, tempHome, type TempHome } from '../core/testing/test-app.ts';
import { startHost, type Host } from '../host/host.ts';

type Door = {
  name: string;
  home: TempHome;
  recoveryCode: string;
  call: (name: CommandName, input: unknown) => Promise<Result<unknown>>;
  sink: () => Promise<string>;
  saved: (file: string) => Promise<Uint8Array>;
};

const closers: (() => Promise<void>)[] = [];
let doors: Door[] = [];

const open = async (home: TempHome, door: 'window' | 'browser' | 'cli'): Promise<OpenApp> => {
  const opened = await openApp({
    homeDir: home.homeDir,
    configDir: home.configDir,
    resourcesDir,
    door,
    env: process.env,
  });
  if (!opened.ok) throw new Error(opened.error.type);
  closers.push(opened.data.close);
  return opened.data;
};

/** The process that stays makes the store, so that the terminal's calls really go through its socket. */
const openOwner = async (
  home: TempHome,
  door: 'window' | 'browser',
): Promise<{ app: OpenApp; recoveryCode: string }> => {
  const app = await open(home, door);
  const actor = { user: 'maria', role: 'admin' as const, door, session: 'owner' };
  const made = await app.dispatch({
    name: 'migration.backup',
    input: { protect: { recoveryCode: true } },
    actor,
    credential: null,
  });
  if (!made.ok) throw new Error(made.error.type);
  return { app, recoveryCode: (made.data as { recoveryCode: string }).recoveryCode };
};

const overApp = (
  name: string,
  home: TempHome,
  owner: { app: OpenApp; recoveryCode: string },
  door: 'window' | 'cli',
): Door => {
  const { app, recoveryCode } = owner;
  const actor = { user: 'maria', role: 'admin' as const, door, session: 'one' };
  const path = join(home.root, 'saved.age');
  return {
    name,
    home,
    recoveryCode,
    call: (command, input) => app.dispatch({ name: command, input, actor, credential: null }),
    sink: () => Promise.resolve(app.files.register(actor.session, { path, name: 'saved.age', use: 'write' })),
    saved: () => Promise.resolve(readFileSync(path)),
  };
};

const overHttp = async (home: TempHome, host: Host, recoveryCode: string): Promise<Door> => {
  const origin = `http://127.0.0.1:${String(host.port)}`;
  const code = new URL(host.url).hash.replace('#launch=', '');
  const post = async (path: string, body: unknown, token: string): Promise<Result<unknown>> => {
    const headers = {
      'content-type': 'application/json',
      origin,
      ...(token === '' ? {} : { 'x-holdfast-session': token }),
    };
    return (await (
      await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    ).json()) as Result<unknown>;
  };
  const session = await post('/api/session', { code }, '');
  if (!session.ok) throw new Error('no session');
  const { token } = session.data as { token: string };
  return {
    name: 'browser',
    home,
    recoveryCode,
    call: (name, input) => post('/api/call', { name, input }, token),
    sink: async () => {
      const made = await post('/api/sinks', { name: 'saved.age' }, token);
      return made.ok ? (made.data as { file: string }).file : '';
    },
    saved: async (file) =>
      new Uint8Array(
        await (
          await fetch(`${origin}/api/files/${file}`, { headers: { 'x-holdfast-session': token, origin } })
        ).arrayBuffer(),
      ),
  };
};

beforeAll(async () => {
  const [first, second, third] = [tempHome(), tempHome(), tempHome()];
  const rendererDir = join(second.root, 'renderer');
  mkdirSync(rendererDir);
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>Holdfast</title>');
  const [window, browser, beside] = [
    await openOwner(first, 'window'),
    await openOwner(second, 'browser'),
    await openOwner(third, 'window'),
  ];
  const host = await startHost({ port: 0, app: browser.app, rendererDir, onStop: () => undefined, user: 'maria' });
  if (!host.ok) throw new Error(host.error.type);
  closers.unshift(host.data.close);
  doors = [
    overApp('window', first, window, 'window'),
    await overHttp(second, host.data, browser.recoveryCode),
    overApp('terminal', third, { ...beside, app: await open(third, 'cli') }, 'cli'),
  ];
});

afterAll(async () => {
  for (const close of closers) await close();
  for (const door of doors) door.home.remove();
});

/** Times, ids, digests and sizes of encrypted files differ from run to run; everything else must not. */
const mask = (value: unknown, root: string): unknown => {
  const text = JSON.stringify(value)
    .replaceAll(root, '<root>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, '<time>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/gu, '<time>')
    .replace(/\d{8}_\d{6}(?:_\d+)?/gu, '<stamp>')
    .replace(/"day":"\d{4}-\d\d-\d\d"/gu, '"day":"<day>"')
    .replace(
      /"(fingerprint|sha256|head|auditHead|mac|recipient|recoveryCode|planDigest|current)":"[^"]*"/gu,
      '"$1":"<random>"',
    )
    .replace(/"(changeSet|runId|of|uid|id|key)":"[A-Za-z0-9_-]{16,20}"/gu, '"$1":"<id>"')
    .replace(/"(sizeBytes|journalBytes)":\d+/gu, '"$1":0')
    // The door is what differs on purpose, and with it the rows that name it.
    .replace(/"rows":\d+/gu, '"rows":0')
    .replace(/\d+ rows? of (term|door)/gu, '<n> rows of $1')
    // Noted beside the store, now and then, by the process that answers.
    .replace(/"lastSeen":(?:null|"<time>")/gu, '"lastSeen":"<seen>"')
    .replace(/"(kept|ended)":\["[A-Za-z0-9_-]{16,20}"\]/gu, '"$1":["<id>"]')
    // Slots are named by a digest of their random salt.
    .replace(/"id":"[0-9a-f]{8}","kind"/gu, '"id":"<slot>","kind"')
    .replace(/"source":"(window|browser|cli)"/gu, '"source":"<door>"')
    .replace(/"sources":\[("[a-z]+",?)+\]/gu, '"sources":["<doors>"]');
  return JSON.parse(text) as unknown;
};

const change = (key: string, value: JsonValue) => ({ changes: [{ key, op: 'set' as const, value }] });

type Step = [CommandName, unknown | ((door: Door, last: Record<string, unknown>) => unknown)];

const steps: Step[] = [
  ['home.list', {}],
  ['home.status', {}],
  ['home.find', {}],
  ['preference.get', {}],
  ['preference.set', { theme: 'dark' }],
  ['setup.draft', {}],
  ['setup.save-draft', { draft: { page: 'plan' } }],
  ['setup.questions', {}],
  ['migration.plan', {}],
  ['settings.list', {}],
  ['migration.backup', {}],
  ['setup.apply', {}],
  ['setup.reset', {}],
  ['home.status', {}],
  ['migration.run', {}],
  ['migration.ledger', {}],
  ['migration.runs', {}],
  ['migration.proof', {}],
  ['migration.in-clear', {}],
  ['migration.rollback', { dryRun: true }],
  ['migration.rollback', { reason: 'as it was' }],
  ['migration.retire', { dryRun: true }],
  ['migration.retire', {}],
  ['home.leave', { output: 'file_0123456789abcdef' }],
  ['migration.quarantine', {}],
  ['migration.reveal', { file: 'integrations_config.json', path: 'enabled_integrations[3]' }],
  [
    'migration.map',
    { file: 'integrations_config.json', path: 'enabled_integrations[3]', target: { key: 'own.shodan' } },
  ],
  ['secret.confirm-recovery', (_: Door, last: Record<string, unknown>) => ({ recoveryCode: last['recoveryCode'] })],
  ['secret.status', {}],
  ['settings.list', {}],
  ['settings.get', { key: 'general.theme' }],
  ['settings.get', { key: 'nothing.here' }],
  ['settings.explain', { key: 'general.theme' }],
  ['settings.apply', change('general.theme', 'light')],
  ['settings.apply', change('general.theme', 'mauve')],
  ['settings.apply', { changes: 'not a list' }],
  ['settings.history', { key: 'general.theme' }],
  ['settings.reset', { prefix: 'general.theme' }],
  ['settings.try', { key: 's3.bucket_name', value: 'findings' }],
  ['settings.undo', {}],
  ['settings.search', { query: 'theme @modified' }],
  ['settings.undoable', {}],
  ['settings.undo', {}],
  ['settings.redo', {}],
  ['settings.reveal', { key: 'env.GITHUB_TOKEN' }],
  ['settings.lock', { key: 'general.theme', reason: 'agreed' }],
  ['settings.apply', change('general.theme', 'light')],
  ['settings.unlock', { key: 'general.theme' }],
  ['settings.runtime', { prefix: 'general' }],
  ['settings.reload', {}],
  ['user.list', {}],
  ['user.add', { name: 'anna', displayName: 'Anna', role: 'admin' }],
  ['user.add', { name: 'ed' }],
  ['user.update', { name: 'ed', email: 'ed@example.org' }],
  ['user.set-role', { name: 'ed', role: 'viewer' }],
  ['user.override', { user: 'ed', ...change('general.theme', 'light') }],
  ['user.show', { name: 'ed' }],
  ['user.whoami', {}],
  ['user.switch', { name: 'ed' }],
  ['settings.get', { key: 'general.theme' }],
  ['user.switch', { name: null }],
  ['user.disable', { name: 'anna' }],
  ['user.disable', { name: 'ed' }],
  ['user.remove', { name: 'ed', reason: 'left' }],
  ['mirror.list', {}],
  ['mirror.set', { file: 'general_config.json', on: true }],
  ['mirror.repair', { file: 'general_config.json', take: 'store', dryRun: true }],
  ['mirror.set', { file: 'general_config.json', on: false }],
  ['migration.drift', {}],
  ['integration.list', {}],
  ['integration.show', { id: 'splunk' }],
  ['integration.types', {}],
  ['integration.counts', {}],
  [
    'integration.apply',
    { id: 'splunk', enabled: false, fields: [{ field: 'url', op: 'set', value: 'http://127.0.0.1:1' }] },
  ],
  ['integration.duplicate', { id: 'splunk', as: 'splunk-two', secrets: true }],
  ['integration.test', { id: 'splunk' }],
  ['integration.remove', { id: 'splunk-two' }],
  ['records.collections', {}],
  ['records.put', { collection: 'notes', id: 'one', data: { title: 'One' }, create: true }],
  ['records.list', { collection: 'notes', where: [{ field: 'title', value: 'One' }] }],
  ['records.get', { collection: 'notes', id: 'one' }],
  ['records.expire', {}],
  ['records.delete', { collection: 'notes', ids: ['one'] }],
  ['metrics.add', { metrics: [{ name: 'load', value: 0.5, unit: '%' }] }],
  ['metrics.list', { hours: 24 }],
  ['metrics.stats', {}],
  ['metrics.series', { name: 'load', hours: 24 }],
  ['metrics.prune', { days: 7 }],
  ['audit.list', {}],
  ['audit.facets', {}],
  ['audit.verify', {}],
  ['audit.outside', {}],
  [
    'audit.settle-outside',
    { choices: [{ id: 'x', type: 'setting', key: 'general.theme', choice: 'accept' }], reason: 'r' },
  ],
  ['audit.export', { file: 'file_0123456789abcdef' }],
  ['audit.set-retention', { limits: { keepVersions: 50, keepDays: null } }],
  ['audit.retention', {}],
  ['audit.prune', { dryRun: true }],
  ['audit.prune', {}],
  ['backup.create', {}],
  ['backup.set-policy', { policy: { ...defaultBackupPolicy, at: '13:00' } }],
  ['backup.policy', {}],
  ['backup.rehearse', {}],
  ['backup.prune', { dryRun: true }],
  ['backup.prune', {}],
  ['backup.list', {}],
  ['backup.verify', (_: Door, last: Record<string, unknown>) => ({ backup: { path: last['backup'] } })],
  ['backup.restore', (_: Door, last: Record<string, unknown>) => ({ backup: { path: last['backup'] } })],
  ['settings.apply', change('general.theme', 'dark')],
  [
    'backup.restore',
    (_: Door, last: Record<string, unknown>) => ({ backup: { path: last['backup'] }, reason: 'back to light' }),
  ],
  ['backup.undo-restore', {}],
  ['backup.verify', { backup: { path: '../../etc/passwd' } }],
  // Before the schema moves: then another process may be the owner, and its keys are locked.
  ['secret.make-recovery', {}],
  ['secret.add-slot', { slot: { recoveryCode: true } }],
  ['secret.remove-slot', { id: '00000000' }],
  ['secret.rotate', {}],
  ['secret.hygiene', {}],
  ['secret.environment', { secrets: true }],
  ['secret.reset', { key: 'nothing' }],
  ['settings.at', { time: '2020-01-01T00:00:00Z' }],
  ['settings.draft', {}],
  ['settings.save-draft', { staged: {}, restartedAt: null }],
  ['settings.at', { time: '2100-01-01T00:00:00Z', prefix: 'general' }],
  ['versions.list', { limit: 5, numbers: true }],
  ['versions.diff', { a: '2020-01-01T00:00:00Z', b: 'now', prefix: 'general' }],
  ['versions.at', { ref: 'now', prefix: 'general' }],
  ['versions.name', { name: 'good', note: 'all green', pinned: true }],
  ['settings.trial', { ...change('general.demo_mode', true), minutes: 60 }],
  ['trial.list', {}],
  ['trial.keep', {}],
  ['settings.trial', { ...change('general.demo_mode', false), minutes: 60 }],
  ['trial.end', {}],
  ['versions.pick', { from: 'files', keys: ['general.demo_mode'] }],
  ['versions.revert', { to: '2100-01-01T00:00:00Z', dryRun: true }],
  ['settings.apply', { changes: [{ key: 's3.region', op: 'unset' }] }],
  ['versions.removed', { text: 's3' }],
  ['versions.undelete', { key: 's3.region' }],
  ['versions.unname', { name: 'good' }],
  ['versions.since', {}],
  ['versions.seen', { entry: 1 }],
  ['bundle.export', { file: 'file_0123456789abcdef' }],
  ['bundle.show', { file: 'file_0123456789abcdef' }],
  ['bundle.import', { file: 'file_0123456789abcdef' }],
  ['template.save', { name: 'mine', title: 'Mine', only: ['general'] }],
  ['template.list', {}],
  ['settings.apply', change('general.show_notifications', false)],
  ['template.apply', { name: 'mine', reason: 'as it was' }],
  ['template.remove', { name: 'mine' }],
  ['support.bundle', { file: 'file_0123456789abcdef' }],
  ['schema.current', {}],
  ['schema.list', {}],
  ['schema.verify', {}],
  ['schema.upgrade', { dryRun: true }],
  ['schema.upgrade', {}],
  ['schema.downgrade', { to: 0, dryRun: true }],
  ['schema.stamp', { to: 1 }],
  ['schema.stamp', { to: latestSchema, dryRun: true }],
  ['definition.list', {}],
  ['definition.show', { id: 'deeptempo' }],
  ['definition.infer', {}],
  ['definition.check', { file: 'file_0123456789abcdef' }],
  ['definition.save', { definition: { id: 'mine', title: 'Mine', version: 1, sources: [] }, where: 'own' }],
  ['doctor.run', {}],
  ['recovery.list', {}],
  ['recovery.open', { candidate: 'nothing' }],
  ['recovery.reopen', {}],
  ['job.list', {}],
  ['job.cancel', { jobId: 'nothing' }],
  ['secret.lock', {}],
  [
    'secret.unlock',
    (_: Door, last: Record<string, unknown>) => ({ credential: { recoveryCode: last['recoveryCode'] } }),
  ],
  ['secret.unlock', { credential: { passphrase: 'wrong' } }],
  ['home.open', { id: 'no-such-home' }],
  // Last: whoever owned the home gives it up with this, so that afterwards another process may be its owner.
  ['schema.downgrade', { to: 1, reason: 'to an older program' }],
  ['settings.list', {}],
  ['schema.upgrade', {}],
  ['schema.current', {}],
];

test('the steps cover every command', () => {
  const covered = new Set(steps.map(([name]) => name));
  expect(commandNames.filter((name) => !covered.has(name))).toEqual([]);
});

test('every command answers the same through window, browser and terminal', async () => {
  const answers: Record<string, { step: string; answer: unknown }[]> = {};
  for (const door of doors) {
    const last: Record<string, unknown> = { recoveryCode: door.recoveryCode };
    const list: { step: string; answer: unknown }[] = (answers[door.name] = []);
    for (const [name, input] of steps) {
      const given: unknown =
        typeof input === 'function'
          ? (input as (door: Door, last: Record<string, unknown>) => unknown)(door, last)
          : input;
      const answer = await door.call(name, given);
      if (answer.ok && (name === 'migration.backup' || name === 'setup.apply'))
        last['recoveryCode'] ??= (answer.data as { recoveryCode?: string }).recoveryCode;
      if (answer.ok && name === 'backup.create') last['backup'] = (answer.data as { path: string }).path;
      list.push({ step: `${name} ${answer.ok ? 'ok' : answer.error.type}`, answer: mask(answer, door.home.root) });
    }
  }
  const [window, browser, terminal] = doors.map((door) => answers[door.name] ?? []);
  expect(browser?.map((one) => one.step)).toEqual(window?.map((one) => one.step));
  expect(terminal?.map((one) => one.step)).toEqual(window?.map((one) => one.step));
  expect(window?.filter((one) => !one.step.endsWith(' ok')).map((one) => one.step)).toEqual([
    'migration.retire CheckUnmet',
    'home.leave NotFound',
    'settings.get SettingUnknown',
    'settings.apply SettingInvalid',
    'settings.apply InputInvalid',
    'settings.apply SettingInvalid',
    'user.disable CheckUnmet',
    'audit.settle-outside Stale',
    'audit.export NotFound',
    'backup.verify NotFound',
    'secret.remove-slot NotFound',
    'secret.reset NotFound',
    'bundle.export NotFound',
    'bundle.show NotFound',
    'bundle.import NotFound',
    'support.bundle NotFound',
    'schema.stamp CheckUnmet',
    'definition.check NotFound',
    'recovery.open Conflict',
    'secret.unlock WrongKey',
    'home.open NotFound',
    'settings.list UpgradeNeeded',
  ]);
  for (const [i, one] of (window ?? []).entries()) {
    expect({ door: 'browser', ...browser?.[i] }).toEqual({ door: 'browser', ...one });
    expect({ door: 'terminal', ...terminal?.[i] }).toEqual({ door: 'terminal', ...one });
  }
});

test('a backup goes out through each door as a file', async () => {
  for (const door of doors) {
    const file = await door.sink();
    const created = await door.call('backup.create', { output: file });
    expect(created).toMatchObject({ ok: true, data: { sealed: true } });
    const bytes = await door.saved(file);
    expect(Buffer.from(bytes.subarray(0, 21)).toString()).toBe('age-encryption.org/v1');
    expect(existsSync(join(door.home.homeDir, '.holdfast', 'backups'))).toBe(true);
  }
});

test('a role below what a command needs is refused at every door the same way', async () => {
  const home = tempHome();
  const app = await open(home, 'window');
  const viewer = { user: 'guest', role: 'view' as const, door: 'window' as const, session: 'v' };
  expect(
    await app.dispatch({
      name: 'settings.apply',
      input: change('general.theme', 'light'),
      actor: viewer,
      credential: null,
    }),
  ).toEqual({
    ok: false,
    error: { type: 'Forbidden', action: 'settings.apply', role: 'view' },
  });
  expect(await app.dispatch({ name: 'migration.plan', input: {}, actor: viewer, credential: null })).toMatchObject({
    ok: true,
  });
  home.remove();
});
