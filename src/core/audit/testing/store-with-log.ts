/** For tests only: a store with a log of all kinds of entries, and ways to tamper with its rows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '../../../contract/result.ts';
import type { Clock } from '../../clock.ts';
import { createChangeWriter, type ChangeSetOptions, type OpenChangeWriter } from '../../changes/write.ts';
import { createKeys } from '../../secrets/keyring.ts';
import type { Keyring } from '../../secrets/types.ts';
import { openEngine } from '../../store/engine.ts';
import { realFs } from '../../store/fs.ts';
import { openStore } from '../../store/open.ts';
import type { Reader, SqlValue, Store } from '../../store/types.ts';
import { steppingClock } from '../../testing/clock.ts';
import { newestEntry } from '../queries.ts';

export type Tampering = readonly (readonly [sql: string, values?: readonly SqlValue[]])[];

export type LogStore = {
  store: Store;
  keyring: Keyring;
  write: (set: ChangeSetOptions, keys: Keyring | null, fn: (writer: OpenChangeWriter) => void) => Promise<string>;
  close: () => Promise<void>;
};

export const openLogStore = async (clock: Clock = steppingClock()): Promise<LogStore> => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
  const opened = await openStore({ dir, mode: 'owner', create: true, fs: realFs, flush: 'sync', ...clock });
  if (!opened.ok) throw new Error(opened.error.type);
  const store = opened.data;
  const { keyring } = await createKeys({ recoveryCode: true, now: clock.now(), storeId: store.info().storeId });
  return {
    store,
    keyring,
    write: async (set, keys, fn) => {
      const about = { actor: 'maria', door: 'cli', at: clock.now(), uid: clock.newId(), keyring: keys };
      const done = await store.transact((tx) => {
        const writer = createChangeWriter(tx, { ...about, ...set, door: set.door ?? 'cli' });
        fn(writer);
        writer.finish();
        return ok(writer.uid);
      });
      if (!done.ok) throw new Error(done.error.type);
      return done.data;
    },
    close: async () => {
      await store.close();
      rmSync(dir, { recursive: true });
    },
  };
};

export type Copy = {
  /** Runs `look` on the tampered log and takes everything back. */
  tampered: <T>(statements: Tampering, look: (reader: Reader) => T) => T;
  /** The same for good. */
  tamper: (statements: Tampering) => void;
  reader: Reader;
  close: () => void;
};

/** A copy of the database that nobody guards: foreign keys are off, as for anybody who opens the file. */
export const copyOf = async (store: Store): Promise<Copy> => {
  const engine = await openEngine(await store.exportImage(), { grow: false });
  engine.exec('PRAGMA foreign_keys = OFF');
  const reader: Reader = {
    // The types of the rows are those of the query's maker, as in the store.
    all: (query) => engine.all(query.sql, query.parameters as SqlValue[]) as never,
    first: (query) => engine.first(query.sql, query.parameters as SqlValue[]) as never,
  };
  const tamper = (statements: Tampering): void => {
    for (const [sql, values = []] of statements) engine.run(sql, values);
  };
  return {
    reader,
    tamper,
    tampered: (statements, look) => {
      engine.control('begin');
      try {
        tamper(statements);
        return look(reader);
      } finally {
        engine.control('rollback');
      }
    },
    close: engine.close,
  };
};

/** Settings, secrets, removals, events, undo and redo, with and without keys, a clock that goes back. */
export const fillLog = async ({ store, keyring, write }: LogStore, entries: number): Promise<void> => {
  for (let i = 0; (await store.read(newestEntry)) < entries; i += 1) {
    const keys = i % 5 === 4 ? null : keyring;
    const reason = i % 3 === 0 ? `step ${String(i)} – “naïve”\n\u2028` : null;
    const uid = await write({ kind: 'edit', reason }, keys, (writer) => {
      for (const n of [1, 2, 3]) {
        const subject = { kind: 'setting' as const, key: `general.part${String((i + n) % 7)}` };
        writer.put({
          subject,
          value: (i + n) % 4 === 0 ? undefined : { i, text: 'wörd' },
          secret: false,
          source: 'set',
        });
      }
      if (keys !== null && i % 2 === 0) {
        const subject = { kind: 'setting' as const, key: `env.TOKEN${String(i % 3)}` };
        writer.put({ subject, value: i % 6 === 4 ? undefined : `token-${String(i)}`, secret: true, source: 'file' });
      }
      if (i % 4 === 1) writer.event('keys', '', 'unlock', { slot: 'passphrase' });
    });
    if (i % 6 === 5) {
      await write({ kind: 'undo', of: uid }, keys, (writer) => {
        writer.put({ subject: { kind: 'setting', key: 'general.part1' }, value: i, secret: false, source: 'set' });
      });
    }
  }
};
