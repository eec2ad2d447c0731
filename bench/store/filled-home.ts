/**
 * Homes with a long history, made at once: rows by bulk SQL through the engine, then one image. Only the rows' number and
 * shape matter here, so their hashes are no chain.
 */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../src/core/store/checksum.ts';
import { createStoreFiles } from '../../src/core/store/create.ts';
import { openEngine } from '../../src/core/store/engine.ts';
import { imagePath, temporaryPath } from '../../src/core/store/files.ts';
import { realFs } from '../../src/core/store/fs.ts';
import { readImage, writeImage } from '../../src/core/store/image.ts';
import { openStore } from '../../src/core/store/open.ts';
import type { Store } from '../../src/core/store/types.ts';

export const clock = { now: () => '2026-01-01T00:00:00.000Z', newId: () => 'bench' };

export const subjects = 200;
/** `rare` wrote one entry in 5,000. */
export const terms = ['alice', 'window', 'edit', 'update', 'set', 'bob', 'rare', 'cli', 'create'] as const;
export const termId = (text: (typeof terms)[number]): number => terms.indexOf(text) + 1;
export const firstTime = Date.UTC(2020, 0, 1);
const secondsBetween = 60;
export const timeOf = (id: number): string => new Date(firstTime + id * secondsBetween * 1000).toISOString();

const numbers = (count: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(count)})`;
const t = (text: (typeof terms)[number]): string => String(termId(text));

const bulk = (rows: number): string[] => [
  `INSERT INTO term (id, text) VALUES ${terms.map((text, i) => `(${String(i + 1)}, '${text}')`).join(', ')}`,
  `${numbers(subjects)} INSERT INTO subject (id, kind, key) SELECT i, 'setting', 'general.setting-' || i FROM n`,
  `${numbers(rows)} INSERT INTO change_set (id, uid, at, actor, door, kind, reason, of, undone_by)
     SELECT i, printf('bench-%014d', i), strftime('%Y-%m-%dT%H:%M:%S.000Z', ${String(firstTime / 1000)} + i * ${String(secondsBetween)}, 'unixepoch'),
       CASE WHEN i % 5000 = 77 THEN ${t('rare')} WHEN i % 3 = 0 THEN ${t('bob')} ELSE ${t('alice')} END,
       CASE WHEN i % 10 = 0 THEN ${t('cli')} ELSE ${t('window')} END, ${t('edit')}, NULL, NULL, NULL FROM n`,
  `${numbers(rows)} INSERT INTO version (id, subject, audit, value, secret, cipher, print, source)
     SELECT i, 1 + i % ${String(subjects)}, i, '"value ' || i || '"', 0, NULL, NULL, ${t('set')} FROM n`,
  `${numbers(rows)} INSERT INTO audit (id, change_set, action, subject, old_version, new_version, detail, hash)
     SELECT i, i, CASE WHEN i <= ${String(subjects)} THEN ${t('create')} ELSE ${t('update')} END, 1 + i % ${String(subjects)},
       CASE WHEN i > ${String(subjects)} THEN i - ${String(subjects)} END, i, NULL, randomblob(32) FROM n`,
  `INSERT INTO live (subject, version) SELECT subject, max(id) FROM version GROUP BY subject`,
];

/** Gives the `.holdfast` folder. */
export const fillHome = async (home: string, rows: number): Promise<string> => {
  const dir = join(home, '.holdfast');
  mkdirSync(dir, { recursive: true });
  const created = await createStoreFiles({ fs: realFs, dir, checksum: crc32, ...clock });
  if (!created.ok) throw new Error(`the store was not made: ${created.error.type}`);
  const path = imagePath(dir, 1);
  const image = readImage(realFs.readFile(path), crc32);
  if (!image.ok) throw new Error(image.problem);
  const engine = await openEngine(image.database, { grow: false });
  try {
    engine.exec('PRAGMA foreign_keys = OFF');
    engine.control('begin');
    for (const sql of bulk(rows)) engine.exec(sql);
    engine.control('commit');
    const database = engine.exportBytes();
    realFs.remove(path);
    await writeImage(realFs, { path, temporaryPath: temporaryPath(path), dir, database, sequence: 0 }, crc32, 'sync');
  } finally {
    engine.close();
  }
  return dir;
};

export const copyHome = (dir: string, home: string): string => {
  mkdirSync(home, { recursive: true });
  cpSync(dir, join(home, '.holdfast'), { recursive: true });
  return join(home, '.holdfast');
};

export const openHome = async (
  dir: string,
  flush: 'sync' | 'async',
  mode: 'owner' | 'reader' = 'owner',
): Promise<Store> => {
  const opened = await openStore({ dir, mode, create: false, fs: realFs, flush, ...clock });
  if (!opened.ok) throw new Error(`the store did not open: ${JSON.stringify(opened.error)}`);
  return opened.data;
};
