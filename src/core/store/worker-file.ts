/**
 * Where the program of a worker thread lies. The build makes each one an entry, `<name>-worker.js`, beside the other
 * entries; this module may end up there or in the folder of shared chunks below. From sources there is none: Node does
 * not run TypeScript, so whoever asks must be able to do without.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The absolute path, or null where no such worker was built. */
export const workerFile = (name: string): string | null => {
  const file = `${name}-worker.js`;
  const places = [join(import.meta.dirname, file), join(import.meta.dirname, '..', file)];
  return places.find((path) => existsSync(path)) ?? null;
};
