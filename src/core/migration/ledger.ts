/** `migration.ledger`: what every migration did, per place in a file. Quarantined text stays encrypted and is not shown. */
import type { Output } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import { isUnder } from '../../contract/setting-key.ts';
import type { Context } from '../context.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import type { SubjectKind } from '../changes/write.ts';
import { targetKind } from './target-kind.ts';

const rows = (reader: Reader) =>
  reader.all(
    db
      .selectFrom('ledger')
      .innerJoin('migration_run', 'migration_run.id', 'ledger.run')
      .innerJoin('term as file', 'file.id', 'ledger.file')
      .innerJoin('term as action', 'action.id', 'ledger.action')
      .leftJoin('subject', 'subject.id', 'ledger.subject')
      .leftJoin('version', 'version.id', 'ledger.version')
      .select(['file.text as file', 'ledger.path', 'ledger.line', 'ledger.col as column', 'action.text as action'])
      .select([
        'ledger.reason',
        'migration_run.uid as runId',
        'migration_run.at',
        'subject.kind',
        'subject.key',
        'version.secret',
      ])
      .orderBy('ledger.run', 'desc')
      .orderBy('ledger.id')
      .compile(),
  );

/** Newest run first, each in the order of its files. */
export const readLedger = async (
  ctx: Context,
  filter: { file?: string | undefined; key?: string | undefined },
): Promise<Result<Output<'migration.ledger'>>> => {
  const found = await ctx.read(rows);
  if (!found.ok) return found;
  const entries = found.data
    .map(({ kind, key, secret, ...row }) => ({
      ...row,
      // The store's own rows: only kinds that were written.
      target: kind === null || key === null ? null : { kind: targetKind(kind as SubjectKind, secret === 1), key },
    }))
    .filter((entry) => filter.file === undefined || entry.file === filter.file)
    .filter((entry) => filter.key === undefined || (entry.target !== null && isUnder(entry.target.key, filter.key)));
  return ok({ entries });
};
