/**
 * Where entry numbers jump, verification asks here: a hole is good only when entries `retention` that stand later in the
 * log name exactly what is missing, each with a seal at the end of its own change set. Anybody can write such an entry,
 * but not its seal.
 */
import type { Reader } from '../../store/types.ts';
import type { WalkedRow } from '../queries.ts';
import { parseRetention, retentionAction, retentionSubject, type About } from './detail.ts';
import { removedRanges, retentionRows, type RemovedRange } from './queries.ts';

type Bad = { id: number; problem: string };

export const createRetentionBook = () => {
  let ranges: RemovedRange[] | null = null;
  let at = 0;
  let removed = 0;
  /** Entries that wait for the seal of their change set. */
  let waiting: { set: number; ids: number[] } = { set: 0, ids: [] };
  const sealed = new Set<number>();
  let about: About | null = null;
  let newestAt: string | null = null;

  /** By halves: there may be many ranges, and many that ask. */
  const rangeOf = (id: number): RemovedRange | null => {
    let [low, high] = [0, (ranges?.length ?? 0) - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = ranges?.[middle];
      if (range === undefined) return null;
      if (range.from <= id && id <= range.to) return range;
      if (range.from > id) high = middle - 1;
      else low = middle + 1;
    }
    return null;
  };

  const isRetention = (row: WalkedRow): boolean =>
    row.action === retentionAction &&
    row.subjectKind === retentionSubject.kind &&
    row.subjectKey === retentionSubject.key;

  return {
    /** Once, before the first entry. */
    load: (reader: Reader): void => {
      ranges ??= retentionRows(reader).length === 0 ? [] : removedRanges(reader);
    },
    /** `before`: the hash before the hole. What stands at its end; a problem where nothing accounts for it, or not for what was before. */
    over: (before: Uint8Array, from: number, to: number): { hash: Uint8Array } | { problem: string } => {
      const missing = { problem: `entries ${String(from)} to ${String(to)} are missing` };
      let hash = Buffer.from(before).toString('hex');
      for (let next = from; next <= to;) {
        const range = ranges?.[at];
        if (range?.from !== next || range.to > to || range.to < range.from || range.by <= range.to) return missing;
        if (range.before !== hash) return { problem: `the entry before ${String(next)} was changed` };
        at += 1;
        next = range.to + 1;
        hash = range.hash;
      }
      removed += to - from + 1;
      return { hash: Buffer.from(hash, 'hex') };
    },
    /** In the order of the log, after what the hash and the seals say of the entry. */
    see: (row: WalkedRow): string | null => {
      const range = ranges?.[at];
      if (range !== undefined && range.from <= row.id) return `entry ${String(range.by)} says that it was removed`;
      if (row.set !== waiting.set) waiting = { set: row.set, ids: [] };
      if (row.action === 'seal') {
        for (const id of waiting.ids) sealed.add(id);
        waiting.ids = [];
      }
      if (!isRetention(row)) return null;
      const detail = parseRetention(row.detail);
      if (detail === null) return 'what it says of removed entries cannot be read';
      if (detail.about !== undefined) about = detail.about;
      newestAt = row.at;
      waiting.ids.push(row.id);
      return null;
    },
    finish: (): Bad | null => {
      const unsealed = ranges?.find(({ by }) => !sealed.has(by));
      if (unsealed === undefined) return null;
      const { by, from, to } = unsealed;
      const problem = `it says that entries ${String(from)} to ${String(to)} were removed, and no seal vouches for it`;
      return { id: by, problem };
    },
    any: (): boolean => (ranges?.length ?? 0) > 0,
    /** The range that an entry was in; null when it was in none. */
    rangeOf,
    /** The hash is that of a range's last entry. */
    hasEnd: (hash: string): boolean => ranges?.some((range) => range.hash === hash) === true,
    /** When something was last removed; null: never. */
    newestAt: (): string | null => newestAt,
    about: (): About | null => about,
    removed: (): number => removed,
  };
};

export type RetentionBook = ReturnType<typeof createRetentionBook>;
