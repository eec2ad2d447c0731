/**
 * A process of the owner tests: `node owner-program.mjs <options as JSON>`. `hold` owns (or finds the owner) until its
 * stdin closes or it answered `times` calls; `count` adds to a number file `times` times, as owner or through whoever
 * owns. Only for tests.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '../../../contract/result.ts';
import type { AppCall } from '../../app-types.ts';
import { claimHome } from '../claim.ts';
import { acquireLock, type Lock } from '../lock.ts';
import { createHello, serveOwner } from '../serve.ts';

export type OwnerProgramOptions = {
  mode: 'hold' | 'count';
  homeDir: string;
  env: Record<string, string>;
  times: number;
};

const options = JSON.parse(process.argv[2] ?? '') as OwnerProgramOptions;
const holdfastDir = join(options.homeDir, '.holdfast');
const numberPath = join(options.homeDir, 'number');
const lockOptions = {
  holdfastDir,
  now: () => '2026-01-01T00:00:00.000Z',
  appVersion: '0.1.0',
  env: options.env,
  silentAfterMs: 20_000,
};
const hello = createHello({ appVersion: '0.1.0', homeDir: options.homeDir, storeId: null });
const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);

/** Read, yield, write: two owners at once would lose increments. */
const increment = async (): Promise<Result<number>> => {
  const next = Number(readFileSync(numberPath, 'utf8')) + 1;
  await new Promise((resolve) => setImmediate(resolve));
  writeFileSync(numberPath, String(next));
  return ok(next);
};

const serve = (lock: Lock, onLast: () => void) => {
  let queue: Promise<unknown> = Promise.resolve();
  let calls = 0;
  const queued = (): Promise<Result<unknown>> => {
    const result = queue.then(increment);
    queue = result;
    calls += 1;
    if (calls === options.times) onLast();
    return result;
  };
  const server = serveOwner(lock, {
    hello: () => hello,
    onCall: queued,
    onEvent: () => () => undefined,
    registerFile: () => '',
    dropSession: () => undefined,
  });
  return { queued, close: server.close };
};

const hold = async (): Promise<void> => {
  const acquired = await acquireLock(lockOptions);
  say(acquired);
  if (!acquired.ok || !acquired.data.held) return;
  const { lock } = acquired.data;
  const end = async (): Promise<void> => {
    await served.close();
    await lock.release();
    process.stdin.destroy();
  };
  const served = serve(lock, () => void end());
  process.stdin.resume().once('end', () => void end());
};

const call: AppCall = {
  name: 'settings.undo',
  input: {},
  actor: { user: 'ann', role: 'admin', door: 'cli', session: 's' },
  credential: null,
};

/** One increment, by whichever way there is. A refused call was never looked at, so it is asked again. */
const addOne = async (): Promise<'owned' | 'asked'> => {
  for (;;) {
    const claimed = await claimHome(lockOptions, hello);
    if (!claimed.ok) throw new Error(JSON.stringify(claimed.error));
    if (claimed.data.held) {
      const served = serve(claimed.data.lock, () => undefined);
      await served.queued();
      await served.close();
      await claimed.data.lock.release();
      return 'owned';
    }
    const answer = await claimed.data.client.call(call);
    claimed.data.client.close();
    if (answer.ok) return 'asked';
    if (answer.error.type !== 'StoreLocked') throw new Error(JSON.stringify(answer.error));
  }
};

const count = async (): Promise<void> => {
  const ways = { owned: 0, asked: 0 };
  for (let i = 0; i < options.times; i += 1) ways[await addOne()] += 1;
  say(ways);
};

await (options.mode === 'hold' ? hold() : count());
