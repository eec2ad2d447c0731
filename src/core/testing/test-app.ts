/** For tests only: a temporary copy of a sample home, a clock that steps by one second, and an app opened on them. */
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CommandName, Input, Output } from '../../contract/commands.ts';
import type { Result } from '../../contract/result.ts';
import { openApp, type OpenApp } from '../app.ts';
import type { OpenAppOptions } from '../app-types.ts';
import type { Clock } from '../clock.ts';
import { steppingClock } from './clock.ts';
import type { Actor, Credential, Door } from '../context.ts';

export const resourcesDir = resolve(import.meta.dirname, '../../../resources');

export type TempHome = { root: string; homeDir: string; configDir: string; remove: () => void };

/** `sample` null makes an empty home. */
export const tempHome = (sample: string | null = 'deeptempo'): TempHome => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-test-')));
  const homeDir = join(root, 'home');
  cpSync(sample === null ? mkdtempSync(join(root, 'empty-')) : join(resourcesDir, 'sample-homes', sample), homeDir, {
    recursive: true,
  });
  return {
    root,
    homeDir,
    configDir: join(root, 'config'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
};

export type TestApp = OpenApp & {
  call: <N extends CommandName>(name: N, input: Input<N>, credential?: Credential) => Promise<Result<Output<N>>>;
  /** The data, or a failed test naming the error. */
  get: <N extends CommandName>(name: N, input: Input<N>, credential?: Credential) => Promise<Output<N>>;
};

export const testActor = (door: Door = 'cli'): Actor => ({
  user: 'tester',
  role: 'admin',
  door,
  session: `session-${door}`,
});

export const openTestApp = async (
  home: Pick<TempHome, 'homeDir' | 'configDir'>,
  door: Door = 'cli',
  clock: Clock = steppingClock(),
  more: Pick<OpenAppOptions, 'systemKeyring' | 'keysFs'> = {},
): Promise<TestApp> => {
  const opened = await openApp({
    ...more,
    homeDir: home.homeDir,
    configDir: home.configDir,
    resourcesDir,
    door,
    env: process.env,
    clock,
  });
  if (!opened.ok) throw new Error(`the app did not open: ${JSON.stringify(opened.error)}`);
  const app = opened.data;
  const call: TestApp['call'] = async (name, input, credential) =>
    (await app.dispatch({ name, input, actor: testActor(door), credential: credential ?? null })) as never;
  const get: TestApp['get'] = async (name, input, credential) => {
    const result = await call(name, input, credential);
    if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`);
    return result.data;
  };
  return { ...app, call, get };
};

export const passphrase = 'correct horse battery staple';
