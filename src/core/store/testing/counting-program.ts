/**
 * Run as a child process that is going to be killed: counts in several real stores at once and prints each number once it
 * was answered. Arguments: the parent of the `.holdfast` folders, how many there are (every other one flushes
 * synchronously), and `lazy` for the mutant whose writes stay in memory for a while.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '../../../contract/result.ts';
import { realFs } from '../fs.ts';
import { openTunedStore } from '../open.ts';
import { db } from '../sql.ts';
import type { Store } from '../types.ts';
import { createLazyFs } from './lazy-fs.ts';

const [parentDir = '', stores = '1', kind = 'real'] = process.argv.slice(2);
const countQuery = db.selectFrom('meta').select('value').where('key', '=', 'count').compile();

const open = async (index: number): Promise<Store> => {
  const opened = await openTunedStore(
    {
      dir: join(parentDir, String(index)),
      mode: 'owner',
      create: true,
      fs: kind === 'lazy' ? createLazyFs(realFs) : realFs,
      now: () => new Date().toISOString(),
      newId: () => `kill-test-${String(index)}`,
      flush: index % 2 === 0 ? 'sync' : 'async',
    },
    // Small enough that many of the kills fall into a checkpoint.
    { foldOverBytes: 4000 },
  );
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.data;
};

/** Adds one; the copy beside it must always be equal. */
const count = (store: Store) =>
  store.transact((tx) => {
    const next = String(Number(tx.first(countQuery)?.value ?? '0') + 1);
    for (const key of ['count', 'copy']) {
      tx.run(
        db
          .insertInto('meta')
          .values({ key, value: next })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: next }))
          .compile(),
      );
    }
    return ok(Number(next));
  });

const countForEver = async (index: number): Promise<never> => {
  const store = await open(index);
  for (;;) {
    const answers = await Promise.all([count(store), count(store)]);
    for (const answer of answers) {
      if (!answer.ok) throw new Error(JSON.stringify(answer.error));
      // Not console.log: a line that the parent has read must have been answered, and a line once written must arrive.
      writeSync(1, `${String(index)} ${String(answer.data)}\n`);
    }
    // One that flushes synchronously must let the others have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
};

await Promise.all(Array.from({ length: Number(stores) }, (_, index) => countForEver(index)));
