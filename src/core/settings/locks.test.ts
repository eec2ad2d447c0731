/** Locks, settings that depend on others, and a reason where one is wanted. */
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { describeError } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import { openOwnHome, type OwnHome } from '../migration/testing/own-home.ts';

let own: OwnHome;
afterEach(() => own.remove());

const words = (result: Result<unknown>): string => (result.ok ? 'ok' : describeError(result.error));
const set = (key: string, value: JsonValue) => ({ changes: [{ key, op: 'set' as const, value }] });
const open = async (catalog: JsonObject, values: JsonObject = { theme: 'dark', size: 2 }): Promise<void> => {
  own = await openOwnHome(
    { sources: [{ file: 'app.json', format: 'json', to: { kind: 'settings', prefix: '' } }], catalog },
    { 'app.json': JSON.stringify(values) },
  );
  await own.migrate();
};
const value = async (key: string) => {
  const { value: is, source } = await own.app().get('settings.get', { key });
  return [is, source];
};

describe('a locked setting', () => {
  it('keeps its value from every command, with the reason, until it is unlocked', async () => {
    await open({ theme: { type: 'string', default: 'light' } });
    const app = own.app();
    await app.get('settings.apply', set('theme', 'blue'));
    const backup = await app.get('backup.create', {}, own.credential());
    await app.get('settings.apply', { changes: [{ key: 'theme', op: 'set', value: 'green' }], reason: 'for the lock' });
    await app.get('user.add', { name: 'ed' });
    await app.get('user.override', { user: 'ed', ...set('theme', 'pink') });
    expect(await app.get('settings.lock', { key: 'theme', reason: 'The corporate colour.' })).toMatchObject({
      locked: true,
      reason: 'The corporate colour.',
    });
    const why =
      'theme is locked: The corporate colour; unlock it first (holdfast config unlock theme). Nothing was changed.';
    own.write('app.json', '{"theme": "red", "size": 3}');
    const tries = [
      await app.call('settings.apply', set('theme', 'grey')),
      await app.call('settings.apply', { ...set('theme', 'grey'), dryRun: true }),
      await app.call('settings.apply', { changes: [{ key: 'theme', op: 'unset' }] }),
      await app.call('settings.reset', { prefix: 'theme' }),
      await app.call('user.override', { user: 'ed', ...set('theme', 'grey') }),
      await app.call('migration.run', { onConflict: 'file' }, own.credential()),
      await app.call('backup.restore', { backup: { path: backup.path }, only: ['theme'] }, own.credential()),
    ];
    expect(tries.map(words)).toEqual(tries.map(() => why));
    expect(await value('theme')).toEqual(['green', 'locked']);
    const layers = await app.get('settings.explain', { key: 'theme' });
    expect(layers.layers.map((one) => [one.source, one.value, one.wins, one.reason])).toEqual([
      ['default', 'light', false, undefined],
      ['file', 'dark', false, undefined],
      ['set', 'green', false, undefined],
      ['locked', 'green', true, 'The corporate colour.'],
    ]);
    // Everybody has the locked value, also who had another one.
    const actor = { user: 'ed', role: 'admin' as const, door: 'cli' as const, session: 's' };
    expect(
      await app.dispatch({ name: 'settings.get', input: { key: 'theme' }, actor, credential: null }),
    ).toMatchObject({ ok: true, data: { value: 'green', source: 'locked' } });
    await app.get('settings.unlock', { key: 'theme' });
    expect((await app.call('settings.apply', set('theme', 'grey'))).ok).toBe(true);
    expect(words(await app.call('settings.unlock', { key: 'theme' }))).toBe('There is no lock on "theme".');
  });

  it('is not changed by undo or redo either', async () => {
    await open({ theme: { type: 'string' } });
    const app = own.app();
    await app.get('settings.apply', set('theme', 'blue'));
    await app.get('settings.lock', { key: 'theme', reason: 'agreed' });
    // The newest change is the lock itself: taking that back is how it goes away.
    expect((await app.call('settings.undo', {})).ok).toBe(true);
    await app.get('settings.undo', {});
    expect((await value('theme'))[0]).toBe('dark');
    await app.get('settings.redo', {});
    expect((await value('theme'))[0]).toBe('blue');
    await app.get('settings.redo', {});
    expect(await value('theme')).toEqual(['blue', 'locked']);
    await app.get('settings.unlock', { key: 'theme' });
    await app.get('settings.apply', set('theme', 'green'));
    await app.get('settings.lock', { key: 'theme', reason: 'agreed' });
    await app.get('settings.unlock', { key: 'theme' });
    await app.get('settings.undo', {});
    expect(await value('theme')).toEqual(['green', 'locked']);
  });

  it('of the definition gets its value from the files and keeps it', async () => {
    await open({ theme: { type: 'string', 'x-locked': 'Set by the installer' } });
    expect(await value('theme')).toEqual(['dark', 'locked']);
    const app = own.app();
    const why = 'theme is locked: Set by the installer. Nothing was changed.';
    expect(words(await app.call('settings.apply', set('theme', 'blue')))).toBe(why);
    expect(words(await app.call('settings.unlock', { key: 'theme' }))).toBe(why);
    own.write('app.json', '{"theme": "red", "size": 2}');
    expect(words(await app.call('migration.run', { onConflict: 'file' }, own.credential()))).toBe(why);
  });
});

describe('a setting that depends on another', () => {
  it('says while it has no effect, in lists and after a change (H68)', async () => {
    await open({
      mode: { type: 'string', enum: ['local', 'workos'], default: 'local' },
      client: { type: 'string', 'x-requires': { key: 'mode', equals: 'workos' } },
      region: { type: 'string', 'x-requires': { key: 'client' } },
    });
    const app = own.app();
    const why = 'has no effect while mode is "local" (it needs "workos")';
    expect(await app.get('settings.apply', set('client', 'c-1'))).toMatchObject({
      inactive: [{ key: 'client', reason: why }],
    });
    const inactive = async () =>
      (await app.get('settings.list', {})).settings.flatMap((one) =>
        one.inactive === undefined ? [] : [[one.key, one.inactive]],
      );
    expect(await inactive()).toEqual([['client', why]]);
    const both = await app.get('settings.apply', {
      changes: [
        { key: 'mode', op: 'set', value: 'workos' },
        { key: 'client', op: 'unset' },
      ],
    });
    expect(both.inactive).toBeUndefined();
    expect(await inactive()).toEqual([['region', 'has no effect while client has no value']]);
  });

  it('keeps within the limits that another one sets (H68)', async () => {
    await open(
      { low: { type: 'integer', default: 1 }, high: { type: 'integer', default: 9, 'x-at-least': 'low' } },
      {},
    );
    const app = own.app();
    expect([
      words(await app.call('settings.apply', set('high', 0))),
      words(await app.call('settings.apply', set('low', 10))),
      words(
        await app.call('settings.apply', {
          changes: [
            { key: 'low', op: 'set', value: 10 },
            { key: 'high', op: 'set', value: 10 },
          ],
        }),
      ),
    ]).toEqual([
      'high must be at least low, which is 1. Nothing was changed.',
      'low does not fit: high is 9 and must be at least this. Nothing was changed.',
      'ok',
    ]);
  });
});

describe('a critical setting', () => {
  it('wants a reason, unless nothing would change', async () => {
    await open({ theme: { type: 'string', default: 'light', 'x-critical': true } });
    const app = own.app();
    const why = 'reason is not valid: theme is critical: say why it is changed.';
    expect([
      words(await app.call('settings.apply', set('theme', 'blue'))),
      words(await app.call('settings.apply', { ...set('theme', 'blue'), reason: '  ' })),
      words(await app.call('settings.reset', {})),
      words(await app.call('settings.apply', set('theme', 'dark'))),
      words(await app.call('settings.apply', { ...set('theme', 'blue'), dryRun: true })),
      words(await app.call('settings.apply', { ...set('theme', 'blue'), reason: 'asked for' })),
    ]).toEqual([why, why, why, 'ok', 'ok', 'ok']);
  });
});

describe('the running configuration', () => {
  it('stays as it was loaded until somebody reloads it, or it is too old (H11, H17, H19)', async () => {
    await open({ theme: { type: 'string' } });
    const app = own.app();
    const first = await app.get('settings.runtime', { prefix: 'theme' });
    expect(first).toMatchObject({ settings: [{ key: 'theme', value: 'dark', source: 'file' }], staleKeys: [] });
    await app.get('settings.apply', set('theme', 'blue'));
    expect(await app.get('settings.runtime', { prefix: 'theme' })).toEqual({ ...first, staleKeys: ['theme'] });
    const reloaded = await app.get('settings.reload', {});
    expect(reloaded).toEqual({ loadedAt: reloaded.loadedAt, changed: ['theme'] });
    const second = await app.get('settings.runtime', { prefix: 'theme' });
    expect(second).toMatchObject({ loadedAt: reloaded.loadedAt, settings: [{ value: 'blue' }], staleKeys: [] });
    expect(second.loadedAt > first.loadedAt).toBe(true);
    await app.get('settings.apply', set('theme', 'green'));
    const kept = await app.get('settings.runtime', { prefix: 'theme', maxAgeSeconds: 60 });
    expect(kept).toEqual({ ...second, staleKeys: ['theme'] });
    // The clock of the test goes on by a second with every look.
    const fresh = await app.get('settings.runtime', { prefix: 'theme', maxAgeSeconds: 1 });
    expect(fresh).toMatchObject({ settings: [{ value: 'green' }], staleKeys: [] });
  });
});
