/** What a user's own values reach beside the pages: programs that are run for them, and the running configuration. */
import { afterEach, describe, expect, it } from 'vitest';
import type { CommandName, Input, Output } from '../../contract/commands.ts';
import type { Result } from '../../contract/result.ts';
import { openOwnHome, type OwnHome } from '../migration/testing/own-home.ts';

describe('own values', () => {
  let own: OwnHome;
  afterEach(() => own.remove());

  const open = async (prefs: object): Promise<void> => {
    own = await openOwnHome(
      {
        sources: [
          { file: 'users.json', format: 'json', to: { kind: 'users', layout: 'map' } },
          { file: 'prefs/*.json', format: 'json', to: { kind: 'overrides', user: '{stem}', prefix: 'ui' } },
          { file: 'app.json', format: 'json', to: { kind: 'settings', prefix: 'ui' } },
        ],
      },
      {
        'users.json': '{"ann": {"role": "admin"}, "root": {"role": "admin"}}',
        'prefs/ann.json': JSON.stringify(prefs),
        'app.json': '{"theme": "light", "rows": 20, "api_token": "sk-home-0123456789abcdef"}',
      },
    );
    await own.migrate();
  };

  const get = async <N extends CommandName>(user: string, name: N, input: Input<N>): Promise<Output<N>> => {
    const actor = { user, role: 'admin' as const, door: 'cli' as const, session: 'cli' };
    // The contract's own output for this name; dispatch has checked it.
    const result = (await own.app().dispatch({ name, input, actor, credential: own.credential() })) as Result<
      Output<N>
    >;
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.data;
  };
  const variables = async (user: string, secrets = true) =>
    Object.fromEntries(
      (await get(user, 'secret.environment', { prefix: 'ui', secrets })).variables.map((one) => [one.name, one.value]),
    );

  it('are what a program is given that is run for the user, secret ones too; what is locked is the same for all', async () => {
    await open({ theme: 'dark', api_token: 'sk-anns-0123456789abcdef', columns: 3 });
    const home = { UI_THEME: 'light', UI_ROWS: '20', UI_API_TOKEN: 'sk-home-0123456789abcdef' };
    expect(await variables('root')).toEqual(home);
    expect(await variables('nobody')).toEqual(home);
    expect(await variables('ann')).toEqual({
      UI_THEME: 'dark',
      UI_ROWS: '20',
      UI_API_TOKEN: 'sk-anns-0123456789abcdef',
      UI_COLUMNS: '3',
    });
    expect(await variables('ann', false)).toEqual({ UI_THEME: 'dark', UI_ROWS: '20', UI_COLUMNS: '3' });
    await get('root', 'settings.lock', { key: 'ui.theme', reason: 'one look for all' });
    expect(await variables('ann', false)).toEqual({ UI_THEME: 'light', UI_ROWS: '20', UI_COLUMNS: '3' });
  });

  it('are in the running configuration as the user sees it, and change for nobody else (H11, H17, H19)', async () => {
    await open({ theme: 'dark' });
    const runtime = async (user: string) => {
      const { settings, staleKeys } = await get(user, 'settings.runtime', { prefix: 'ui.theme' });
      return [settings[0]?.value, settings[0]?.source, staleKeys];
    };
    expect([await runtime('root'), await runtime('ann')]).toEqual([
      ['light', 'file', []],
      ['dark', 'override', []],
    ]);
    await get('ann', 'user.override', { changes: [{ key: 'ui.theme', op: 'set', value: 'blue' }] });
    expect([await runtime('root'), await runtime('ann')]).toEqual([
      ['light', 'file', []],
      ['dark', 'override', ['ui.theme']],
    ]);
    expect((await get('ann', 'settings.reload', {})).changed).toEqual(['ui.theme']);
    expect(await runtime('ann')).toEqual(['blue', 'override', []]);
  });

  it('need no restart of the application, which reads the home’s own', async () => {
    own = await openOwnHome(
      {
        sources: [{ file: 'app.json', format: 'json', to: { kind: 'settings', prefix: 'ui' } }],
        catalog: { 'ui.rows': { type: 'integer', 'x-restart': true } },
      },
      { 'app.json': '{"rows": 20}' },
    );
    await own.migrate();
    await get('root', 'user.add', { name: 'ann', role: 'admin' });
    const set = { changes: [{ key: 'ui.rows', op: 'set' as const, value: 30 }] };
    expect((await get('ann', 'user.override', set)).restart).toEqual([]);
    expect((await get('ann', 'settings.apply', set)).restart).toEqual(['ui.rows']);
  });
});
