/**
 * Makes a new, empty store: all schema steps, the first journal, then the first image. The store exists from the moment
 * the image has its name; a creation that was cut off before leaves nothing that counts, and may be repeated.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Place } from './chain.ts';
import { applicationId, openEngine } from './engine.ts';
import { writeError } from './failures.ts';
import { imagePath, temporaryPath } from './files.ts';
import { writeImage } from './image.ts';
import { createJournal, newSalt } from './journal-next.ts';
import { storeTag } from './ladder.ts';
import { appVersion } from '../version.ts';
import { latestSchema, schemaSteps } from './schema/index.ts';

/** The bytes of an empty database with the newest schema. */
export const createDatabase = async (meta: { storeId: string; createdAt: string }): Promise<Uint8Array> => {
  const engine = await openEngine(null, { grow: false });
  try {
    engine.exec(`PRAGMA application_id = ${String(applicationId)}; PRAGMA user_version = ${String(latestSchema)}`);
    engine.control('begin');
    for (const step of schemaSteps) for (const sql of step.up) engine.exec(sql);
    const insert = 'INSERT INTO meta (key, value) VALUES (?, ?)';
    engine.run(insert, ['store_id', meta.storeId]);
    engine.run(insert, ['created_at', meta.createdAt]);
    engine.run(insert, ['schema_version', String(latestSchema)]);
    engine.run(insert, ['needs_app', appVersion]);
    engine.control('commit');
    return engine.exportBytes();
  } finally {
    engine.close();
  }
};

export type CreateRequest = Place & { now: () => string; newId: () => string };

/** Call only where nothing was ever saved (`isUnborn`). */
export const createStoreFiles = async (request: CreateRequest): Promise<Result<void>> => {
  const { fs, dir, checksum } = request;
  const storeId = request.newId();
  const database = await createDatabase({ storeId, createdAt: request.now() });
  const path = imagePath(dir, 1);
  try {
    const first = { generation: 1, baseSequence: 0, previousJournalCrc: 0 };
    await createJournal(request, { salt: newSalt(), ...first, storeTag: storeTag(storeId) }, 'sync');
    await writeImage(fs, { path, temporaryPath: temporaryPath(path), dir, database, sequence: 0 }, checksum, 'sync');
    return ok(undefined);
  } catch (error) {
    return fail(writeError(error, { what: 'a new store', dir, path, bytes: database.length }));
  }
};
