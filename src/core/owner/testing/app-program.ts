/**
 * A process of the several-processes test: `node program.mjs <options as JSON>`, through the app as a door opens it.
 * `count` adds one to a setting `times` times, as owner or through whoever owns, giving the home up now and then; `hold`
 * keeps a home open until its stdin closes. Only for tests.
 */
import { openApp, type OpenApp } from '../../app.ts';
import type { CommandName, Input, Output } from '../../../contract/commands.ts';
import type { HoldfastError } from '../../../contract/errors.ts';
import type { Result } from '../../../contract/result.ts';

export type AppProgramOptions = {
  mode: 'count' | 'hold';
  homeDir: string;
  configDir: string;
  resourcesDir: string;
  key: string;
  times: number;
  reopenEvery: number;
  /** The mutant: does not say which value it read. */
  blind: boolean;
};

const options = JSON.parse(process.argv[2] ?? '') as AppProgramOptions;
const { homeDir, configDir, resourcesDir, key } = options;
const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);

const open = async (): Promise<OpenApp> => {
  const door = options.mode === 'hold' ? 'window' : 'cli';
  const opened = await openApp({ homeDir, configDir, resourcesDir, door, env: process.env });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.data;
};

const call = async <N extends CommandName>(app: OpenApp, name: N, input: Input<N>): Promise<Result<Output<N>>> =>
  (await app.dispatch({
    name,
    input,
    actor: { user: `process ${String(process.pid)}`, role: 'admin', door: 'cli', session: 's' },
    credential: null,
  })) as Result<Output<N>>;

/** Nothing was changed: the owner ended first, or somebody else was quicker. Anything else fails the test. */
const mayAskAgain = (error: HoldfastError): boolean =>
  error.type === 'Stale' ||
  (error.type === 'StoreLocked' && (error.problem ?? '').includes('nothing was changed by this call'));

const increment = async (app: OpenApp): Promise<number> => {
  for (let tries = 0; ; tries++) {
    const listed = await call(app, 'settings.list', { prefix: key });
    if (!listed.ok) {
      if (mayAskAgain(listed.error)) continue;
      throw new Error(JSON.stringify(listed.error));
    }
    const now = listed.data.settings.find((setting) => setting.key === key);
    const value = Number(now?.value ?? 0) + 1;
    const applied = await call(app, 'settings.apply', {
      create: true,
      changes: [{ op: 'set', key, value }],
      ...(options.blind ? {} : { expect: { [key]: now?.version ?? null } }),
    });
    if (applied.ok) return tries;
    if (!mayAskAgain(applied.error)) throw new Error(JSON.stringify(applied.error));
  }
};

const count = async (): Promise<void> => {
  let app = await open();
  let tries = 0;
  for (let done = 0; done < options.times; done++) {
    if (done > 0 && done % options.reopenEvery === 0) {
      await app.close();
      app = await open();
    }
    tries += await increment(app);
  }
  await app.close();
  say({ done: options.times, tries });
};

const hold = async (): Promise<void> => {
  const app = await open();
  const status = await call(app, 'home.status', {});
  say(status.ok ? { held: true } : status.error);
  process.stdin.resume().once('end', () => {
    void app.close().then(() => process.stdin.destroy());
  });
};

await (options.mode === 'count' ? count() : hold());
