/** Mirrors that end with what is done to their files: a rollback or a retirement, in one act with it. */
import type { ChangeWriter } from '../changes/write.ts';
import type { Context } from '../context.ts';
import type { Result } from '../../contract/result.ts';
import * as sql from './queries.ts';

/** Which of these files are mirrored now. */
export const mirroredAmong = (ctx: Context, files: readonly string[]): Promise<Result<string[]>> =>
  ctx.read((reader) => {
    const on = new Set(sql.mirroredFiles(reader));
    return files.filter((file) => on.has(file));
  });

/** Inside a transaction, before the first file is touched: nothing writes them any more. */
export const turnMirrorsOff = (changes: ChangeWriter, files: readonly string[]): void => {
  const on = new Set(sql.mirroredFiles(changes.tx));
  for (const key of files.filter((file) => on.has(file)))
    changes.put({ subject: { kind: 'mirror', key }, value: { on: false }, secret: false, source: 'set' });
};

/** A file got the bytes of its import back: turned on again, it starts from those and is not taken for a stranger's. */
export const noteRestored = (changes: ChangeWriter, files: readonly { file: string; sha256: string }[]): void => {
  for (const { file, sha256 } of files)
    if (sql.mirrorState(changes.tx, file) !== undefined)
      sql.saveState(changes.tx, changes.term(file), { sha256, next: null, upto: 0, at: changes.at });
};
