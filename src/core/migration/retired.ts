/** Which files were retired, and where they went: kept with the store so that they are not missed as if they had been lost. */
import type { JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import { db } from '../store/sql.ts';
import type { Reader, Tx } from '../store/types.ts';

export type RetiredFile = { file: string; to: string; encrypted: boolean };

const key = 'retired_files';

export const retiredFiles = (reader: Reader): RetiredFile[] => {
  const row = reader.first(db.selectFrom('meta').select('value').where('key', '=', key).compile());
  const value = row === undefined ? [] : (JSON.parse(row.value) as JsonValue);
  if (!Array.isArray(value)) return [];
  return value.flatMap((one): RetiredFile[] => {
    if (!isJsonObject(one)) return [];
    const { file, to, encrypted } = one;
    return typeof file === 'string' && typeof to === 'string' ? [{ file, to, encrypted: encrypted === true }] : [];
  });
};

export const setRetired = (tx: Tx, change: (before: RetiredFile[]) => RetiredFile[]): void => {
  const before = retiredFiles(tx);
  const after = change(before);
  if (before.length === 0 && after.length === 0) return;
  const value = JSON.stringify(after);
  tx.run(
    db
      .insertInto('meta')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .compile(),
  );
};
