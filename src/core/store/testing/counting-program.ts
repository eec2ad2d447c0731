/**
 * Run as a child process that is going to be killed: counts in a real store and prints each number once it was answered.
 * Arguments: the `.holdfast` folder, `sync` or `async`.
 */
import { ok } from '../../../contract/result.ts';
import { realFs } from '../fs.ts';
import { openTunedStore } from '../open.ts';
import { db } from '../sql.ts';
import { writeSync } from 'node:fs';

const [dir = '', flush = 'sync'] = process.argv.slice(2);
const opened = await openTunedStore(
  {
    dir,
    mode: 'owner',
    create: true,
    fs: realFs,
    now: () => new Date().toISOString(),
    newId: () => 'kill-test',
    flush: flush === 'async' ? 'async' : 'sync',
  },
  // Small enough that many of the kills fall into a checkpoint.
  { foldOverBytes: 4000 },
);
if (!opened.ok) throw new Error(JSON.stringify(opened.error));
const store = opened.data;
const countQuery = db.selectFrom('meta').select('value').where('key', '=', 'count').compile();

/** Adds one; the copy beside it must always be equal. */
const count = () =>
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

for (;;) {
  const answers = await Promise.all([count(), count()]);
  for (const answer of answers) {
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    // Not console.log: a line that the parent has read must have been answered, and a line once written must arrive.
    writeSync(1, `${String(answer.data)}\n`);
  }
}
