/** What a migration could not take: listed without its text, opened with an audit entry, mapped by hand, left, undone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuarantineEntry } from '../../contract/migration.ts';
import { openOwnHome, outcomes, type OwnHome } from './testing/own-home.ts';

const definition = {
  sources: [
    { file: 'a.json', format: 'json', to: { kind: 'settings', prefix: 'a' } },
    { file: '.env', format: 'env', to: { kind: 'settings', prefix: 'env' } },
  ],
  catalog: { 'a.limit': { type: 'integer', maximum: 100 } },
};
const text = ['{', '  "big": 9007199254740993,', '  "dup": 5,', '  "dup": 6,', '  "dup": 7', '}'].join('\n');

let own: OwnHome;
beforeEach(async () => {
  own = await openOwnHome(definition, { 'a.json': text, '.env': 'X=1\njust some words ünï\nX=2\n' });
  await own.migrate();
});
afterEach(() => own.remove());

const list = async (file?: string): Promise<QuarantineEntry[]> =>
  (await own.app().get('migration.quarantine', file === undefined ? {} : { file })).entries;
const short = async () =>
  (await list()).map((one) => `${one.file}:${one.path}:${String(one.line)} ${one.state} ${one.target?.key ?? ''}`);
const big = { file: 'a.json', path: 'big' };

describe('the list', () => {
  it('says where, why, since when and how large, and never what', async () => {
    const entries = await list();
    expect(entries.map((one) => [one.file, one.path, one.line, one.reason, one.sizeBytes])).toEqual([
      ['a.json', 'big', 2, 'the whole number is beyond 2^53 and would lose digits', 16],
      ['a.json', 'dup', 3, 'the key stands again in line 5, and that one counts', 1],
      ['a.json', 'dup', 4, 'the key stands again in line 5, and that one counts', 1],
      ['.env', 'X', 1, 'line 3 sets X again, and that one counts', 3],
      ['.env', 'line[2]', 2, 'the application ignores this line: it is neither KEY=value nor a comment', 21],
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/9007|some words/u);
    const since = entries[0]?.since;
    await own.migrate();
    expect((await list('a.json')).map((one) => one.since)).toEqual([since, since, since]);
  });

  it('gives a text out only with an audit entry', async () => {
    expect(await own.app().get('migration.reveal', { file: '.env', path: 'line[2]', reason: 'look' })).toEqual({
      file: '.env',
      path: 'line[2]',
      raw: 'just some words ünï',
    });
    const { changes } = await own.app().get('audit.list', { action: 'reveal' });
    expect(changes.map((one) => [one.key, one.reason])).toEqual([['.env:line[2]', 'look']]);
    expect(JSON.stringify(changes)).not.toContain('some words');
    expect([
      await own.app().call('migration.reveal', { file: 'a.json', path: 'none' }),
      await own.app().call('migration.reveal', { file: 'a.json', path: 'dup' }),
    ]).toMatchObject([{ error: { type: 'NotFound' } }, { error: { type: 'InputInvalid', field: 'line' } }]);
  });
});

describe('mapping by hand', () => {
  it('makes a setting with the text’s own meaning, is undone and redone, and a later run knows it', async () => {
    const done = await own.app().get('migration.map', {
      file: 'a.json',
      path: 'dup',
      line: 4,
      target: { key: 'a.second' },
      reason: 'wanted',
    });
    expect(done.change).toMatchObject({ key: 'a.second', action: 'create', new: 6 });
    const found = await own.app().get('settings.get', { key: 'a.second' });
    expect([found.value, found.source, found.file, found.line]).toEqual([6, 'file', 'a.json', 4]);
    expect((await short())[2]).toBe('a.json:dup:4 mapped a.second');
    const { entries } = await own.app().get('migration.ledger', { key: 'a.second' });
    expect(entries.map((one) => [one.path, one.action, one.target])).toEqual([
      ['dup', 'map', { kind: 'setting', key: 'a.second' }],
    ]);

    const again = await own.migrate();
    expect([again.verification?.ok, again.totals.quarantine]).toEqual([true, 4]);
    expect(again.items.filter((item) => item.path === 'dup').map((item) => [item.line, item.action])).toEqual([
      [3, 'quarantine'],
      [4, 'unchanged'],
      [5, 'unchanged'],
    ]);
    expect((await short())[2]).toBe('a.json:dup:4 mapped a.second');
    expect((await own.plan()).totals).toEqual(again.totals);

    await own.app().get('settings.undo', {});
    expect((await short())[2]).toBe('a.json:dup:4 open ');
    expect((await own.app().call('settings.get', { key: 'a.second' })).ok).toBe(false);
    expect((await own.plan()).totals.quarantine).toBe(5);
    await own.app().get('settings.redo', {});
    expect([(await short())[2], (await own.plan()).totals.quarantine]).toEqual(['a.json:dup:4 mapped a.second', 4]);
  });

  it('keeps the text itself where it has no exact value, or takes the value that is given', async () => {
    await own.app().get('migration.map', { ...big, target: { key: 'a.big' } });
    await own.app().get('migration.map', { file: '.env', path: 'X', target: { key: 'env.X_OLD' } });
    await own.app().get('migration.map', {
      file: '.env',
      path: 'line[2]',
      target: { key: 'env.NOTE', value: 'words', secret: true },
    });
    expect(await own.stored('setting')).toEqual({
      'a.big': '9007199254740993',
      'a.dup': 7,
      'env.NOTE': '***',
      'env.X': '2',
      'env.X_OLD': '1',
    });
  });

  it('stays mapped while the text is the same wherever it stands; another text is quarantined anew', async () => {
    await own.app().get('migration.map', { ...big, target: { key: 'a.big' } });
    own.write('a.json', `\n\n${text}`);
    expect(outcomes(await own.plan())['a.json:big']).toBe('unchanged setting a.big: mapped by hand from quarantine');
    own.write('a.json', text.replace('9007199254740993', '9007199254740995'));
    const plan = await own.plan();
    expect(outcomes(plan)['a.json:big']).toMatch(/^quarantine: the whole number/u);
    await own.migrate();
    expect([(await own.stored('setting'))['a.big'], (await short())[0]]).toEqual([
      '9007199254740993',
      'a.json:big:2 open ',
    ]);
  });

  it('or leaving it holds too, until it is mapped after all', async () => {
    await own.app().get('migration.map', { ...big, target: 'leave' });
    expect((await short())[0]).toBe('a.json:big:2 left ');
    const run = await own.migrate();
    expect([run.verification?.ok, outcomes(run)['a.json:big']]).toEqual([
      true,
      'quarantine: the whole number is beyond 2^53 and would lose digits; left here by your choice',
    ]);
    expect((await short())[0]).toBe('a.json:big:2 left ');
    await own.app().get('migration.map', { ...big, target: { key: 'a.big' } });
    expect((await short())[0]).toBe('a.json:big:2 mapped a.big');
    expect((await own.app().get('audit.list', { action: 'leave' })).changes.map((one) => one.key)).toEqual([
      'a.json:big',
    ]);
  });

  it('writes nothing in a dry run, and refuses what a setting could not be', async () => {
    const dry = await own.app().get('migration.map', { ...big, target: { key: 'a.big' }, dryRun: true });
    expect([dry.changeSet, dry.change?.new, (await short())[0]]).toEqual([
      null,
      '9007199254740993',
      'a.json:big:2 open ',
    ]);
    const refused = await Promise.all(
      [
        { key: 'a.dup' },
        { key: 'a.dup.below', value: 1 },
        { key: 'no key' },
        { key: 'a.limit', value: 101 },
        { key: '__proto__' },
      ].map((target) => own.app().call('migration.map', { ...big, target })),
    );
    expect(refused.map((one) => !one.ok && one.error.type)).toEqual([
      'SettingInvalid',
      'SettingInvalid',
      'SettingInvalid',
      'SettingInvalid',
      'SettingInvalid',
    ]);
    expect(await own.app().call('migration.map', { ...big, target: { key: 'a.dup', value: 8 } })).toMatchObject({
      error: { type: 'InputInvalid', field: 'key' },
    });
    await own.app().get('migration.map', { ...big, target: { key: 'a.big' } });
    expect(await own.app().call('migration.map', { ...big, target: { key: 'a.other' } })).toMatchObject({
      error: { type: 'InputInvalid', problem: 'is mapped to a.big already; undo that first' },
    });
  });
});
