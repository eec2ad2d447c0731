/** What a reader of legacy files gives: values with their places, or the first thing wrong with the file. */
import type { JsonValue } from '../../../contract/json.ts';
import type { JsonDocument } from './json-reader.ts';
import type { Position } from './text.ts';

/** One value as it stands in a file. `segments` is its place, `raw` the exact text. */
export type Leaf = Position & {
  segments: (string | number)[];
  raw: string;
  /** A text when the store could not keep it exactly, or the application never reads it: quarantined, for this reason. */
  problem: string | null;
  /** The value as the application reads it; null where there is a problem. */
  value: JsonValue;
};

export type ReadError = Position & { message: string };

/** Everything, or nothing with the first error: a file is never half read. */
export type ReadFile =
  { ok: true; leaves: Leaf[]; notes: string[]; json?: JsonDocument } | { ok: false; error: ReadError };

export type LegacyReader = {
  format: 'json' | 'env';
  /** `maxNodes`: a file with more values is refused; only JSON counts them. */
  read: (bytes: Uint8Array, maxNodes?: number) => ReadFile;
};
