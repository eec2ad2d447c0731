/** For tests only: every way to change one row of a table of the log, one after the other. */
import type { SqlValue } from '../../store/types.ts';
import type { Tampering } from './store-with-log.ts';

export type Row = { [column: string]: SqlValue };
export type Attack = { name: string; how: Tampering };

/** Other values for a column: of another row, nothing, and a slightly different one. */
const othersFor = (column: string, row: Row, rows: readonly Row[]): SqlValue[] => {
  const now = row[column] ?? null;
  const other = rows.find((one) => String(one[column]) !== String(now))?.[column];
  const next =
    typeof now === 'number'
      ? now + 100_000
      : typeof now === 'string'
        ? `${now} `
        : now === null
          ? null
          : Uint8Array.from(now, (byte, i) => (i === now.length - 1 ? byte ^ 1 : byte));
  return [...(other === undefined ? [] : [other]), null, next].filter((value) => String(value) !== String(now));
};

/** Deletions, insertions, swaps with the next, and edits of every column. */
export const attacksOn = (rows: readonly Row[], table: string): Attack[] => {
  const columns = Object.keys(rows[0] ?? {});
  return rows.flatMap((row, i): Attack[] => {
    const id = row['id'] ?? null;
    const next = rows[i + 1];
    const free = Number(rows.at(-1)?.['id']) + 1;
    const unique = columns.map((name) => (name === 'id' ? String(free) : name === 'uid' ? `uid || 'x'` : name));
    const swapped = columns.filter((name) => name !== 'id' && name !== 'uid');
    return [
      { name: `delete ${String(id)}`, how: [[`DELETE FROM ${table} WHERE id = ?`, [id]]] },
      {
        name: `insert a copy of ${String(id)}`,
        how: [[`INSERT INTO ${table} SELECT ${unique.join(', ')} FROM ${table} WHERE id = ?`, [id]]],
      },
      ...(next === undefined
        ? []
        : [
            {
              name: `swap ${String(id)} with the next`,
              how: [row, next].map((into, n): Tampering[number] => [
                `UPDATE ${table} SET ${swapped.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`,
                [...swapped.map((name) => (n === 0 ? next : row)[name] ?? null), into['id'] ?? null],
              ]),
            },
          ]),
      ...columns.flatMap((column) =>
        othersFor(column, row, rows).map((value) => ({
          name: `${column} of ${String(id)} from ${String(row[column])} to ${String(value)}`,
          how: [[`UPDATE ${table} SET ${column} = ? WHERE id = ?`, [value, id]]] satisfies Tampering,
        })),
      ),
    ];
  });
};
