/** The `backup` table: what Holdfast knows of the backups it made. Rows are written with their audit event. */
import type { Backup } from '../../contract/backups.ts';
import type { ChangeWriter } from '../changes/write.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';

export type KnownBackup = Omit<Backup, 'error' | 'counts' | 'elsewhere' | 'recipientAt'> & {
  counts: Record<string, number>;
};
/** `sha256` of the file goes into the log: with it the file is known again without any key. */
export type NewBackup = KnownBackup & { sha256?: string };

/** To be called inside the change set that reports the backup; `event` false when that change set says it itself. */
export const recordBackup = (changes: ChangeWriter, backup: NewBackup, event = true): void => {
  const row = {
    path: backup.path,
    kind: backup.kind,
    at: backup.at,
    size_bytes: backup.sizeBytes,
    key: backup.key,
    recipient: backup.recipient,
    sealed: backup.sealed ? 1 : 0,
    proven_at: backup.provenAt,
    counts: JSON.stringify(backup.counts),
  };
  changes.tx.run(
    db
      .insertInto('backup')
      .values(row)
      .onConflict((conflict) => conflict.column('path').doUpdateSet(row))
      .compile(),
  );
  if (!event) return;
  const { path, ...detail } = backup;
  changes.event('backup', path, 'backup', detail);
};

export const recordProof = (
  changes: ChangeWriter,
  path: string,
  provenAt: string,
  how: { action: string; changed?: number } = { action: 'prove' },
): void => {
  const { action, ...detail } = how;
  changes.tx.run(db.updateTable('backup').set({ proven_at: provenAt, sealed: 1 }).where('path', '=', path).compile());
  changes.event('backup', path, action, { provenAt, ...detail });
};

/** It could not be read as it was written: no copy any more, until it is proven again. */
export const recordDamage = (changes: ChangeWriter, path: string, problem: string): void => {
  changes.tx.run(db.updateTable('backup').set({ proven_at: null, sealed: 0 }).where('path', '=', path).compile());
  changes.event('backup', path, 'damaged', { problem });
};

export const forgetBackups = (changes: ChangeWriter, paths: readonly string[]): void => {
  for (const path of paths) changes.tx.run(db.deleteFrom('backup').where('path', '=', path).compile());
};

export const knownBackups = (reader: Reader): Map<string, KnownBackup> => {
  const rows = reader.all(db.selectFrom('backup').selectAll().orderBy('path').compile());
  return new Map(
    rows.map((row) => [
      row.path,
      {
        path: row.path,
        kind: row.kind === 'legacy' ? 'legacy' : 'store',
        at: row.at,
        sizeBytes: row.size_bytes,
        key: row.key === 'passphrase' ? 'passphrase' : 'recovery',
        recipient: row.recipient,
        sealed: row.sealed === 1,
        provenAt: row.proven_at,
        counts: JSON.parse(row.counts) as Record<string, number>,
      },
    ]),
  );
};
