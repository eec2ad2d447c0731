/**
 * For tests only: a store as an older Holdfast left it, made by running only the steps of then. Its journal is empty; its
 * rows are written the way a save writes them.
 */
import { crc32 } from '../checksum.ts';
import { applicationId, openEngine } from '../engine.ts';
import { imagePath, temporaryPath } from '../files.ts';
import { realFs } from '../fs.ts';
import { writeImage } from '../image.ts';
import { createJournal } from '../journal-next.ts';
import { createRecorder } from '../journal-record.ts';
import { storeTag } from '../ladder.ts';
import { schemaSteps } from '../schema/index.ts';
import { transactWith } from '../transaction.ts';
import type { Tx } from '../types.ts';

/** The bytes of a database at `version`, filled by `fill`. */
export const olderDatabase = async (version: number, fill: (tx: Tx) => void): Promise<Uint8Array> => {
  const engine = await openEngine(null, { grow: false });
  try {
    engine.exec(`PRAGMA application_id = ${String(applicationId)}; PRAGMA user_version = ${String(version)}`);
    engine.control('begin');
    for (const step of schemaSteps.slice(0, version)) for (const sql of step.up) engine.exec(sql);
    engine.exec(`INSERT INTO meta VALUES ('store_id', 'older'), ('created_at', '2026-01-01T00:00:00.000Z'),
      ('schema_version', '${String(version)}')`);
    const filled = transactWith(engine, createRecorder([]), fill);
    if (filled.kind === 'threw') throw filled.error;
    engine.control('commit');
    return engine.exportBytes();
  } finally {
    engine.close();
  }
};

/** Writes it as the store in `dir`, which must exist. */
export const writeOlderStore = async (dir: string, version: number, fill: (tx: Tx) => void): Promise<void> => {
  const database = await olderDatabase(version, fill);
  const place = { fs: realFs, dir, checksum: crc32 };
  const first = { salt: new Uint8Array(16), generation: 1, baseSequence: 0, previousJournalCrc: 0 };
  await createJournal(place, { ...first, storeTag: storeTag('older') }, 'sync');
  const path = imagePath(dir, 1);
  await writeImage(realFs, { path, temporaryPath: temporaryPath(path), dir, database, sequence: 0 }, crc32, 'sync');
};
