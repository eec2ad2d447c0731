/** The watch tells of files that are changed, added and removed; waiting for the event is the test. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { HoldfastEvent } from '../../contract/events.ts';
import { openTestApp, passphrase, tempHome } from '../testing/test-app.ts';
import { watchLegacyFiles, type LegacyWatch } from './watch.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/**
 * Resolves at the next change, and acts again until then: polling tells nothing of what happens in the moment before its
 * first look at a file, or while it looks at a folder.
 */
const createSignal = () => {
  let told: () => void = () => undefined;
  return {
    tell: () => told(),
    next: (act: () => void): Promise<void> =>
      new Promise((resolve) => {
        const again = setInterval(act, 2000);
        told = () => {
          clearInterval(again);
          resolve();
        };
        act();
      }),
  };
};

describe('the watch over legacy files', () => {
  it.each([false, true])(
    'tells of a file that is changed, removed and added (polling: %s)',
    async (polling) => {
      const homeDir = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-watch-')));
      const file = join(homeDir, 'a.json');
      writeFileSync(file, '{}');
      const signal = createSignal();
      const watching: LegacyWatch = watchLegacyFiles({ homeDir, polling, pollEveryMs: 50, onChange: signal.tell });
      cleanups.push(async () => {
        await watching.close();
        rmSync(homeDir, { recursive: true, force: true });
      });
      await watching.follow(['a.json', 'later.json']);
      const add = (path: string): void => {
        rmSync(path, { force: true });
        writeFileSync(path, '{}');
      };
      await signal.next(() => writeFileSync(file, '{"a":1}'));
      await signal.next(() => rmSync(file, { force: true }));
      await signal.next(() => add(file));
      await signal.next(() => add(join(homeDir, 'later.json')));
      expect(await watching.close()).toBeUndefined();
    },
    60_000,
  );

  it('makes an open home tell its screens', async () => {
    const home = tempHome('deeptempo');
    const app = await openTestApp(home, 'window');
    cleanups.push(async () => {
      await app.close();
      home.remove();
    });
    await app.get('migration.run', { protect: { passphrase } });
    const seen = new Promise<HoldfastEvent>((resolve) => {
      app.onEvent((event) => {
        if (event.type === 'changed' && event.topics.length === 2 && event.topics.includes('migration')) resolve(event);
      });
    });
    writeFileSync(join(home.homeDir, 'theme_config.json'), '{"theme": "blue"}');
    expect(await seen).toEqual({ type: 'changed', topics: ['status', 'migration'] });
    expect((await app.get('home.status', {})).drift).toEqual([{ file: 'theme_config.json', status: 'changed' }]);
  }, 60_000);
});
