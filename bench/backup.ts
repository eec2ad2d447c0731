/**
 * P11: making a backup in its thread: `npm run bench -- backup [--rows 100000] [--rounds 5] [--dir DIR]` prints megabytes of the
 * store's image a second (packed, encrypted, read back, opened) and the longest pause of the event loop meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { createChangeWriter } from '../src/core/changes/write.ts';
import { ok } from '../src/contract/result.ts';
import { factsOf } from '../src/core/backup/contents.ts';
import { runBackupWork } from '../src/core/backup/thread.ts';
import { createKeys } from '../src/core/secrets/keyring.ts';
import { serialiseKeys } from '../src/core/secrets/keys-format.ts';
import { realFs } from '../src/core/store/fs.ts';
import { openStore } from '../src/core/store/open.ts';
import { workerFile } from '../src/core/store/thread.ts';
import type { Store } from '../src/core/store/types.ts';
import { clock, timeOf } from './store/filled-home.ts';
import { defaultParentDir } from './store/measure.ts';
import { rounded } from './store/statistics.ts';

const atOnce = 500;

const fill = async (store: Store, rows: number): Promise<void> => {
  for (let first = 0; first < rows; first += atOnce) {
    await store.transact((tx) => {
      const about = {
        kind: 'edit',
        actor: 'maria',
        door: 'cli',
        at: timeOf(first),
        uid: `set-${String(first)}`,
      } as const;
      const writer = createChangeWriter(tx, { ...about, keyring: null });
      for (let row = first; row < first + atOnce && row < rows; row += 1) {
        const subject = { kind: 'setting' as const, key: `general.setting-${String(row % 5000)}` };
        writer.put({ subject, value: `value ${String(row)}`, secret: false, source: 'set' });
      }
      writer.finish();
      return ok(null);
    });
  }
};

/** What `backup.create` does with the bytes, without the writing of the file: both threads, one after the other. */
const backUp = async (store: Store, keys: Awaited<ReturnType<typeof createKeys>>, program: string): Promise<number> => {
  const image = await store.exportImage();
  const sizeBytes = image.byteLength;
  const [identity] = keys.file.identities;
  if (identity === undefined) throw new Error('keys without a backup identity');
  const facts = await store.read(factsOf);
  const { storeId, schemaVersion: schema } = store.info();
  const created = clock.now();
  const written = await runBackupWork(
    'write',
    {
      facts: { created, app: 'bench', schema, home: '/bench', definition: null, storeId, ...facts },
      store: image,
      keys: serialiseKeys(keys.file),
      sealing: { hint: { kind: 'store', at: created, recipient: identity.recipient, recipientAt: identity.createdAt } },
    },
    { program },
  );
  if (!written.ok) throw new Error(JSON.stringify(written.error));
  const opening = { identities: keys.keyring.backupIdentities(), passphrase: null };
  const { bytes } = written.data;
  const read = await runBackupWork('read', { name: 'bench', bytes, opening, prove: true }, { program });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return sizeBytes;
};

export const main = async (argv: string[]): Promise<number> => {
  const after = (name: string, otherwise: string): string =>
    argv.includes(name) ? (argv[argv.indexOf(name) + 1] ?? otherwise) : otherwise;
  const program = workerFile('backup');
  if (program === null) throw new Error('the thread has no program here');
  const dir = mkdtempSync(join(after('--dir', defaultParentDir), 'holdfast-bench-'));
  try {
    const opened = await openStore({ dir, mode: 'owner', create: true, fs: realFs, flush: 'sync', ...clock });
    if (!opened.ok) throw new Error(opened.error.type);
    const store = opened.data;
    const keys = await createKeys({ recoveryCode: true, now: clock.now(), storeId: store.info().storeId });
    await fill(store, Number(after('--rows', '100000')));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    for (let round = 0; round < Number(after('--rounds', '5')); round += 1) {
      delay.reset();
      delay.enable();
      const started = performance.now();
      const sizeBytes = await backUp(store, keys, program);
      const seconds = (performance.now() - started) / 1000;
      delay.disable();
      const [rate, longest, p99] = [sizeBytes / 1e6 / seconds, delay.max / 1e6, delay.percentile(99) / 1e6].map(
        rounded,
      );
      console.info(
        `${String(rounded(sizeBytes / 1e6))} MB in ${String(rounded(seconds))} s: ${String(rate)} MB/s, longest pause ${String(longest)} ms, p99 ${String(p99)} ms`,
      );
    }
    await store.close();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return 0;
};
