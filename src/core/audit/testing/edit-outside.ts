/** For tests: changes rows of a closed home's store, as somebody with a database program would. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../store/checksum.ts';
import { openEngine } from '../../store/engine.ts';
import { realFs } from '../../store/fs.ts';
import { encodeTrailer, trailerBytes } from '../../store/image.ts';
import { openStore } from '../../store/open.ts';
import { steppingClock } from '../../testing/clock.ts';

type Row = Record<string, string | number | Uint8Array | null>;
export type Editing = {
  run: (sql: string, values?: (string | number | Uint8Array | null)[]) => void;
  one: (sql: string, values?: (string | number)[]) => Row;
};

export type EditOptions = {
  /** The trailer as it was: the edit shows as a wrong checksum. */
  oldTrailer?: boolean;
  /** The image of before and its journal go, so that only the edited one is left. */
  alone?: boolean;
};

const generations = (dir: string): number[] =>
  readdirSync(dir)
    .flatMap((name) => (/^image-\d+\.db$/u.test(name) ? [Number(/\d+/u.exec(name)?.[0])] : []))
    .toSorted((a, b) => b - a);

/** Gives the name of the image that was changed. */
export const editOutside = async (
  homeDir: string,
  edit: (editing: Editing) => void,
  { oldTrailer = false, alone = false }: EditOptions = {},
): Promise<string> => {
  const dir = join(homeDir, '.holdfast');
  const clock = steppingClock('2026-03-01T12:00:00.000Z');
  const store = await openStore({ dir, mode: 'owner', create: false, fs: realFs, flush: 'sync', ...clock });
  if (!store.ok) throw new Error(store.error.type);
  const folded = await store.data.checkpoint();
  await store.data.close();
  if (!folded.ok) throw new Error(folded.error.type);
  const [newest = 0, ...older] = generations(dir);
  if (alone)
    for (const generation of older) {
      rmSync(join(dir, `image-${String(generation)}.db`));
      rmSync(join(dir, `journal-${String(generation)}.log`), { force: true });
    }
  const path = join(dir, `image-${String(newest)}.db`);
  const bytes = readFileSync(path);
  const trailer = bytes.subarray(bytes.length - trailerBytes);
  const engine = await openEngine(new Uint8Array(bytes.subarray(0, bytes.length - trailerBytes)), { grow: false });
  engine.exec('PRAGMA foreign_keys = OFF');
  edit({
    run: (sql, values = []) => engine.run(sql, values),
    one: (sql, values = []) => engine.first(sql, values) as Row,
  });
  const database = engine.exportBytes();
  engine.close();
  const end = oldTrailer ? trailer : encodeTrailer(database, Number(trailer.readBigUInt64LE(16)), crc32);
  writeFileSync(path, Buffer.concat([database, end]));
  return `image-${String(newest)}.db`;
};

const liveVersion = `(SELECT version FROM live WHERE subject = (SELECT id FROM subject WHERE kind = 'setting' AND key = ?))`;

/** The usual ways to change a setting behind Holdfast's back. */
export const edits = {
  value:
    (key: string, value: string) =>
    ({ run }: Editing): void =>
      run(`UPDATE version SET value = ? WHERE id = ${liveVersion}`, [value, key]),
  cipher:
    (key: string) =>
    ({ run }: Editing): void =>
      run(`UPDATE version SET cipher = zeroblob(length(cipher)) WHERE id = ${liveVersion}`, [key]),
  setBack:
    (key: string) =>
    ({ run }: Editing): void =>
      run(
        `UPDATE live SET version = (SELECT min(version.id) FROM version WHERE version.subject = live.subject)
           WHERE subject = (SELECT id FROM subject WHERE kind = 'setting' AND key = ?)`,
        [key],
      ),
  remove:
    (key: string) =>
    ({ run }: Editing): void =>
      run(`DELETE FROM live WHERE subject = (SELECT id FROM subject WHERE kind = 'setting' AND key = ?)`, [key]),
  removeWhole:
    (key: string) =>
    ({ run }: Editing): void => {
      run(`DELETE FROM version WHERE id = ${liveVersion}`, [key]);
      run(`DELETE FROM live WHERE subject = (SELECT id FROM subject WHERE kind = 'setting' AND key = ?)`, [key]);
    },
  insert:
    (key: string, value: string) =>
    ({ run }: Editing): void => {
      run(`INSERT INTO subject SELECT max(id) + 1, 'setting', ? FROM subject`, [key]);
      run(
        `INSERT INTO version SELECT max(id) + 1, (SELECT max(id) FROM subject), (SELECT max(id) FROM audit) + 1, ?, 0, NULL, NULL,
           (SELECT source FROM version LIMIT 1) FROM version`,
        [value],
      );
      run(`INSERT INTO live SELECT (SELECT max(id) FROM subject), (SELECT max(id) FROM version)`);
    },
  rename:
    (key: string, to: string) =>
    ({ run }: Editing): void =>
      run(`UPDATE subject SET key = ? WHERE kind = 'setting' AND key = ?`, [to, key]),
};
