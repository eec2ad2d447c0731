/**
 * What `bin/holdfast.mjs` loads: this process' terminal, the folder of the resources, and the way out. Never imports
 * electron; loads the core only when a command needs it.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { processIo } from './io.ts';
import { runCli } from './main.ts';

// A reader that went away (`| head`) is not an error of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? 0);
  });

/** Bytes that a pipe has not taken yet would be lost by `exit`. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((done) => void stream.write('', () => done()));

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const rootDir = resolve(import.meta.dirname, '..', '..');

const { version } = JSON.parse(readFileSync(resolve(rootDir, 'package.json'), 'utf8')) as { version: string };

const code = await runCli(
  process.argv.slice(2),
  {
    io: processIo(),
    clock: systemClock,
    resourcesDir: resolve(rootDir, 'resources'),
    rootDir,
    openApp: async (options) => (await import('../core/app.ts')).openApp(options),
    exit: (exitCode) => process.exit(exitCode),
    onInterrupt: (listener) => {
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
  },
  version,
);
process.exitCode = code;
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
