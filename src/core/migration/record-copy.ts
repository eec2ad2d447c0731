/** Puts an encrypted copy of legacy files on the list of backups: a migration's, and what a way back saves first. */
import type { LegacyBackup } from '../backup/legacy.ts';
import { recordBackup } from '../backup/record.ts';
import type { ChangeWriter } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { readKeys, recipientOf } from '../secrets/ensure-keys.ts';

/** `event`: with an entry of its own in the log. Null: there was nothing to copy. */
export const recordCopy = (ctx: Context, changes: ChangeWriter, copy: LegacyBackup | null, event = true): void => {
  if (copy === null) return;
  const keys = readKeys(ctx.holdfastDir);
  const recipient = recipientOf(keys.ok ? (keys.data?.file ?? null) : null);
  const { path, sizeBytes, sealed, provenAt, files } = copy;
  const counts = { files };
  const known = { kind: 'legacy', at: changes.at, key: 'recovery', recipient, counts } as const;
  recordBackup(changes, { ...known, path, sizeBytes, sealed, provenAt }, event);
};
