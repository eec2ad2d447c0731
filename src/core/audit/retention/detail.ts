/**
 * What an entry `retention` says (docs/audit-format.md): which entries were removed, with the hash of each range's last
 * one, so that the chain goes on over the hole; and in the last entry of a removal what of the past can still be told.
 */
import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { HistoryLimits } from '../../../contract/audit.ts';

/** The subject and action of these entries. */
export const retentionSubject = { kind: 'log', key: '' } as const;
export const retentionAction = 'retention';

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Number = Type.Integer({ minimum: 0 });

/** First and last number, the hash of the last, and that before the first: so that nothing before the hole can be changed. */
const Removed = Type.Tuple([Number, Number, Hash, Hash]);
export type Removed = Static<typeof Removed>;

const About = Type.Object({
  limits: HistoryLimits,
  /** How many went, in all entries of this removal. */
  entries: Number,
  versions: Number,
  changeSets: Number,
  /** Times of the first and the last entry that went. */
  since: Type.String({ maxLength: 40 }),
  until: Type.String({ maxLength: 40 }),
  /** From the first of these entries to before the last the past cannot be told in full: of all removals so far. */
  blurred: Type.Tuple([Number, Number]),
  /** Moments within, as entry numbers, at which everything that stood there is still known: named versions. */
  whole: Type.Array(Number),
  /** Version rows whose entries are gone, kept because a later entry names them as its old value. */
  left: Type.Object({ count: Number, digest: Hash }),
});
export type About = Static<typeof About>;

const Detail = Type.Object({
  removed: Type.Array(Removed),
  /** Numbers of change sets that lost some of their entries, not all: they can no longer be taken back as one. */
  cut: Type.Array(Number),
  about: Type.Optional(About),
});
export type RetentionDetail = Static<typeof Detail>;

export const parseRetention = (text: string | null): RetentionDetail | null => {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return Check(Detail, value) ? value : null;
  } catch {
    return null;
  }
};

const itemsInOne = 500;

/** One removal as the details of its entries: the ranges in pieces that a page can show, the facts in the last. */
export const detailsOf = (removed: readonly Removed[], cut: readonly number[], about: About): RetentionDetail[] => {
  const pieces = Math.max(1, Math.ceil(Math.max(removed.length, cut.length) / itemsInOne));
  return Array.from({ length: pieces }, (_, i) => ({
    removed: removed.slice(i * itemsInOne, (i + 1) * itemsInOne),
    cut: cut.slice(i * itemsInOne, (i + 1) * itemsInOne),
    ...(i === pieces - 1 ? { about } : {}),
  }));
};

export type LeftRow = { id: number; kind: string; key: string; audit: number; source: string };

/** Values and fingerprints of these rows are in the hashes of the entries that follow them; this is the rest of them. */
export const digestOfLeft = (rows: readonly LeftRow[]): string => {
  const hash = createHash('sha256');
  for (const { id, kind, key, audit, source } of rows.toSorted((a, b) => a.id - b.id))
    hash.update(`${JSON.stringify([id, kind, key, audit, source])}\n`, 'utf8');
  return hash.digest('hex');
};
