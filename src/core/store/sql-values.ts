/**
 * The gate for parameters: what sql.js would change silently (lone surrogates, NaN, infinities, integers beyond 2^53)
 * or store as something else (booleans, bigints, dates) never reaches SQL or the journal. A refusal is a bug, so it throws.
 */
import type { SqlValue } from './types.ts';

// ES2024, in every Node that Holdfast runs on; the compiler's library is one year older.
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed: () => boolean }).isWellFormed();

const problemOf = (value: unknown): string | null => {
  if (value === null || value instanceof Uint8Array) return null;
  if (typeof value === 'string') return isWellFormed(value) ? null : 'a lone surrogate';
  if (typeof value !== 'number') return `a ${value === undefined ? 'missing value' : typeof value}`;
  if (!Number.isFinite(value)) return String(value);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? 'an integer beyond 2^53' : null;
};

export const checkValues = (values: readonly unknown[], sql: string): readonly SqlValue[] => {
  for (let i = 0; i < values.length; i++) {
    const problem = problemOf(values[i]);
    // The value itself may be private: it is not part of the message.
    if (problem !== null) throw new TypeError(`Parameter ${String(i + 1)} is ${problem}: ${sql.slice(0, 200)}`);
  }
  return values as readonly SqlValue[];
};
