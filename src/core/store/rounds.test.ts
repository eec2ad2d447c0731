/** What a caller of the store can count on: rounds, savepoints, order, and what each kind of failure answers. */
import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '../../contract/result.ts';
import { realFs } from './fs.ts';
import { openStore, openTunedStore } from './open.ts';
import { db } from './sql.ts';
import { expectOk, makeTestHome, putRow, readRows, type TestHome } from './testing/home.ts';
import type { OpenStoreOptions, Store, StoreFile, StoreFs, Tx } from './types.ts';

let home: TestHome;
const open: Store[] = [];
beforeEach(() => {
  home = makeTestHome();
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  home.remove();
});

const openHere = async (changes: Partial<OpenStoreOptions> = {}): Promise<Store> => {
  const store = expectOk(await openStore(home.options(changes)));
  open.push(store);
  return store;
};
const journalPath = (): string => join(home.dir, 'journal-1.log');
/** Images and journals: what a checkpoint makes and removes. */
const storeFiles = (): string[] =>
  realFs
    .list(home.dir)
    .filter((name) => /^(?:image|journal)-/u.test(name))
    .toSorted();
const journalBytes = (): number => statSync(journalPath()).size;

/** Counts writes and flushes of the journal; `gate` holds flushes back until opened. */
const watchedFs = (): { fs: StoreFs; counts: { writes: number; flushes: number }; hold: () => () => void } => {
  const counts = { writes: 0, flushes: 0 };
  let gate: Promise<void> = Promise.resolve();
  const watch = (file: StoreFile): StoreFile => ({
    ...file,
    write: (bytes, position) => {
      counts.writes += 1;
      file.write(bytes, position);
    },
    flush: async () => {
      counts.flushes += 1;
      await gate;
      await file.flush();
    },
  });
  return {
    fs: { ...realFs, open: (path, how) => (how === 'append' ? watch(realFs.open(path, how)) : realFs.open(path, how)) },
    counts,
    hold: () => {
      let release = (): void => undefined;
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
};

describe('a round', () => {
  it('takes every waiting command with one write and one flush', async () => {
    const { fs, counts } = watchedFs();
    const store = await openHere({ fs, flush: 'async' });
    const keys = Array.from({ length: 50 }, (_, i) => `k${String(i)}`);
    const answers = await Promise.all(keys.map((key) => store.transact(putRow(key, key))));
    expect(answers).toEqual(keys.map((key) => ok(key)));
    expect(counts).toEqual({ writes: 1, flushes: 1 });
    expect(store.info().sequence).toBe(50);
  });

  it.each(['sync', 'async'] as const)('rolls back only what was refused or threw (%s)', async (flush) => {
    const store = await openHere({ flush });
    const stale = fail({ type: 'Stale', keys: ['x'] });
    const refused = (tx: Tx): Result<string> => {
      putRow('refused', '1')(tx);
      return stale;
    };
    const throwing = (tx: Tx): Result<string> => {
      putRow('threw', '1')(tx);
      throw new Error('a bug');
    };
    const answers = await Promise.allSettled([
      store.transact(putRow('a', '1')),
      store.transact(refused),
      store.transact(throwing),
      store.transact(putRow('b', '2')),
    ]);
    expect(answers).toEqual([
      { status: 'fulfilled', value: ok('1') },
      { status: 'fulfilled', value: stale },
      { status: 'rejected', reason: new Error('a bug') },
      { status: 'fulfilled', value: ok('2') },
    ]);
    expect(await readRows(store)).toEqual({ a: '1', b: '2' });
    await store.close();
    expect(await readRows(await openHere())).toEqual({ a: '1', b: '2' });
  });

  it.each(['sync', 'async'] as const)(
    'lets the loop go on within a long command, which nobody sees half done (%s)',
    async (flush) => {
      const { fs, counts } = watchedFs();
      const store = await openHere({ fs, flush });
      const during: { rows: Promise<Record<string, string>> | null; next: Promise<Result<string>> | null } = {
        rows: null,
        next: null,
      };
      const long = store.transactInSteps(function* (tx) {
        putRow('begun', '1')(tx);
        setImmediate(() => {
          during.next = store.transact(putRow('after', '3'));
          during.rows = readRows(store);
        });
        while (during.rows === null) yield;
        return putRow('ended', '2')(tx);
      });
      expect(await long).toEqual(ok('2'));
      expect(await during.rows).toEqual({ begun: '1', ended: '2' });
      expect(await during.next).toEqual(ok('3'));
      expect(counts.writes).toBe(2);
      await store.close();
      expect(await readRows(await openHere())).toEqual({ after: '3', begun: '1', ended: '2' });
    },
  );

  it('undoes a long command that was refused, threw, or was overtaken by a stop', async () => {
    const store = await openHere({ flush: 'async' });
    const stale = fail({ type: 'Stale', keys: ['x'] });
    const turn = function* (): Generator<void, void, void> {
      const turned = { yet: false };
      setImmediate(() => (turned.yet = true));
      while (!turned.yet) yield;
    };
    const refused = store.transactInSteps(function* (tx) {
      putRow('refused', '1')(tx);
      yield* turn();
      return stale;
    });
    const threw = store.transactInSteps<string>(function* (tx) {
      putRow('threw', '1')(tx);
      yield* turn();
      throw new Error('a bug');
    });
    expect(await Promise.allSettled([refused, threw])).toEqual([
      { status: 'fulfilled', value: stale },
      { status: 'rejected', reason: new Error('a bug') },
    ]);
    expect(await store.transact(putRow('a', '1'))).toEqual(ok('1'));
    const overtaken = store.transactInSteps(function* (tx) {
      putRow('overtaken', '1')(tx);
      setImmediate(() => store.stop('somebody else wrote'));
      yield* turn();
      return ok('done');
    });
    expect(await overtaken).toEqual(fail({ type: 'ReadOnly', reason: 'somebody else wrote' }));
    expect(await readRows(store)).toEqual({ a: '1' });
    await store.close();
    expect(await readRows(await openHere())).toEqual({ a: '1' });
  });

  it('keeps nothing of a removal that leaves rows pointing at what is gone, and looks at each save again', async () => {
    const store = await openHere();
    const dangling = db.insertInto('door').values({ term: 999 }).compile();
    const removal = store.transactInSteps<string>(
      function* (tx) {
        tx.run(dangling);
        yield;
        return putRow('removed', '1')(tx);
      },
      { removesMany: true },
    );
    await expect(removal).rejects.toThrow('what was removed left rows that point at it');
    await expect(
      store.transact((tx) => {
        tx.run(dangling);
        return ok(null);
      }),
    ).rejects.toThrow('FOREIGN KEY constraint failed');
    expect(
      await store.read((reader) => reader.all(db.selectFrom('door').where('term', '=', 999).selectAll().compile())),
    ).toEqual([]);
    expect(await readRows(store)).toEqual({});
  });

  it('writes nothing for commands that change nothing', async () => {
    const store = await openHere();
    expect(await store.transact(() => ok('nothing'))).toEqual(ok('nothing'));
    expect(journalBytes()).toBe(64);
  });

  it('fails a command whose SQL failed, even when it caught the error', async () => {
    const store = await openHere();
    const caught = store.transact((tx) => {
      putRow('a', '1')(tx);
      try {
        tx.run(db.insertInto('meta').values({ key: 'a', value: 'again' }).compile());
      } catch {
        // The command goes on as if nothing had happened.
      }
      return ok(null);
    });
    await expect(caught).rejects.toThrow(/UNIQUE/);
    expect(await readRows(store)).toEqual({});
    expect(journalBytes()).toBe(64);
  });

  it('journals INSERT … RETURNING as the change it is', async () => {
    const store = await openHere();
    const answer = await store.transact((tx) =>
      ok(
        tx.all(
          db
            .insertInto('meta')
            .values([
              { key: 'a', value: '1' },
              { key: 'b', value: '2' },
            ])
            .returning('key')
            .compile(),
        ),
      ),
    );
    expect(answer).toEqual(ok([{ key: 'a' }, { key: 'b' }]));
    await store.close();
    expect(await readRows(await openHere())).toEqual({ a: '1', b: '2' });
  });

  it('calls an async function a bug, and keeps nothing of it', async () => {
    const store = await openHere();
    const asynchronous = async (tx: Tx): Promise<Result<null>> => {
      putRow('a', '1')(tx);
      await Promise.resolve();
      putRow('b', '1')(tx);
      return ok(null);
    };
    await expect(store.transact(asynchronous as unknown as (tx: Tx) => Result<null>)).rejects.toThrow(
      /must not be async/,
    );
    await expect(store.read(() => Promise.resolve(1))).rejects.toThrow(/must not be async/);
    expect(await readRows(store)).toEqual({});
  });

  it('takes the transaction away when the call is over', async () => {
    const store = await openHere();
    let kept: Tx | undefined;
    await store.transact((tx) => {
      kept = tx;
      return ok(null);
    });
    expect(() => kept && putRow('late', '1')(kept)).toThrow(/after its transaction was over/);
    expect(() => kept?.all(db.selectFrom('meta').selectAll().compile())).toThrow(/after its transaction was over/);
  });

  it('refuses values and SQL that could not be replayed', async () => {
    const store = await openHere();
    await expect(store.transact(putRow('a', '\ud800'))).rejects.toThrow(/lone surrogate/);
    await expect(store.read((reader) => reader.all(db.deleteFrom('meta').compile()))).rejects.toThrow(
      /reader cannot write/,
    );
    expect(await readRows(store)).toEqual({});
  });
});

describe('reading', () => {
  it('waits for the round, and never sees what is not on disk', async () => {
    const { fs, hold } = watchedFs();
    const store = await openHere({ fs, flush: 'async' });
    const release = hold();
    const order: string[] = [];
    const saved = store.transact(putRow('a', '1')).then(() => order.push('saved'));
    // The round has begun: its rows are in memory, its flush is held back.
    await Promise.resolve();
    await Promise.resolve();
    const read = readRows(store).then((rows) => order.push(JSON.stringify(rows)));
    release();
    await Promise.all([saved, read]);
    expect(order).toEqual(['saved', '{"a":"1"}']);
  });

  it('sees nothing of a round that failed', async () => {
    const base = watchedFs();
    const fs: StoreFs = {
      ...realFs,
      open: (path, how) => {
        const file = base.fs.open(path, how);
        return how === 'append'
          ? { ...file, flush: () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })) }
          : file;
      },
    };
    const store = await openHere({ fs, flush: 'async' });
    const saved = store.transact(putRow('a', '1'));
    await Promise.resolve();
    await Promise.resolve();
    const read = readRows(store);
    expect(await saved).toEqual(fail({ type: 'OutcomeUnknown', what: 'the save' }));
    expect(await read).toEqual({});
  });
});

describe('onCommit', () => {
  it('is called once a round that changed something, after the answers', async () => {
    const store = await openHere();
    const seen: string[] = [];
    const off = store.onCommit(() => seen.push('commit'));
    await Promise.all(
      [store.transact(putRow('a', '1')), store.transact(putRow('b', '1'))].map((one) =>
        one.then(() => seen.push('answer')),
      ),
    );
    await store.transact(() => ok(null));
    expect(seen).toEqual(['answer', 'answer', 'commit']);
    off();
    await store.transact(putRow('c', '1'));
    expect(seen.length).toBe(3);
  });
});

describe('a disk that fails', () => {
  /** Fails the next call of that name. */
  const failing = async (
    flush: 'sync' | 'async',
  ): Promise<{ store: Store; fail: (name: string, code: string, when?: 'short' | 'before') => void }> => {
    const plan: { name: string; code: string; when: string }[] = [];
    const hit = (name: string): { code: string; when: string } | null =>
      plan[0]?.name === name ? (plan.shift() ?? null) : null;
    const error = (code: string): Error => Object.assign(new Error(code), { code });
    const wrap = (file: StoreFile): StoreFile => ({
      ...file,
      write: (bytes, position) => {
        const found = hit('write');
        if (found === null || found.when === 'short')
          file.write(found === null ? bytes : bytes.subarray(0, 10), position);
        if (found !== null) throw error(found.code);
      },
      truncate: (size) => {
        const found = hit('truncate');
        if (found !== null) throw error(found.code);
        file.truncate(size);
      },
      flushSync: () => {
        const found = hit('flush');
        if (found !== null) throw error(found.code);
        file.flushSync();
      },
      flush: () => {
        const found = hit('flush');
        return found === null ? file.flush() : Promise.reject(error(found.code));
      },
    });
    const fs: StoreFs = { ...realFs, open: (path, how) => wrap(realFs.open(path, how)) };
    const store = await openHere({ fs, flush });
    return { store, fail: (name, code, when = 'before') => plan.push({ name, code, when }) };
  };

  it.each(['sync', 'async'] as const)(
    'on a write: the save is refused, nothing is left of it, the next one works (%s)',
    async (flush) => {
      const { store, fail: failNext } = await failing(flush);
      expectOk(await store.transact(putRow('a', '1')));
      const before = readFileSync(journalPath());
      failNext('write', 'ENOSPC', 'short');
      expect(await store.transact(putRow('b', '1'))).toEqual(
        fail({ type: 'DiskFull', what: 'the save', neededBytes: expect.any(Number) as number }),
      );
      expect(readFileSync(journalPath())).toEqual(before);
      failNext('write', 'EIO');
      expect(await store.transact(putRow('b', '2'))).toEqual(
        fail({ type: 'DiskError', what: 'the save', code: 'EIO', path: '.holdfast/journal-1.log' }),
      );
      expect(await store.transact(putRow('c', '1'))).toEqual(ok('1'));
      expect(await readRows(store)).toEqual({ a: '1', c: '1' });
      await store.close();
      expect(await readRows(await openHere())).toEqual({ a: '1', c: '1' });
    },
  );

  it.each(['sync', 'async'] as const)(
    'on a flush: the outcome is unknown and nothing more is written (%s)',
    async (flush) => {
      const { store, fail: failNext } = await failing(flush);
      expectOk(await store.transact(putRow('a', '1')));
      failNext('flush', 'EIO');
      expect(await store.transact(putRow('b', '1'))).toEqual(fail({ type: 'OutcomeUnknown', what: 'the save' }));
      const stopped = fail({ type: 'ReadOnly', reason: 'the disk did not confirm a save (EIO)' });
      expect(await store.transact(putRow('c', '1'))).toEqual(stopped);
      expect(await store.checkpoint()).toEqual(stopped);
      expect(await readRows(store)).toEqual({ a: '1' });
    },
  );

  it('on taking a failed write back: the outcome is unknown', async () => {
    const { store, fail: failNext } = await failing('sync');
    failNext('write', 'EIO', 'short');
    failNext('truncate', 'EIO');
    expect(await store.transact(putRow('a', '1'))).toEqual(fail({ type: 'OutcomeUnknown', what: 'the save' }));
    expect(await store.transact(putRow('a', '1'))).toEqual(
      fail({ type: 'ReadOnly', reason: 'a failed save could not be taken back' }),
    );
  });

  it('voids what a round’s later commands saw of the failed save', async () => {
    const { store, fail: failNext } = await failing('sync');
    failNext('write', 'EIO');
    const query = db.selectFrom('meta').select('value').where('key', '=', 'a').compile();
    const answers = await Promise.all([
      store.transact(() => ok('before')),
      store.transact(putRow('a', '1')),
      store.transact((tx) => ok(tx.first(query)?.value ?? 'none')),
    ]);
    const refused = fail({ type: 'DiskError', what: 'the save', code: 'EIO', path: '.holdfast/journal-1.log' });
    expect(answers).toEqual([ok('before'), refused, refused]);
  });
});

describe('a foreign hand on the journal', () => {
  const harms: [string, () => void, string][] = [
    [
      'appends',
      () => {
        appendFileSync(journalPath(), 'x');
      },
      'journal-1.log was changed by another process',
    ],
    [
      'cuts',
      () => {
        truncateSync(journalPath(), 64);
      },
      'journal-1.log was changed by another process',
    ],
    [
      'replaces',
      () => {
        copyFileSync(journalPath(), `${journalPath()}.copy`);
        renameSync(`${journalPath()}.copy`, journalPath());
      },
      'journal-1.log was replaced by another process',
    ],
    [
      'removes',
      () => {
        rmSync(journalPath());
      },
      'journal-1.log was removed by another process',
    ],
  ];

  it.each(harms)('that %s it makes the store read-only', async (_what, harm, reason) => {
    const store = await openHere();
    expectOk(await store.transact(putRow('a', '1')));
    harm();
    const refused = fail({ type: 'ReadOnly', reason });
    expect(await store.transact(putRow('b', '1'))).toEqual(refused);
    expect(await store.transact(putRow('b', '1'))).toEqual(refused);
    expect(await readRows(store)).toEqual({ a: '1' });
  });
});

describe('a checkpoint', () => {
  it('folds the journal, keeps the pair before, and goes on', async () => {
    const store = await openHere();
    for (const key of ['a', 'b', 'c']) {
      expectOk(await store.transact(putRow(key, '1')));
      expectOk(await store.checkpoint());
    }
    expect(storeFiles()).toEqual(['image-3.db', 'image-4.db', 'journal-3.log', 'journal-4.log']);
    expect(store.info()).toMatchObject({
      generation: 4,
      sequence: 3,
      journalBytes: 64,
      imagePath: join(home.dir, 'image-4.db'),
    });
    expectOk(await store.transact(putRow('d', '1')));
    await store.close();
    expect(await readRows(await openHere())).toEqual({ a: '1', b: '1', c: '1', d: '1' });
  });

  it('in the app waits for the next journal without blocking, and lets no save or query in between', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reached = (): void => undefined;
    const flushing = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const fs: StoreFs = {
      ...realFs,
      open: (path, how) => {
        const file = realFs.open(path, how);
        if (!path.endsWith('journal-2.log.tmp')) return file;
        const flush = async (): Promise<void> => {
          reached();
          await gate;
          await file.flush();
        };
        const flushSync = (): void => {
          throw new Error('it blocks');
        };
        return { ...file, flush, flushSync };
      },
    };
    const store = expectOk(await openTunedStore(home.options({ fs, flush: 'async' }), { foldFromDisk: true }));
    open.push(store);
    expectOk(await store.transact(putRow('a', '1')));
    const before = journalBytes();
    const order: string[] = [];
    const told = <T>(name: string, work: Promise<T>): Promise<T> => work.finally(() => order.push(name));
    const folding = told('fold', store.checkpoint());
    await flushing;
    const saving = told('save', store.transact(putRow('b', '2')));
    const reading = told('read', readRows(store));
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    release();
    expect(await reading).toEqual({ a: '1' });
    expectOk(await saving);
    expectOk(await folding);
    expect(store.info()).toMatchObject({ generation: 2, sequence: 2 });
    expect(journalBytes()).toBe(before);
    await store.close();
    expect(await readRows(await openHere())).toEqual({ a: '1', b: '2' });
  });

  it('does nothing when there is nothing to fold', async () => {
    const store = await openHere();
    expectOk(await store.checkpoint());
    expect(storeFiles()).toEqual(['image-1.db', 'journal-1.log']);
  });

  it('happens by itself when the journal has grown, while saves go on', async () => {
    const store = expectOk(await openTunedStore(home.options({ flush: 'async' }), { foldOverBytes: 5000 }));
    open.push(store);
    for (let i = 0; i < 200; i++) expectOk(await store.transact(putRow(`k${String(i)}`, 'x'.repeat(100))));
    expect(store.info().generation).toBeGreaterThan(2);
    await store.close();
    const again = await openHere();
    expect(Object.keys(await readRows(again)).length).toBe(200);
    expect(again.info().sequence).toBe(200);
  });

  it('that finds no room changes nothing and is told', async () => {
    const fs: StoreFs = { ...realFs, freeBytes: () => 1000 };
    const store = await openHere({ fs });
    expectOk(await store.transact(putRow('a', '1')));
    expect(await store.checkpoint()).toEqual(
      fail({ type: 'DiskFull', what: 'an image of the store', neededBytes: expect.any(Number) as number }),
    );
    expect(storeFiles()).toEqual(['image-1.db', 'journal-1.log']);
    expectOk(await store.transact(putRow('b', '1')));
  });

  it('that fails on its own says so once and saving goes on', async () => {
    const fs: StoreFs = {
      ...realFs,
      rename: (from, to) => {
        if (to.endsWith('image-2.db')) throw Object.assign(new Error('EIO'), { code: 'EIO' });
        realFs.rename(from, to);
      },
    };
    const store = expectOk(await openTunedStore(home.options({ fs }), { foldOverBytes: 1000 }));
    open.push(store);
    for (let i = 0; i < 12; i++) expectOk(await store.transact(putRow(`k${String(i)}`, 'x'.repeat(100))));
    await store.close();
    expect(store.notices()[0]).toEqual({
      id: 'checkpoint-failed',
      severity: 'warning',
      message: 'journal-2.log could not be folded into an image (DiskError); everything is saved, opening takes longer',
      at: '2026-02-03T14:02:05.000Z',
    });
    expect(Object.keys(await readRows(await openHere())).length).toBe(12);
  });
});

describe('closing', () => {
  it('waits for what was asked before, refuses what comes after, and may be repeated', async () => {
    const store = await openHere({ flush: 'async' });
    const saved = store.transact(putRow('a', '1'));
    const closed = store.close();
    expect(await store.transact(putRow('b', '1'))).toEqual(fail({ type: 'ReadOnly', reason: 'the store is closed' }));
    expect(await saved).toEqual(ok('1'));
    await closed;
    await store.close();
    await expect(store.read(() => 1)).rejects.toThrow(/closed/);
    expect(await readRows(await openHere())).toEqual({ a: '1' });
  });
});

describe('exportImage', () => {
  it('gives a plain SQLite file with everything saved', async () => {
    const store = await openHere();
    expectOk(await store.transact(putRow('a', '1')));
    const bytes = await store.exportImage();
    expect(Buffer.from(bytes.subarray(0, 16)).toString('latin1')).toBe('SQLite format 3\0');
    expect(Buffer.from(bytes.subarray(68, 72)).toString('latin1')).toBe('HOLD');
    expectOk(await store.transact(putRow('b', '1')));
  });
});
