/** Would a value work here: ports that are free or taken, folders that are there or not. Looks only. */
import { existsSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
const servers: Server[] = [];
beforeEach(async () => {
  home = tempHome(null);
  app = await openTestApp(home);
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await app.close();
  home.remove();
});

const taken = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    servers.push(server);
    server.listen(0, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
const tryValue = (key: string, value: string | number) =>
  app.get('settings.try', { key, value, definition: 'automagik-hub' });

describe('settings.try', () => {
  it('tells a port that is taken, and offers free ones that fit the setting', async () => {
    const port = await taken();
    const trial = await tryValue('port', port);
    expect([trial.result, trial.message]).toEqual(['bad', expect.stringContaining(`Port ${String(port)} is used`)]);
    for (const one of trial.suggestions) expect(one).toBeGreaterThan(port);
  });

  it('says what the setting itself does not allow', async () => {
    expect(await tryValue('port', 80)).toMatchObject({ result: 'bad', suggestions: [] });
  });

  it('looks at paths from the home, and creates nothing', async () => {
    mkdirSync(join(home.homeDir, 'data'));
    expect(await tryValue('database_path', 'data/hub.db')).toMatchObject({
      result: 'good',
      message: 'This is not there yet; its folder is, and can be written',
    });
    expect((await tryValue('database_path', 'nowhere/at/all.db')).result).toBe('bad');
    expect((await tryValue('database_path', 'data')).message).toBe('This folder is there and can be written');
    expect(existsSync(join(home.homeDir, '.holdfast'))).toBe(false);
  });

  it('has no opinion on what it cannot try', async () => {
    expect(await tryValue('app_mode', 'local')).toMatchObject({ result: 'unknown' });
  });
});
