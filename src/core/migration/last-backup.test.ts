/** Leaving with a last backup that was saved before, and what a file that was gone gets back. Real files, real keys. */
import { chmodSync, copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../contract/result.ts';
import { passphrase, testActor } from '../testing/test-app.ts';
import { openSample, type OwnHome } from './testing/own-home.ts';

let own: OwnHome;
beforeEach(async () => {
  own = await openSample('deeptempo');
});
afterEach(() => own.remove());

const path = (file: string): string => join(own.home.homeDir, file);
const file = (name: string, use: 'read' | 'write'): string =>
  own.app().files.register(testActor().session, { path: join(own.home.root, name), name, use });
const save = async (name: string): Promise<void> =>
  void (await own.app().get('backup.create', { output: file(name, 'write') }, own.credential()));
const leave = (name: string) => own.app().call('home.leave', { saved: file(name, 'read') }, own.credential());
const problemOf = (result: Result<unknown>): string =>
  result.ok ? 'left' : result.error.type === 'InputInvalid' ? result.error.problem : result.error.type;

describe('leaving with a backup that lies elsewhere already', () => {
  it('opens it, and takes .holdfast away only then', async () => {
    await own.migrate();
    await own.app().get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    await save('last.age');
    const left = await leave('last.age');
    expect(left.ok ? left.data.backup?.provenAt : left.error).toEqual(expect.any(String));
    expect(existsSync(path('.holdfast'))).toBe(false);
    expect(readFileSync(path('general_config.json'), 'utf8')).toContain('"theme": "light"');
    expect(existsSync(join(own.home.root, 'last.age'))).toBe(true);
  });

  it('refuses one that is older than the newest value, damaged, empty or of another home, and touches nothing', async () => {
    await own.migrate();
    await save('old.age');
    await own.app().get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    expect(problemOf(await leave('old.age'))).toBe('something was changed since old.age was made; save a new backup');

    await save('good.age');
    const bytes = readFileSync(join(own.home.root, 'good.age'));
    writeFileSync(join(own.home.root, 'half.age'), bytes.subarray(0, bytes.length >> 1));
    writeFileSync(join(own.home.root, 'empty.age'), '');
    expect(problemOf(await leave('half.age'))).toBe('BackupDamaged');
    expect(problemOf(await leave('empty.age'))).not.toBe('left');

    const other = await openSample('opsbrain');
    await other.migrate();
    await other.app().get(
      'backup.create',
      {
        output: other.app().files.register(testActor().session, {
          path: join(own.home.root, 'other.age'),
          name: 'other.age',
          use: 'write',
        }),
      },
      other.credential(),
    );
    await other.remove();
    expect(problemOf(await leave('other.age'))).toBe('WrongKey');

    copyFileSync(join(own.home.root, 'good.age'), path('.holdfast/good.age'));
    const inside = own.app().files.register(testActor().session, {
      path: path('.holdfast/good.age'),
      name: 'good.age',
      use: 'read',
    });
    const removed = await own.app().call('home.leave', { saved: inside }, own.credential());
    expect(problemOf(removed)).toBe('this lies in .holdfast, which is removed');

    expect(existsSync(path('.holdfast/keys.json'))).toBe(true);
    expect(readFileSync(path('general_config.json'), 'utf8')).toContain('"theme": "dark"');
    expect(problemOf(await leave('good.age'))).toBe('left');
  });
});

it('is refused where only a passphrase opens the keys, which go with .holdfast', async () => {
  await own.migrate({ protect: { passphrase } });
  const refused = await own.app().call('home.leave', { output: file('last.age', 'write') }, { passphrase });
  expect(refused.ok ? null : refused.error).toMatchObject({
    type: 'CheckUnmet',
    unmet: [expect.stringContaining('a recovery code is needed first')],
  });
  expect([existsSync(path('.holdfast/keys.json')), existsSync(join(own.home.root, 'last.age'))]).toEqual([true, false]);
});

it('gives retired files back with the modes that they had', async () => {
  const modes = { '.env': 0o644, 'theme_config.json': 0o640, 'general_config.json': 0o600 };
  for (const [name, mode] of Object.entries(modes)) chmodSync(path(name), mode);
  const before = readFileSync(path('.env'));
  await own.migrate();
  await own.app().get('migration.retire', { force: true, reason: 'no longer read' }, own.credential());
  expect(existsSync(path('.env'))).toBe(false);
  await own.app().get('home.leave', { output: file('last.age', 'write') }, own.credential());
  expect(readFileSync(path('.env')).equals(before)).toBe(true);
  expect(Object.keys(modes).map((name) => statSync(path(name)).mode & 0o777)).toEqual(Object.values(modes));
});
