/** The saves that are measured: one change set of five statements, and one setting through the app's change writer. */
import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { ok } from '../../src/contract/result.ts';
import { rawQuery } from '../../src/core/changes/queries.ts';
import { createChangeWriter } from '../../src/core/changes/write.ts';
import type { SqlValue, Store } from '../../src/core/store/types.ts';
import { subjects, termId, timeOf } from './filled-home.ts';

export const statements = {
  changeSet:
    'INSERT INTO change_set (id, uid, at, actor, door, kind, reason, of, undone_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  version:
    'INSERT INTO version (id, subject, audit, value, secret, cipher, print, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  audit:
    'INSERT INTO audit (id, change_set, action, subject, old_version, new_version, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  live: 'INSERT INTO live (subject, version) VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET version = excluded.version',
  meta: 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
};

/** What save number `id` puts into the five statements, in their order. */
export const valuesOf = (id: number): SqlValue[][] => {
  const subject = 1 + (id % subjects);
  const hash = new Uint8Array(32).fill(id % 251);
  const by = [termId('alice'), termId('window'), termId('edit')];
  return [
    [id, `bench-${String(id).padStart(14, '0')}`, timeOf(id), ...by, null, null, null],
    [id, subject, id, `"value ${String(id)}"`, 0, null, null, termId('set')],
    [id, id, termId('update'), subject, id > subjects ? id - subjects : null, id, null, hash],
    [subject, id],
    ['audit_head', String(id)],
  ];
};

const texts = Object.values(statements);

export type Saver = {
  save: () => Promise<void>;
  /** Makes the values of the next saves now, so that they are not part of what is measured. */
  prepare: (count: number) => void;
  /** What one save adds to the journal. */
  bytes: () => number;
};

/** The journal's growth, looked at in the first saves only: asking costs as much as a tenth of a save. */
const createGauge = (store: Store): { around: (work: () => Promise<void>) => Promise<void>; bytes: () => number } => {
  let looks = 5;
  let bytes = 0;
  return {
    around: async (work) => {
      if (looks === 0) return work();
      looks -= 1;
      const before = store.info().journalBytes;
      await work();
      bytes = store.info().journalBytes - before;
    },
    bytes: () => bytes,
  };
};

export const createSaver = (store: Store, firstId: number): Saver => {
  let id = firstId;
  const prepared: SqlValue[][][] = [];
  const gauge = createGauge(store);
  const prepare = (count: number): void => {
    while (prepared.length < count) prepared.push(valuesOf((id += 1)));
  };
  const run = async (): Promise<void> => {
    prepare(1);
    const values = prepared.shift() ?? [];
    const answer = await store.transact((tx) => {
      for (const [i, sql] of texts.entries()) tx.run(rawQuery(sql, values[i] ?? []));
      return ok(null);
    });
    if (!answer.ok) throw new Error(`the save failed: ${answer.error.type}`);
  };
  return { save: () => gauge.around(run), prepare, bytes: gauge.bytes };
};

/** One setting changed as the screens change it: looked up, versioned, chained, audited. Locked, so without a seal. */
export const createAppSaver = (store: Store, firstId: number): Saver => {
  let id = firstId;
  const gauge = createGauge(store);
  const run = async (): Promise<void> => {
    id += 1;
    const about = { actor: 'alice', door: 'window', at: timeOf(id), uid: `app-${String(id).padStart(16, '0')}` };
    const answer = await store.transact((tx) => {
      const writer = createChangeWriter(tx, { ...about, kind: 'edit', keyring: null });
      const key = `general.setting-${String(1 + (id % subjects))}`;
      writer.put({ subject: { kind: 'setting', key }, value: `value ${String(id)}`, secret: false, source: 'set' });
      writer.finish();
      return ok(null);
    });
    if (!answer.ok) throw new Error(`the save failed: ${answer.error.type}`);
  };
  return { save: () => gauge.around(run), prepare: () => undefined, bytes: gauge.bytes };
};

export type Appender = { append: (bytes: Uint8Array) => Promise<void> | void; close: () => void };

/** The least that any durable save has to do. */
export const createAppender = (path: string, flush: 'sync' | 'async'): Appender => {
  const fd = openSync(path, 'w');
  let end = 0;
  return {
    append: (bytes) => {
      writeSync(fd, bytes, 0, bytes.length, end);
      end += bytes.length;
      if (flush === 'sync') {
        fdatasyncSync(fd);
        return;
      }
      return new Promise((resolve, reject) => {
        fdatasync(fd, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    },
    close: () => {
      closeSync(fd);
    },
  };
};
