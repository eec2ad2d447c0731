/** What changed inside a value, word by word; long or unlike values are shown whole instead. Pure. */
import { diffWordsWithSpace } from 'diff';
import type { JsonValue } from '../../contract/json.ts';

export type Piece = { text: string; kind: 'same' | 'old' | 'new' };

const limit = 2_000;

const textOf = (value: JsonValue): string => JSON.stringify(value);

/** Null when the two have too little in common for a diff inside to help. */
export const wordDiff = (before: JsonValue, after: JsonValue): Piece[] | null => {
  const wordy =
    (typeof before === 'string' && typeof after === 'string') ||
    (typeof before === 'object' && typeof after === 'object');
  if (!wordy || before === null || after === null) return null;
  const [old, next] = [textOf(before), textOf(after)];
  if (old.length > limit || next.length > limit) return null;
  const pieces = diffWordsWithSpace(old, next).map((part): Piece => ({
    text: part.value,
    kind: part.added ? 'new' : part.removed ? 'old' : 'same',
  }));
  const same = pieces.reduce(
    (sum, piece) => (piece.kind === 'same' ? sum + piece.text.replace(/["\s]/gu, '').length : sum),
    0,
  );
  return same * 3 >= Math.min(old.length, next.length) ? pieces : null;
};
