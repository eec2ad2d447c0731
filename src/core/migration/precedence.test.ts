/** Two files with one setting: the definition's order decides, the loser is kept and shown, and an outage changes nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOwnHome, outcomes, type OwnHome } from './testing/own-home.ts';

const strong = 'data/settings.json';
const definition = {
  sources: [
    { file: strong, format: 'json', to: { kind: 'settings', prefix: '' } },
    { file: '.env', format: 'env', to: { kind: 'settings', prefix: '' } },
    { file: 'loose.json', format: 'json', to: { kind: 'settings', prefix: '' } },
  ],
  catalog: {
    RATE: { type: 'number', default: 0.7 },
    BATCH: { type: 'integer' },
    SIZE: { type: 'integer' },
    API_KEY: { type: 'string', 'x-secret': true },
  },
  precedence: { files: [strong, '.env'], keys: { BATCH: ['.env', strong] } },
};
const settings = (values: object): string => JSON.stringify({ RATE: 0.85, BATCH: 32, API_KEY: 'key-a', ...values });

let own: OwnHome;
beforeEach(async () => {
  own = await openOwnHome(definition, { [strong]: settings({}), '.env': 'RATE=0.6\nBATCH=64\nAPI_KEY=key-b\n' });
});
afterEach(() => own.remove());

const value = async (key: string) => (await own.app().get('settings.get', { key })).value;
const outcome = async (place: string) => outcomes(await own.plan())[place];

describe('the order of the files', () => {
  it('says which counts, for single settings too, and keeps the loser', async () => {
    expect(outcomes(await own.plan())).toEqual({
      [`${strong}:RATE`]: 'create setting RATE',
      [`${strong}:BATCH`]: 'skip setting BATCH: .env overrules it',
      [`${strong}:API_KEY`]: 'create secret API_KEY',
      '.env:RATE': `skip setting RATE: ${strong} overrules it`,
      '.env:BATCH': 'create setting BATCH',
      '.env:API_KEY': `skip secret API_KEY: ${strong} overrules it`,
    });
    const run = await own.migrate();
    expect([run.verification?.ok, await value('RATE'), await value('BATCH')]).toEqual([true, 0.85, 64]);
    const { layers } = await own.app().get('settings.explain', { key: 'RATE' });
    expect(layers).toMatchObject([
      { source: 'default', value: 0.7, wins: false },
      { source: 'file', value: 0.6, file: '.env', line: 1, wins: false },
      { source: 'file', value: 0.85, file: strong, line: 1, wins: true },
    ]);
    const secret = await own.app().get('settings.explain', { key: 'API_KEY' });
    expect(secret.layers.map((layer) => [layer.file, layer.value, layer.set, layer.wins])).toEqual([
      ['.env', null, true, false],
      [strong, null, true, true],
    ]);
    const shown = await own.app().get('settings.get', { key: 'RATE' });
    expect([shown.file, (await own.app().get('home.status', {})).filesBehind]).toEqual([strong, []]);
  });

  it('stays as it is in a second run, and a change of the loser never reaches the store', async () => {
    const first = await own.migrate();
    expect((await own.plan()).totals).toEqual({ ...first.totals, create: 0, unchanged: 3 });
    own.write('.env', 'RATE=0.1\nBATCH=64\nAPI_KEY=key-c\n');
    await own.app().get('settings.apply', { changes: [{ key: 'RATE', op: 'set', value: 0.5 }] });
    expect([await outcome('.env:RATE'), await outcome(`${strong}:RATE`)]).toEqual([
      `skip setting RATE: ${strong} overrules it`,
      'unchanged setting RATE: changed in Holdfast since; the file has not changed',
    ]);
    await own.migrate();
    const { layers } = await own.app().get('settings.explain', { key: 'RATE' });
    expect(layers.map((layer) => [layer.source, layer.value, layer.wins])).toEqual([
      ['default', 0.7, false],
      ['file', 0.1, false],
      ['file', 0.85, false],
      ['set', 0.5, true],
    ]);
    await own.app().get('settings.apply', { changes: [{ key: 'RATE', op: 'unset' }] });
    own.write('.env', 'RATE=0.2\nBATCH=64\nAPI_KEY=key-c\n');
    expect((await own.migrate()).totals.create).toBe(0);
    expect((await own.app().get('settings.get', { key: 'RATE' })).source).toBe('default');
  });

  it('hands over when the winner is gone, and back when it returns', async () => {
    await own.migrate();
    own.write(strong, '{"BATCH": 32, "API_KEY": "key-a"}');
    expect(await outcome('.env:RATE')).toBe(`update setting RATE: ${strong} no longer has it, so this file counts`);
    await own.migrate();
    expect([await value('RATE'), await outcome('.env:RATE')]).toEqual([0.6, 'unchanged setting RATE']);
    own.write(strong, settings({}));
    expect([await outcome('.env:RATE'), await outcome(`${strong}:RATE`)]).toEqual([
      `skip setting RATE: ${strong} overrules it`,
      `update setting RATE: ${strong} overrules .env`,
    ]);
    await own.migrate();
    expect(await value('RATE')).toBe(0.85);
  });

  it('asks when the winner is gone and the store was changed as well', async () => {
    await own.migrate();
    await own.app().get('settings.apply', { changes: [{ key: 'RATE', op: 'set', value: 0.5 }] });
    own.write(strong, null);
    expect(await outcome('.env:RATE')).toBe(
      'conflict setting RATE: changed in the file and in Holdfast since the last import',
    );
    expect(await outcome('.env:API_KEY')).toBe(
      `update secret API_KEY: ${strong} no longer has it, so this file counts`,
    );
  });

  it('a winner that cannot be read now is no winner that is gone', async () => {
    await own.migrate();
    own.write(strong, '{"RATE": 0.85,');
    expect(await outcome('.env:RATE')).toBe(`skip setting RATE: ${strong} overrules it, and cannot be read now`);
    await own.migrate();
    expect(await value('RATE')).toBe(0.85);
    own.write(strong, settings({ RATE: 0.9 }));
    expect(await outcome(`${strong}:RATE`)).toBe('update setting RATE: changed in the file since the last import');
    own.write(strong, settings({}).replace('0.85', '-0'));
    expect(await outcome('.env:RATE')).toBe(`skip setting RATE: ${strong} overrules it`);
  });

  it('a file that could not be read at the first import takes its place later', async () => {
    own.write(strong, 'oops');
    await own.migrate();
    expect(await value('RATE')).toBe(0.6);
    own.write(strong, settings({}));
    expect(await outcome(`${strong}:RATE`)).toBe(`update setting RATE: ${strong} overrules .env`);
  });

  it('yields to the owner’s choice, which holds in the next run', async () => {
    await own.migrate({ choices: { '.env:RATE': 'file' } });
    expect(await value('RATE')).toBe(0.6);
    const again = await own.migrate();
    expect([again.totals.update, again.totals.conflict, await value('RATE')]).toEqual([0, 0, 0.6]);
    own.write(strong, settings({ RATE: 0.9 }));
    expect(await outcome(`${strong}:RATE`)).toBe(
      'conflict setting RATE: changed in the file and in Holdfast since the last import',
    );
  });

  it('says nothing about a file that it does not name: equal values agree, others are a conflict', async () => {
    own.write('loose.json', '{"RATE": 0.85, "BATCH": 1}');
    expect([await outcome('loose.json:RATE'), await outcome('loose.json:BATCH')]).toEqual([
      `conflict setting RATE: ${strong} and .env have another value for it`,
      `conflict setting BATCH: ${strong} and .env have another value for it`,
    ]);
    own.write('.env', '');
    expect([await outcome('loose.json:RATE'), await outcome(`${strong}:RATE`)]).toEqual([
      `skip setting RATE: the same value as in ${strong}`,
      'create setting RATE',
    ]);
  });
});
