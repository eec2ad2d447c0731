/**
 * Changing records. Each call is one change set, so undo, history and restore treat records as everything else. What was
 * checked before is checked again inside the transaction.
 */
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import type { JsonValue } from '../../contract/json.ts';
import { stringProblem } from '../migration/readers/exactness.ts';
import { changeView } from '../changes/view.ts';
import type { Put } from '../changes/write.ts';
import type { Context } from '../context.ts';
import type { Reader } from '../store/types.ts';
import { collectionFacts, type CollectionFacts } from './collections.ts';
import { exactProblem, maxDocumentBytes, mergePatch, schemaProblems, secretPlaces, type Problem } from './document.ts';
import * as sql from './queries.ts';
import { knownCollection, readRecord } from './read.ts';

type PutInput = Input<'records.put'>;

const dayMs = 86_400_000;

const invalid = (problems: readonly Problem[]): Failure | null => {
  const [first] = problems;
  if (first === undefined) return null;
  const all = problems.length > 1 ? { invalid: [...problems] } : {};
  return fail({ type: 'InputInvalid', ...first, ...all });
};

/** Names become keys: what cannot be told apart from another name, or not be kept, is none. */
export const nameProblem = (field: string, name: string): Problem[] => {
  const problem = name.includes('\0') ? 'it holds a NUL character' : stringProblem(name);
  return problem === null ? [] : [{ field, problem }];
};

/** ISO 8601 in UTC with milliseconds, as all times are kept; null keeps the record for good. */
export const timeOf = (text: string | null): Result<string | null> => {
  const ms = text === null ? 0 : Date.parse(text);
  if (text === null) return ok(null);
  const iso = Number.isNaN(ms) ? '' : new Date(ms).toISOString();
  return iso.length === 24
    ? ok(iso)
    : fail({ type: 'InputInvalid', field: 'expiresAt', problem: 'give a time such as 2026-03-01T09:00:00Z, or null' });
};

const expiryOf = (
  given: string | null | undefined,
  facts: CollectionFacts,
  old: sql.StoredRecord | null,
  now: string,
): string | null => {
  if (given !== undefined) return given;
  // What was kept for good stays so.
  if (facts.expiresAfterDays === null || old?.expiresAt === null) return old?.expiresAt ?? null;
  return new Date(Date.parse(now) + facts.expiresAfterDays * dayMs).toISOString();
};

export const contentProblems = (facts: CollectionFacts, data: JsonValue, old: sql.StoredRecord | null): Problem[] => {
  const secrets = secretPlaces(facts.schema, data, old?.data).map((field) => ({
    field,
    problem: 'is secret, and records are kept in clear: keep it as a field of an integration instead',
  }));
  if (secrets.length > 0) return secrets;
  if (Buffer.byteLength(JSON.stringify(data)) > maxDocumentBytes)
    return [{ field: 'data', problem: 'a record has at most 4 MiB' }];
  return schemaProblems(facts.schema, data);
};

type Wanted = { id: string; expiresAt: string | null | undefined; now: string };

const checkPut = (reader: Reader, input: PutInput, facts: CollectionFacts, wanted: Wanted): Result<Put> => {
  if (input.create !== true && !knownCollection(reader, facts))
    return fail({ type: 'NotFound', what: 'collection', name: facts.id });
  const row = sql.recordAt(reader, facts.id, wanted.id);
  if (input.expect !== undefined && input.expect !== (row?.version ?? null))
    return fail({ type: 'Stale', keys: [sql.recordKey(facts.id, wanted.id)] });
  if (input.patch === true && row === undefined)
    return fail({ type: 'NotFound', what: `record of ${facts.id}`, name: wanted.id });
  const old = row === undefined ? null : sql.storedRecord(row.value);
  const data = input.patch === true ? mergePatch(old?.data ?? null, input.data) : input.data;
  const problem = invalid(contentProblems(facts, data, old));
  if (problem !== null) return problem;
  const expiresAt = expiryOf(wanted.expiresAt, facts, old, wanted.now);
  return ok({
    subject: { kind: 'record', key: sql.recordKey(facts.id, wanted.id) },
    value: { data, expiresAt },
    secret: false,
    source: 'set',
  });
};

/** What a dry run says the record would be. */
const wouldBe = (reader: Reader, put: Put, facts: CollectionFacts, wanted: Wanted): Output<'records.put'>['record'] => {
  const present = readRecord(reader, { facts, id: wanted.id, now: wanted.now });
  const { data, expiresAt } = sql.storedRecord(JSON.stringify(put.value));
  return {
    id: wanted.id,
    data,
    createdAt: present?.createdAt ?? wanted.now,
    updatedAt: wanted.now,
    expiresAt,
    expired: sql.isPast(expiresAt, wanted.now),
    version: present?.version ?? 0,
    problems: [],
  };
};

/** Errors: `InputInvalid` with every place that does not fit, `NotFound` for an unknown collection, `Stale`. */
export const putRecord = async (ctx: Context, input: PutInput): Promise<Result<Output<'records.put'>>> => {
  const id = input.id ?? ctx.clock.newId();
  const given = exactProblem(input.data);
  const names = [...nameProblem('collection', input.collection), ...nameProblem('id', id)];
  const problem = invalid([...names, ...(given === null ? [] : [given])]);
  if (problem !== null) return problem;
  const expiresAt = input.expiresAt === undefined ? ok(undefined) : timeOf(input.expiresAt);
  if (!expiresAt.ok) return expiresAt;
  const facts = collectionFacts(await ctx.definition(), input.collection);
  const wanted: Wanted = { id, expiresAt: expiresAt.data, now: ctx.clock.now() };
  if (input.dryRun === true) {
    const preview = await ctx.read((reader) => {
      const put = checkPut(reader, input, facts, wanted);
      if (!put.ok) return put;
      const changes = [changeView(reader, put.data, null)];
      return ok({ changeSet: null, dryRun: true, changes, id, record: wouldBe(reader, put.data, facts, wanted) });
    });
    return preview.ok ? preview.data : preview;
  }
  return ctx.commit({ kind: 'edit', reason: input.reason ?? null }, (changes) => {
    const put = checkPut(changes.tx, input, facts, wanted);
    if (!put.ok) return put;
    const view = changeView(changes.tx, put.data, null);
    changes.put(put.data);
    const record = readRecord(changes.tx, { facts, id, now: wanted.now });
    if (record === undefined) throw new Error('a record that was just written is not there');
    return ok({ changeSet: changes.count() > 0 ? changes.uid : null, dryRun: false, changes: [view], id, record });
  });
};

const removal = (key: string): Put => ({
  subject: { kind: 'record', key },
  value: undefined,
  secret: false,
  source: 'set',
});

const checkDelete = (reader: Reader, input: Input<'records.delete'>): Result<Put[]> => {
  const stale: string[] = [];
  const puts: Put[] = [];
  for (const id of new Set(input.ids)) {
    const row = sql.recordAt(reader, input.collection, id);
    if (row === undefined) return fail({ type: 'NotFound', what: `record of ${input.collection}`, name: id });
    const expected = Object.hasOwn(input.expect ?? {}, id) ? input.expect?.[id] : undefined;
    if (expected !== undefined && expected !== row.version) stale.push(row.key);
    puts.push(removal(row.key));
  }
  return stale.length > 0 ? fail({ type: 'Stale', keys: stale }) : ok(puts);
};

export const deleteRecords = async (
  ctx: Context,
  input: Input<'records.delete'>,
): Promise<Result<Output<'records.delete'>>> => {
  if (input.dryRun === true) {
    const preview = await ctx.read((reader) => {
      const puts = checkDelete(reader, input);
      if (!puts.ok) return puts;
      return ok({ changeSet: null, dryRun: true, changes: puts.data.map((put) => changeView(reader, put, null)) });
    });
    return preview.ok ? preview.data : preview;
  }
  return ctx.commit({ kind: 'edit', reason: input.reason ?? null }, (changes) => {
    const puts = checkDelete(changes.tx, input);
    if (!puts.ok) return puts;
    const views = puts.data.map((put) => {
      const view = changeView(changes.tx, put, null);
      changes.put(put);
      return view;
    });
    return ok({ changeSet: changes.uid, dryRun: false, changes: views });
  });
};

type Removed = Output<'records.expire'>['removed'];

const pastTime = (reader: Reader, collection: string | undefined, now: string): (Removed[number] & { key: string })[] =>
  sql
    .expiringRecords(reader, collection ?? null)
    .filter(({ expiresAt }) => sql.isPast(expiresAt, now))
    .flatMap(({ key, expiresAt }) => {
      const place = sql.recordPlace(key);
      return place === null ? [] : [{ ...place, expiresAt, key }];
    });

const withoutKeys = (found: readonly (Removed[number] & { key: string })[]): Removed =>
  found.map(({ collection, id, expiresAt }) => ({ collection, id, expiresAt }));

/** Nothing past its time: nothing is written. */
export const expireRecords = async (
  ctx: Context,
  input: Input<'records.expire'>,
): Promise<Result<Output<'records.expire'>>> => {
  const now = ctx.clock.now();
  if (input.collection !== undefined) {
    const facts = collectionFacts(await ctx.definition(), input.collection);
    const known = await ctx.read((reader) => knownCollection(reader, facts));
    if (!known.ok) return known;
    if (!known.data) return fail({ type: 'NotFound', what: 'collection', name: input.collection });
  }
  if (input.dryRun === true) {
    const found = await ctx.read((reader) => pastTime(reader, input.collection, now));
    return found.ok ? ok({ changeSet: null, dryRun: true, removed: withoutKeys(found.data) }) : found;
  }
  const reason = input.reason ?? 'past their time';
  return ctx.commit({ kind: 'edit', reason }, (changes) => {
    const found = pastTime(changes.tx, input.collection, now);
    for (const { key } of found) changes.put(removal(key));
    return ok({ changeSet: found.length > 0 ? changes.uid : null, dryRun: false, removed: withoutKeys(found) });
  });
};
