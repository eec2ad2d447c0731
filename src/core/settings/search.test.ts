/** The settings search over a migrated home, and that nothing secret can be looked for. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { wordsBetween } from '../search/entry-words.ts';
import { realFs } from '../store/fs.ts';
import { openStore } from '../store/open.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  await app.get('migration.run', { protect: { passphrase } });
});
afterEach(async () => {
  await app.close();
  home.remove();
});
const found = async (query: string): Promise<string[]> =>
  (await app.get('settings.search', { query })).settings.map(({ key }) => key);

it('finds settings by key, title, value and filters, also mistyped ones, the best first (D82)', async () => {
  const { settings, query } = await app.get('settings.search', { query: 'Theme @source:file @nonsense' });
  expect(
    settings
      .map(({ key }) => key)
      .slice(0, 2)
      .toSorted(),
  ).toEqual(['general.theme', 'theme.theme']);
  expect(query).toEqual({
    words: ['theme'],
    flags: [],
    filters: [{ name: 'source', value: 'file' }],
    ignored: ['@nonsense'],
  });
  expect(settings[0]?.value).toEqual(expect.any(String));
  expect((await found('themee dark'))[0]).toBe('general.theme');
  expect((await found('@secret')).every((key) => /env|token|key/iu.test(key))).toBe(true);
  expect(await found('@changed:1d @user:tester @source:set')).toEqual([]);
  await app.get('settings.apply', { changes: [{ op: 'set', key: 'general.theme', value: 'light' }] });
  expect(await found('@changed:1d @user:tester @source:set')).toEqual(['general.theme']);
  expect(await found('@invalid')).toEqual([]);
});

it('keeps no word of a secret where words are looked for', async () => {
  await app.get(
    'settings.apply',
    {
      create: true,
      changes: [
        { op: 'set', key: 'deploy.api_token', value: 'qwhunterzz77secret' },
        { op: 'set', key: 'deploy.note', value: 'plainwordzz' },
      ],
    },
    { passphrase },
  );
  const list = await app.get('settings.search', { query: 'api_token' });
  expect(list.settings.find(({ key }) => key === 'deploy.api_token')?.secret).toBe(true);
  expect((await app.get('audit.list', { text: 'qwhunter' })).changes).toEqual([]);
  expect((await app.get('audit.list', { text: 'PLAINWORD deploy tester' })).changes.map(({ key }) => key)).toEqual([
    'deploy.note',
  ]);
  expect(await found('qwhunter')).toEqual([]);
  await app.close();
  const clock = { now: () => '2026-06-01T00:00:00.000Z', newId: () => 'id' };
  const dir = `${home.homeDir}/.holdfast`;
  const store = await openStore({ dir, mode: 'reader', create: false, fs: realFs, flush: 'sync', ...clock });
  if (!store.ok) throw new Error(store.error.type);
  const words = await store.data.read((reader) =>
    wordsBetween(reader, 1, 100_000).flatMap((entry) => [...entry.words]),
  );
  await store.data.close();
  expect([words.includes('plainwordzz'), words.filter((word) => word.includes('hunter'))]).toEqual([true, []]);
});
