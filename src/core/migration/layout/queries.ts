/** The `layout` table and what a layout needs of the ledger. */
import { CompiledQuery } from 'kysely';
import { db } from '../../store/sql.ts';
import type { Reader } from '../../store/types.ts';

/** A fixed text: a run writes one row per file. */
export const insertLayout = (id: number, run: number, file: number, tokens: string): CompiledQuery<unknown> =>
  CompiledQuery.raw('INSERT INTO layout (id, run, file, tokens) VALUES (?, ?, ?, ?)', [id, run, file, tokens]);

export type LayoutRow = { id: number; run: number; file: string; tokens: string };

/** The newest layout of every file, by file name; of one run when it is named. */
export const layoutRows = (reader: Reader, run?: number): LayoutRow[] => {
  let query = db
    .selectFrom('layout')
    .innerJoin('term', 'term.id', 'layout.file')
    .select(['layout.id', 'layout.run', 'term.text as file', 'layout.tokens'])
    .orderBy('layout.id');
  if (run !== undefined) query = query.where('layout.run', '=', run);
  const rows = reader.all(query.compile());
  return [...new Map(rows.map((row) => [row.file, row])).values()].toSorted((a, b) => a.file.localeCompare(b.file));
};

/** The ledger rows of one run in the order of its plan. */
export const ledgerIds = (reader: Reader, run: number): number[] =>
  reader.all(db.selectFrom('ledger').select('id').where('run', '=', run).orderBy('id').compile()).map((row) => row.id);

export const keptRow = (reader: Reader, id: number) =>
  reader.first(
    db
      .selectFrom('ledger')
      .innerJoin('term', 'term.id', 'ledger.file')
      .select(['ledger.id as ledgerId', 'ledger.path', 'term.text as file', 'ledger.raw'])
      .where('ledger.id', '=', id)
      .compile(),
  );
