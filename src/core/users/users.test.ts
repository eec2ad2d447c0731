/** Profiles, roles, own values of settings: what they change, and that nothing changes where there are none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandName, Input, Output } from '../../contract/commands.ts';
import { describeError } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import { openOwnHome, type OwnHome } from '../migration/testing/own-home.ts';
import { migratedHome, type MigratedHome } from '../testing/migrated-home.ts';
import type { TestApp } from '../testing/test-app.ts';

const callAs =
  (app: () => TestApp, user: string, session = 'cli') =>
  async <N extends CommandName>(name: N, input: Input<N>): Promise<Result<Output<N>>> => {
    const actor = { user, role: 'admin' as const, door: 'cli' as const, session };
    // The contract's own output for this name; dispatch has checked it.
    return (await app().dispatch({ name, input, actor, credential: null })) as Result<Output<N>>;
  };
const words = (result: Result<unknown>): string => (result.ok ? 'ok' : describeError(result.error));

describe('profiles', () => {
  let migrated: MigratedHome;
  beforeEach(async () => {
    migrated = await migratedHome('deeptempo');
  });
  afterEach(() => migrated.end());
  const as = (user: string, session?: string) => callAs(migrated.app, user, session);
  const add = (name: string, role?: 'admin' | 'editor' | 'viewer') =>
    migrated.app().get('user.add', { name, ...(role === undefined ? {} : { role }) });

  it('are none of a single user’s business: without one, everybody may do everything', async () => {
    const anybody = as('anybody');
    expect(await anybody('user.whoami', {})).toEqual({
      ok: true,
      data: { name: 'anybody', profile: null, may: 'admin' },
    });
    expect(await anybody('user.list', {})).toEqual({ ok: true, data: { users: [], acting: 'anybody' } });
    expect((await anybody('secret.status', {})).ok).toBe(true);
    expect(existsSync(join(migrated.home.configDir, 'last-seen'))).toBe(false);
  });

  it('have a name to show, an address, a role, and when they were last there (D45, R8, O13)', async () => {
    const app = migrated.app();
    await app.get('user.add', { name: 'anna', displayName: 'Anna Berg', email: 'anna@example.org', role: 'admin' });
    const read = (await app.get('user.list', {})).users[0]?.changedAt ?? '';
    await app.get('user.update', { name: 'anna', email: null, expect: read });
    expect(words(await app.call('user.update', { name: 'anna', role: 'viewer', expect: read }))).toMatch(
      /^anna changed since you read it\. Nothing was written/u,
    );
    const change = { changes: [{ key: 'general.theme', op: 'set' as const, value: 'light' }] };
    expect((await as('anna')('settings.apply', change)).ok).toBe(true);
    const { users } = await app.get('user.list', {});
    expect(users).toMatchObject([
      { name: 'anna', displayName: 'Anna Berg', email: null, role: 'admin', disabled: false, overrides: 0 },
    ]);
    expect(Date.parse(users[0]?.lastSeen ?? '')).toBeGreaterThan(Date.parse(users[0]?.changedAt ?? ''));
    const { versions } = await app.get('settings.history', { key: 'general.theme' });
    expect(versions[0]?.actor).toBe('anna');
    expect(words(await app.call('user.add', { name: 'anna' }))).toBe(
      'There is a profile anna already. Nothing was written.',
    );
    expect(words(await app.call('user.add', { name: ' b' }))).toMatch(/must not begin or end with a blank/u);
    expect(words(await app.call('user.set-role', { name: 'ann', role: 'viewer' }))).toBe('There is no profile "ann".');
  });

  it('do what their role lets them, whatever the door says', async () => {
    await add('anna', 'admin');
    await add('ed', 'editor');
    await add('vic', 'viewer');
    const change = { changes: [{ key: 'general.theme', op: 'set' as const, value: 'light' }], dryRun: true };
    const tried = async (user: string) => [
      (await as(user)('settings.list', {})).ok,
      (await as(user)('settings.apply', change)).ok,
      (await as(user)('user.set-role', { name: 'ed', role: 'editor', dryRun: true })).ok,
    ];
    expect([await tried('anna'), await tried('ed'), await tried('vic')]).toEqual([
      [true, true, true],
      [true, true, false],
      [true, false, false],
    ]);
    expect(words(await as('vic')('settings.apply', change))).toBe(
      'vic is a viewer, and this is for an editor (settings.apply). Nothing was changed.',
    );
  });

  it('can be disabled, and then only told so', async () => {
    await add('anna', 'admin');
    await add('ed');
    await migrated.app().get('user.disable', { name: 'ed', reason: 'left' });
    expect(words(await as('ed')('settings.list', {}))).toBe(
      'The profile ed is disabled, so it may do nothing here. An admin can enable it again. Nothing was changed.',
    );
    expect((await as('ed')('user.whoami', {})).ok).toBe(true);
    expect(words(await as('anna', 's')('user.switch', { name: 'ed' }))).toMatch(/nobody can act as it/u);
    await migrated.app().get('user.disable', { name: 'ed', disabled: false });
    expect((await as('ed')('settings.list', {})).ok).toBe(true);
  });

  it('always keep an admin among them', async () => {
    await add('anna', 'admin');
    await add('ed');
    const anna = as('anna');
    for (const refused of [
      await anna('user.set-role', { name: 'anna', role: 'editor' }),
      await anna('user.update', { name: 'anna', displayName: 'Anna', role: 'viewer' }),
      await anna('user.disable', { name: 'anna' }),
      await anna('user.disable', { name: 'anna', dryRun: true }),
    ])
      expect(words(refused)).toBe(
        'Not yet: anna is the only admin; make somebody else an admin first. Nothing was changed.',
      );
    await migrated.app().get('user.set-role', { name: 'ed', role: 'admin' });
    expect((await anna('user.set-role', { name: 'anna', role: 'viewer' })).ok).toBe(true);
  });

  it('do not let an editor take back what an admin said about roles', async () => {
    await add('anna', 'admin');
    await add('ed', 'admin');
    await migrated.app().get('user.set-role', { name: 'ed', role: 'editor' });
    expect(words(await as('ed')('settings.undo', {}))).toBe(
      'This change is of a user, and only an admin may take it back. Nothing was changed.',
    );
    expect((await as('anna')('settings.undo', {})).ok).toBe(true);
  });

  it('go with what belongs to them, and one undo brings all of it back', async () => {
    await add('anna', 'admin');
    await add('ed');
    await add('edgar');
    const set = { changes: [{ key: 'general.theme', op: 'set' as const, value: 'light' }] };
    for (const name of ['ed', 'edgar']) expect((await as(name)('user.override', set)).ok).toBe(true);
    const app = migrated.app();
    const gone = { name: 'ed', reason: 'left' };
    expect(await app.get('user.remove', { ...gone, dryRun: true })).toMatchObject({ changeSet: null, overrides: 1 });
    expect((await app.get('user.list', {})).users).toHaveLength(3);
    expect(words(await as('edgar')('user.remove', gone))).toMatch(/is for an admin/u);
    expect(await app.get('user.remove', gone)).toMatchObject({ dryRun: false, overrides: 1, secretFields: 0 });
    expect(words(await app.call('user.remove', gone))).toBe('There is no profile "ed".');
    expect((await app.get('user.list', {})).users.map((one) => [one.name, one.overrides])).toEqual([
      ['anna', 0],
      ['edgar', 1],
    ]);
    // A new profile of the same name begins with nothing.
    await add('ed');
    expect((await app.get('user.show', { name: 'ed' })).overrides).toEqual([]);
    await app.get('user.remove', { name: 'ed' });
    await app.get('settings.undo', {});
    await app.get('settings.undo', {});
    await app.get('settings.undo', {});
    expect((await app.get('user.show', { name: 'ed' })).overrides).toMatchObject([{ value: 'light' }]);
  });

  it('can all be removed, the last admin last', async () => {
    await add('anna', 'admin');
    await add('ed');
    const app = migrated.app();
    expect(words(await app.call('user.remove', { name: 'anna' }))).toMatch(/anna is the only admin/u);
    await app.get('user.remove', { name: 'ed' });
    await app.get('user.remove', { name: 'anna' });
    expect(await app.get('user.list', {})).toEqual({ users: [], acting: 'tester' });
  });

  it('are who a session acts as once it says so, and no other session', async () => {
    await add('anna', 'admin');
    await add('vic', 'viewer');
    const here = as('tester', 'here');
    expect(await here('user.switch', { name: 'vic' })).toEqual({ ok: true, data: { name: 'vic' } });
    expect(await here('user.whoami', {})).toMatchObject({ ok: true, data: { name: 'vic', may: 'view' } });
    expect(await as('tester', 'there')('user.whoami', {})).toMatchObject({ ok: true, data: { name: 'tester' } });
    expect((await here('user.add', { name: 'mallory' })).ok).toBe(false);
    expect((await here('user.switch', { name: null })).ok).toBe(true);
    expect(await here('user.whoami', {})).toMatchObject({ ok: true, data: { name: 'tester', may: 'admin' } });
  });

  it('have values of their own that only they see (D58, D74, R4, R9, R20, R22, R24, R35)', async () => {
    await add('anna', 'admin');
    await add('ed');
    const key = 'general.theme';
    const set = (value: string) => ({ changes: [{ key, op: 'set' as const, value }] });
    const system = (await as('tester')('settings.get', { key })) as { data: { value: unknown; source: string } };
    expect((await as('ed')('user.override', { ...set('light'), reason: 'my eyes' })).ok).toBe(true);
    expect(await as('ed')('settings.get', { key })).toMatchObject({
      ok: true,
      data: { value: 'light', source: 'override', modified: true },
    });
    expect(await as('anna')('settings.get', { key })).toEqual(await as('tester')('settings.get', { key }));
    const layers = await as('ed')('settings.explain', { key });
    expect(layers.ok ? layers.data.layers.map((one) => [one.source, one.value, one.wins]) : []).toEqual([
      ['default', 'dark', false],
      ['file', system.data.value, false],
      ['override', 'light', true],
    ]);
    const history = await as('ed')('settings.history', { key });
    expect(history.ok ? history.data.versions.map((one) => [one.user, one.new, one.reason]) : []).toEqual([
      ['ed', 'light', 'my eyes'],
      [undefined, system.data.value, 'first migration'],
    ]);
    const shown = await migrated.app().get('user.show', { name: 'ed' });
    expect([shown.user.overrides, shown.overrides]).toMatchObject([
      1,
      [{ key, value: 'light', system: system.data.value, changedBy: 'ed' }],
    ]);
    const { changes } = await migrated.app().get('audit.list', { actor: 'ed' });
    expect(changes.map((one) => [one.actor, one.type, one.reason])).toEqual([['ed', 'override', 'my eyes']]);
    // Somebody else's are for admins.
    expect(words(await as('ed')('user.override', { ...set('dark'), user: 'anna' }))).toMatch(
      /for anna and for admins/u,
    );
    expect((await as('anna')('user.override', { user: 'ed', changes: [{ key, op: 'unset' }] })).ok).toBe(true);
    expect(await as('ed')('settings.get', { key })).toEqual(await as('tester')('settings.get', { key }));
    expect((await as('anna')('settings.undo', {})).ok).toBe(true);
    expect(await as('ed')('settings.get', { key })).toMatchObject({ ok: true, data: { source: 'override' } });
  });

  it('refuses an own value that no setting could have', async () => {
    await add('ed');
    const tried = async (key: string, value: string | number, user = 'ed') =>
      words(await migrated.app().call('user.override', { user, changes: [{ key, op: 'set', value }] }));
    expect(await tried('general.theme', 'mauve')).toMatch(/general\.theme must be/u);
    expect(await tried('general.thema', 'dark')).toMatch(/Did you mean general\.theme/u);
    expect(await tried('env.GITHUB_TOKEN', 'x')).toMatch(/a secret has one value for everybody/u);
    expect(await tried('general.theme', 'dark', 'nobody')).toBe('There is no profile "nobody".');
  });
});

describe('users of a legacy file', () => {
  let own: OwnHome;
  afterEach(() => own.remove());

  it('come with their roles and own values; a hash stays a secret that nobody uses (R8, R9, R18)', async () => {
    own = await openOwnHome(
      {
        sources: [
          { file: 'users.json', format: 'json', to: { kind: 'users', layout: 'map', secret: ['password_hash'] } },
          { file: 'prefs/*.json', format: 'json', to: { kind: 'overrides', user: '{stem}', prefix: 'ui' } },
          { file: 'app.json', format: 'json', to: { kind: 'settings', prefix: 'ui' } },
        ],
      },
      {
        'users.json': JSON.stringify({
          ann: { role: 'editor', password_hash: '$2b$12$abcdefghijklmnopqrstuv' },
          root: { role: 'admin' },
        }),
        'prefs/ann.json': '{"theme": "dark"}',
        'app.json': '{"theme": "light"}',
      },
    );
    await own.migrate();
    const { users } = await own.app().get('user.list', {});
    expect(users).toMatchObject([
      { name: 'ann', role: 'editor', overrides: 1, secretFields: ['password_hash'] },
      { name: 'root', role: 'admin', overrides: 0, secretFields: [] },
    ]);
    expect(JSON.stringify(users)).not.toContain('$2b$');
    const theme = async (user: string) => {
      const got = await callAs(own.app, user)('settings.get', { key: 'ui.theme' });
      return got.ok ? [got.data.value, got.data.source] : [];
    };
    expect([await theme('ann'), await theme('root')]).toEqual([
      ['dark', 'override'],
      ['light', 'file'],
    ]);
    expect(words(await callAs(own.app, 'ann')('migration.rollback', {}))).toMatch(/is for an admin/u);
    expect(await own.app().get('user.remove', { name: 'ann' })).toMatchObject({ overrides: 1, secretFields: 1 });
    expect(await theme('ann')).toEqual(['light', 'file']);
  });
});
