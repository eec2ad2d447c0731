/**
 * The browser host as a process of its own (`out/main/host.js`), for development and the journeys; people use
 * `holdfast serve`. Prints one line, the launch address, and ends on a signal, on "stop" in a page, or with its stdin.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError, exitCodes, type HoldfastError } from '../contract/errors.ts';
import { openApp } from '../core/app.ts';
import { configDirOf } from '../core/config-dir.ts';
import { createDevPages } from './dev-pages.ts';
import { startHost } from './host.ts';

// Entry files lie in out/main/; a shared chunk would not (so paths are made here and passed on).
const rootDir = join(import.meta.dirname, '..', '..');

const end = (error: HoldfastError): never => {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(exitCodes[error.type]);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      home: { type: 'string' },
      port: { type: 'string', default: '0' },
      'until-stdin-closes': { type: 'boolean', default: false },
    },
    // electron-vite adds arguments of its own.
    strict: false,
    allowPositionals: true,
  });
  const given = typeof values.home === 'string' ? values.home : process.env['HOLDFAST_HOME'];
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    end({ type: 'Usage', message: '--port must be a whole number from 0 to 65535.' });
  const opened = await openApp({
    homeDir: given === undefined || given === '' ? null : given,
    configDir: configDirOf(process.env),
    resourcesDir: join(rootDir, 'resources'),
    door: 'browser',
    env: process.env,
  });
  if (!opened.ok) return end(opened.error);
  const app = opened.data;
  const viteUrl = process.env['ELECTRON_RENDERER_URL'];
  const started = await startHost({
    port,
    app,
    rendererDir: join(rootDir, 'out', 'renderer'),
    onStop: () => void stop(),
    ...(viteUrl === undefined ? {} : { devPages: createDevPages(viteUrl) }),
  });
  if (!started.ok) {
    await app.close();
    return end(started.error);
  }
  const host = started.data;
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await host.close();
    await app.close();
    process.exit(0);
  };
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
  if (values['until-stdin-closes'] === true) process.stdin.resume().once('end', () => void stop());
  process.stdout.write(`${host.url}\n`);
};

await main();
