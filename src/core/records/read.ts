/** Looking at records: pages by id or by newest change, filtered; one record with what its schema says about it. */
import type { Input, Output } from '../../contract/commands.ts';
import type { RecordView } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import type { Reader } from '../store/types.ts';
import { collectionFacts, type CollectionFacts } from './collections.ts';
import { schemaProblems } from './document.ts';
import { fitsWhere, holdsText } from './filter.ts';
import * as sql from './queries.ts';

type ListInput = Input<'records.list'>;
type Found = { row: sql.RecordRow; id: string; record: sql.StoredRecord };

const defaultLimit = 100;
/** Rows that are read at once while a filter looks for its own: other calls get their turn in between. */
const batchRows = 500;

const foundOf = (row: sql.RecordRow): Found[] => {
  const place = sql.recordPlace(row.key);
  return place === null ? [] : [{ row, id: place.id, record: sql.storedRecord(row.value) }];
};

const recordView = (
  found: Found,
  about: { facts: CollectionFacts; times: sql.RecordTimes; now: string },
): RecordView => ({
  id: found.id,
  data: found.record.data,
  createdAt: about.times.createdAt,
  updatedAt: about.times.updatedAt,
  expiresAt: found.record.expiresAt,
  expired: sql.isPast(found.record.expiresAt, about.now),
  version: found.row.version,
  problems: schemaProblems(about.facts.schema, found.record.data),
});

const viewsOf = (
  reader: Reader,
  found: readonly Found[],
  about: { facts: CollectionFacts; now: string },
): RecordView[] => {
  const times = sql.recordTimes(
    reader,
    found.map(({ row }) => row.version),
  );
  return found.flatMap((one) => {
    const own = times.get(one.row.version);
    return own === undefined ? [] : [recordView(one, { ...about, times: own })];
  });
};

const isShown = (found: Found, input: ListInput, now: string): boolean => {
  const { show = 'live', where = [], text = '' } = input;
  const past = sql.isPast(found.record.expiresAt, now);
  if (show !== 'all' && past !== (show === 'expired')) return false;
  return (
    fitsWhere(found.record.data, where) && (text === '' || holdsText(found.id, found.record.data, text.toLowerCase()))
  );
};

/** The cursor is an id, or for the newest change first the version of the last one shown. */
const rowsAfter = (reader: Reader, input: ListInput, after: string | null, limit: number): sql.RecordRow[] =>
  input.sort === 'newest'
    ? sql.recordsBefore(reader, input.collection, after === null ? null : Number(after), limit)
    : sql.recordsAfter(reader, input.collection, after, limit);

const cursorOf = (found: Found, input: ListInput): string =>
  input.sort === 'newest' ? String(found.row.version) : found.id;

/** One more than `limit` tells whether there is a next page. */
const collect = async (ctx: Context, input: ListInput, limit: number, now: string): Promise<Result<Found[]>> => {
  const filtered = (input.where ?? []).length > 0 || (input.text ?? '') !== '' || input.show === 'expired';
  const size = filtered ? batchRows : limit + 1;
  const kept: Found[] = [];
  let after = input.after ?? null;
  for (;;) {
    const rows = await ctx.read((reader) => rowsAfter(reader, input, after, size));
    if (!rows.ok) return rows;
    const batch = rows.data.flatMap(foundOf);
    for (const found of batch) {
      if (kept.length <= limit && isShown(found, input, now)) kept.push(found);
    }
    const last = batch.at(-1);
    if (kept.length > limit || rows.data.length < size || last === undefined) return ok(kept);
    if (ctx.signal.aborted) return fail({ type: 'Cancelled', what: 'The list' });
    after = cursorOf(last, input);
  }
};

const unknownCollection = (name: string) => fail({ type: 'NotFound', what: 'collection', name });

export const knownCollection = (reader: Reader, facts: CollectionFacts): boolean =>
  facts.declared || sql.everHadRecords(reader, facts.id);

export const listRecords = async (ctx: Context, input: ListInput): Promise<Result<Output<'records.list'>>> => {
  if (input.sort === 'newest' && input.after !== undefined && !/^\d{1,15}$/u.test(input.after))
    return fail({ type: 'InputInvalid', field: 'after', problem: 'give what `next` said for the same order' });
  const facts = collectionFacts(await ctx.definition(), input.collection);
  const now = ctx.clock.now();
  const limit = input.limit ?? defaultLimit;
  const known = await ctx.read((reader) => knownCollection(reader, facts));
  if (!known.ok) return known;
  if (!known.data) return unknownCollection(input.collection);
  const kept = await collect(ctx, input, limit, now);
  if (!kept.ok) return kept;
  const page = kept.data.slice(0, limit);
  const views = await ctx.read((reader) => viewsOf(reader, page, { facts, now }));
  if (!views.ok) return views;
  const last = page.at(-1);
  const next = kept.data.length > limit && last !== undefined ? cursorOf(last, input) : null;
  return ok({ records: views.data, next });
};

/** Undefined when there is none. */
export const readRecord = (
  reader: Reader,
  about: { facts: CollectionFacts; id: string; now: string },
): RecordView | undefined => {
  const row = sql.recordAt(reader, about.facts.id, about.id);
  return row === undefined ? undefined : viewsOf(reader, foundOf(row), about)[0];
};

export const getRecord = async (ctx: Context, input: Input<'records.get'>): Promise<Result<RecordView>> => {
  const facts = collectionFacts(await ctx.definition(), input.collection);
  const now = ctx.clock.now();
  const found = await ctx.read((reader) => ({
    known: knownCollection(reader, facts),
    record: readRecord(reader, { facts, id: input.id, now }),
  }));
  if (!found.ok) return found;
  if (!found.data.known) return unknownCollection(input.collection);
  return found.data.record === undefined
    ? fail({ type: 'NotFound', what: `record of ${input.collection}`, name: input.id })
    : ok(found.data.record);
};
