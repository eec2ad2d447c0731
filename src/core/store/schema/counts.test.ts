/** Step 2: its counts are those of the rows, whatever was written; an older database gets them with its rows in it. */
import { expect, it } from 'vitest';
import { writeRandomLog } from '../../schema/testing/random-log.ts';
import { openEngine, type Engine } from '../engine.ts';
import { olderDatabase } from '../testing/older-store.ts';
import { createRandom } from '../testing/random.ts';
import { createRecorder } from '../journal-record.ts';
import { transactWith } from '../transaction.ts';
import { schemaSteps } from './index.ts';
import { runSteps } from './run.ts';

const counted = `
  SELECT 'audit:change', count(*) FROM audit WHERE new_version IS NOT NULL
  UNION ALL SELECT 'audit:event', count(*) FROM audit JOIN subject ON subject.id = audit.subject WHERE new_version IS NULL AND kind <> 'seal'
  UNION ALL SELECT 'audit:seal', count(*) FROM audit JOIN subject ON subject.id = audit.subject WHERE kind = 'seal'
  UNION ALL SELECT 'live:' || kind, count(*) FROM live JOIN subject ON subject.id = live.subject GROUP BY kind
  UNION ALL SELECT 'secret', count(*) FROM live JOIN version ON version.id = live.version WHERE secret = 1
  ORDER BY 1`;
const hours = `SELECT substr(at, 1, 13), min(id), max(id), count(*) FROM change_set GROUP BY 1 ORDER BY 1`;

const kept = (engine: Engine) => ({
  tally: engine.rows(`SELECT name, n FROM tally WHERE n > 0 OR name NOT LIKE 'live:%' ORDER BY name`),
  hour: engine.rows('SELECT hour, first_set, last_set, change_sets FROM hour ORDER BY hour'),
  doors: engine.rows('SELECT term FROM door ORDER BY term'),
});
const scanned = (engine: Engine) => ({
  tally: engine.rows(counted),
  hour: engine.rows(hours),
  doors: engine.rows('SELECT DISTINCT door FROM change_set ORDER BY door'),
});

it('counts what is there after every kind of change, and what goes', async () => {
  const random = createRandom(4);
  const database = await olderDatabase(2, (tx) => void writeRandomLog(tx, 300, (below) => random.below(below)));
  const engine = await openEngine(database, { grow: false });
  expect(engine.value('SELECT count(*) > 500 FROM audit')).toBe(1);
  expect(kept(engine)).toEqual(scanned(engine));
  engine.exec('PRAGMA foreign_keys = OFF; DELETE FROM audit WHERE id % 3 = 0; DELETE FROM live WHERE subject % 2 = 0');
  expect(kept(engine).tally).toEqual(scanned(engine).tally);
  engine.close();
});

it('takes back what a refused command counted', async () => {
  const engine = await openEngine(await olderDatabase(2, () => undefined), { grow: false });
  const before = kept(engine);
  engine.control('begin');
  engine.control('savepoint');
  const random = createRandom(5);
  transactWith(engine, createRecorder([]), (tx) => void writeRandomLog(tx, 20, (below) => random.below(below)));
  expect(kept(engine)).not.toEqual(before);
  engine.control('undo');
  engine.control('release');
  engine.control('commit');
  expect(kept(engine)).toEqual(before);
  engine.close();
});

it('is the same for a database that had its rows before, and goes down and up again', async () => {
  const fill = (version: number): Promise<Uint8Array> => {
    const random = createRandom(6);
    return olderDatabase(version, (tx) => void writeRandomLog(tx, 200, (below) => random.below(below)));
  };
  const step = async (database: Uint8Array, from: number, to: number): Promise<Uint8Array> => {
    const done = await runSteps({ database, from, to, steps: schemaSteps, meta: {} });
    if (!done.ok) throw new Error(done.problem);
    return done.database;
  };
  const grown = await openEngine(await fill(2), { grow: false });
  const upgraded = await step(await fill(1), 1, 2);
  for (const database of [upgraded, await step(await step(upgraded, 2, 1), 1, 2)]) {
    const engine = await openEngine(database, { grow: false });
    expect(kept(engine)).toEqual(kept(grown));
    engine.close();
  }
  grown.close();
});
