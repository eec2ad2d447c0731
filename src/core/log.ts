/** The error log: names and stack frames, never a value. 5 files of at most 1 MiB in Holdfast's own folder. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const limitBytes = 1024 * 1024;
const keptFiles = 5;

/** Logging must never be the reason that something fails: a log that cannot be written is left out. */
export const createLog = (configDir: string): ((line: string) => void) => {
  const dir = join(configDir, 'logs');
  const path = join(dir, 'holdfast.log');
  const rotate = (): void => {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < limitBytes) return;
    for (let i = keptFiles - 2; i >= 0; i -= 1) {
      const from = i === 0 ? path : `${path}.${String(i)}`;
      if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${path}.${String(i + 1)}`);
    }
  };
  return (line) => {
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      rotate();
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
    } catch {
      // See above.
    }
  };
};
