/**
 * Notices when somebody changes a legacy file while the home is open, so that screens look again. It only tells that
 * something may have changed; what did is found by comparing hashes. Links are not followed. Where the system does not
 * tell of changes (network and synchronised folders) the files are looked at every few seconds instead.
 */
import { watch } from 'chokidar';
import { dirname, join } from 'node:path';

export type LegacyWatch = {
  /** Watches exactly these files from now on; settles once it does. Paths relative to the home. */
  follow: (files: readonly string[]) => Promise<void>;
  close: () => Promise<void>;
};

export type WatchOptions = {
  homeDir: string;
  polling: boolean;
  /** Between two looks where it has to poll. */
  pollEveryMs?: number;
  onChange: () => void;
};

/** Each watched file costs the system something; more are compared only when a screen asks. */
const maxFiles = 1000;

export const watchLegacyFiles = ({ homeDir, polling, pollEveryMs = 5000, onChange }: WatchOptions): LegacyWatch => {
  let watcher: ReturnType<typeof watch> | null = null;
  let following = '';
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };
  const stop = async (): Promise<void> => {
    const before = watcher;
    watcher = null;
    await before?.close();
  };
  const start = (files: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      const paths = new Set(files.map((file) => join(homeDir, file)));
      // Their folders: a file that is removed and comes back, or is replaced by another, is still seen.
      watcher = watch([...new Set([...paths].map((path) => dirname(path)))], {
        depth: 0,
        ignored: (path, stat) => stat?.isFile() === true && !paths.has(path),
        ignoreInitial: true,
        followSymlinks: false,
        usePolling: polling,
        interval: pollEveryMs,
      });
      watcher.on('all', (_, path) => {
        if (paths.has(path)) onChange();
      });
      // Out of watches, or a folder that may not be read: then nothing is told, and comparing still finds it.
      watcher.on('error', () => resolve());
      watcher.on('ready', () => resolve());
    });
  return {
    follow: (files) =>
      inTurn(async () => {
        const wanted = [...files].toSorted().slice(0, maxFiles);
        const key = wanted.join('\n');
        if (key === following) return;
        following = key;
        await stop();
        if (wanted.length > 0) await start(wanted);
      }),
    close: () => inTurn(stop),
  };
};
