/**
 * Walking the whole audit chain: `npm run bench -- verify [--rows 100000] [--rounds 5] [--dir DIR]` prints milliseconds, locked
 * and with the seals' macs checked. The log is written as the app writes it: sealed change sets of four entries.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { verifyChain } from '../src/core/audit/verify.ts';
import { createChangeWriter } from '../src/core/changes/write.ts';
import { ok } from '../src/contract/result.ts';
import { createKeys } from '../src/core/secrets/keyring.ts';
import type { Keyring } from '../src/core/secrets/types.ts';
import { realFs } from '../src/core/store/fs.ts';
import { openStore } from '../src/core/store/open.ts';
import type { Store } from '../src/core/store/types.ts';
import { clock, timeOf } from './store/filled-home.ts';
import { defaultParentDir } from './store/measure.ts';
import { rounded, timesOf } from './store/statistics.ts';

const setsAtOnce = 500;

/** Change sets of three changes and a seal. */
const fill = async (store: Store, keyring: Keyring, entries: number): Promise<void> => {
  for (let first = 0; first * 4 < entries; first += setsAtOnce) {
    await store.transact((tx) => {
      for (let set = first; set < first + setsAtOnce && set * 4 < entries; set += 1) {
        const about = {
          kind: 'edit',
          actor: 'maria',
          door: 'cli',
          at: timeOf(set),
          uid: `set-${String(set)}`,
        } as const;
        const writer = createChangeWriter(tx, { ...about, keyring });
        for (const n of [1, 2, 3]) {
          const subject = { kind: 'setting' as const, key: `general.setting-${String((set + n) % 200)}` };
          writer.put({ subject, value: `value ${String(set)}`, secret: false, source: 'set' });
        }
        writer.finish();
      }
      return ok(null);
    });
  }
};

export const main = async (argv: string[]): Promise<number> => {
  const after = (name: string, otherwise: string): string =>
    argv.includes(name) ? (argv[argv.indexOf(name) + 1] ?? otherwise) : otherwise;
  const rows = Number(after('--rows', '100000'));
  const dir = mkdtempSync(join(after('--dir', defaultParentDir), 'holdfast-bench-'));
  try {
    const opened = await openStore({ dir, mode: 'owner', create: true, fs: realFs, flush: 'sync', ...clock });
    if (!opened.ok) throw new Error(opened.error.type);
    const store = opened.data;
    const { keyring } = await createKeys({ recoveryCode: true, now: clock.now(), storeId: store.info().storeId });
    await fill(store, keyring, rows);
    for (const [title, keys] of [
      ['locked', null],
      ['with the seals checked', keyring],
    ] as const) {
      const times: number[] = [];
      let entries = 0;
      for (let round = 0; round < Number(after('--rounds', '5')); round += 1) {
        const started = performance.now();
        const found = await store.read((reader) => verifyChain(reader, keys));
        times.push(performance.now() - started);
        if (!found.ok) throw new Error(found.firstBad?.problem);
        ({ entries } = found);
      }
      const { p50, p99 } = timesOf(times);
      console.log(
        `${String(entries)} entries ${title}: p50 ${String(rounded(p50))} ms, longest ${String(rounded(p99))} ms`,
      );
    }
    await store.close();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return 0;
};
