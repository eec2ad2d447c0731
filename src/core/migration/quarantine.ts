/**
 * What migrations could not take and what the owner decides about it: seen as a list, opened with an audit entry, mapped to
 * a setting or left where it is. Nothing is ever removed from it.
 */
import type { Input, Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { QuarantineEntry } from '../../contract/migration.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { keyToSegments } from '../../contract/setting-key.ts';
import { changeView } from '../changes/view.ts';
import type { ChangeWriter, Put } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { entryFor } from '../definitions/catalog.ts';
import { secretByName } from '../definitions/secret-names.ts';
import type { Definition } from '../definitions/types.ts';
import type { Keyring } from '../secrets/types.ts';
import { applySettings } from '../settings/apply.ts';
import { storedSetting } from '../settings/queries.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import { readByHand, type ByHand } from './by-hand.ts';
import { prefixProblem } from './map-settings.ts';
import { lastReads, placeKey } from './present.ts';
import { openRaw, rawSize, sealRaw } from './raw-text.ts';
import { valueOfRaw } from './raw-value.ts';
import { insertLedger } from './write-run.ts';

const rowsOf = (reader: Reader, run: number, fileTerm: number) =>
  reader.all(
    db
      .selectFrom('ledger')
      .innerJoin('term as action', 'action.id', 'ledger.action')
      .select(['ledger.id as ledgerId', 'ledger.run', 'ledger.path', 'ledger.line', 'ledger.col as column'])
      .select(['ledger.reason', 'ledger.raw', 'action.text as action'])
      .where('ledger.run', '=', run)
      .where('ledger.file', '=', fileTerm)
      .where('action.text', 'in', ['quarantine', 'map', 'leave'])
      .orderBy('ledger.id')
      .compile(),
  );

type Row = ReturnType<typeof rowsOf>[number] & { file: string; since: string; decision: ByHand | null };

/** When each place was first quarantined. */
const firstSeen = (reader: Reader, fileTerm: number): Map<string, string> =>
  new Map(
    reader
      .all(
        db
          .selectFrom('ledger')
          .innerJoin('term as action', 'action.id', 'ledger.action')
          .innerJoin('migration_run', 'migration_run.id', 'ledger.run')
          .select(['ledger.path', 'migration_run.at'])
          .where('ledger.file', '=', fileTerm)
          .where('action.text', '=', 'quarantine')
          .orderBy('ledger.id', 'desc')
          .compile(),
      )
      .map((row) => [row.path, row.at]),
  );

/** One row per text: a decision written after the run stands beside the row that it decides about. */
const readRows = (reader: Reader): Row[] => {
  const reads = lastReads(reader);
  const byHand = readByHand(reader, new Map(reads.map((one) => [one.file, one.run])));
  return reads.flatMap(({ run, file, fileTerm }) => {
    const since = firstSeen(reader, fileTerm);
    const texts = new Map<string, Row>();
    for (const row of rowsOf(reader, run, fileTerm)) {
      const place = `${row.path}\n${String(row.line)}:${String(row.column)}`;
      if (texts.has(place)) continue;
      const decisions = byHand.get(placeKey(file, row.path)) ?? [];
      const decision = decisions.findLast((one) => one.line === row.line && one.column === row.column) ?? null;
      texts.set(place, { ...row, file, since: since.get(row.path) ?? '', decision });
    }
    return [...texts.values()];
  });
};

const stateOf = ({ decision }: Row): QuarantineEntry['state'] =>
  decision === null ? 'open' : decision.mapped === null ? 'left' : 'mapped';

const entryOf = (row: Row): QuarantineEntry => {
  const subject = row.decision?.mapped?.subject ?? null;
  return {
    file: row.file,
    path: row.path,
    line: row.line,
    column: row.column,
    reason: row.reason ?? '',
    sizeBytes: row.raw === null ? 0 : rawSize(row.raw),
    since: row.since,
    state: stateOf(row),
    target: subject === null ? null : { kind: subject.kind, key: subject.key },
  };
};

export const listQuarantine = async (
  ctx: Context,
  input: Input<'migration.quarantine'>,
): Promise<Result<Output<'migration.quarantine'>>> => {
  const rows = await ctx.read(readRows);
  if (!rows.ok) return rows;
  return ok({ entries: rows.data.filter((row) => input.file === undefined || row.file === input.file).map(entryOf) });
};

type Place = { file: string; path: string; line?: number | undefined };

/** `NotFound`, or `InputInvalid` when several texts stand at the place and no line says which. */
const rowAt = (reader: Reader, place: Place): Result<Row> => {
  const rows = readRows(reader).filter(
    (row) =>
      row.file === place.file && row.path === place.path && (place.line === undefined || place.line === row.line),
  );
  const [row, ...others] = rows;
  if (row === undefined)
    return fail({ type: 'NotFound', what: 'quarantined text', name: `${place.file}:${place.path}` });
  if (others.length === 0) return ok(row);
  const lines = rows.map((one) => String(one.line)).join(', ');
  return fail({ type: 'InputInvalid', field: 'line', problem: `must say which of the lines ${lines} is meant` });
};

const openRow = (keyring: Keyring, row: Row): Result<string> => {
  const text = openRaw(keyring, row, row);
  const what = `${row.file}:${row.path}`;
  return text === null ? fail({ type: 'WrongKey', what, needs: 'the key it was encrypted with' }) : ok(text);
};

export const revealQuarantined = async (
  ctx: Context,
  input: Input<'migration.reveal'>,
): Promise<Result<Output<'migration.reveal'>>> => {
  const keyring = await ctx.keyring('Quarantined texts are encrypted');
  if (!keyring.ok) return keyring;
  return ctx.commit({ kind: 'event', reason: input.reason ?? null }, (changes) => {
    const row = rowAt(changes.tx, input);
    if (!row.ok) return row;
    const raw = openRow(keyring.data, row.data);
    if (!raw.ok) return raw;
    const { file, path, line } = row.data;
    changes.event('quarantine', `${file}:${path}`, 'reveal', { line });
    return ok({ file, path, raw: raw.data });
  });
};

/** A ledger row of the run that quarantined it: the decision stands where the question came up. */
const noteDecision = (
  changes: ChangeWriter,
  keyring: Keyring,
  row: Row,
  raw: string,
  put: { subjectId: number | null; version: number | null } | null,
): void => {
  const { run, file, path, line, column, reason } = row;
  const id = changes.nextId('ledger');
  const sealed = sealRaw(keyring, { file, path, raw }, id);
  const action = changes.term(put === null ? 'leave' : 'map');
  const [subject, version] = [put?.subjectId ?? null, put?.version ?? null];
  changes.tx.run(
    insertLedger(id, run, changes.term(file), path, line, column, subject, version, action, reason, sealed),
  );
};

const leave = (
  ctx: Context,
  input: Input<'migration.map'>,
  keyring: Keyring,
): Promise<Result<Output<'migration.map'>>> =>
  ctx.commit({ kind: 'event', reason: input.reason ?? null }, (changes) => {
    const row = rowAt(changes.tx, input);
    if (!row.ok) return row;
    const { file, path, line, decision } = row.data;
    if (decision?.mapped != null) return alreadyMapped(decision.mapped.subject.key);
    const raw = openRow(keyring, row.data);
    if (!raw.ok) return raw;
    noteDecision(changes, keyring, row.data, raw.data, null);
    changes.event('quarantine', `${file}:${path}`, 'leave', { line });
    return ok({ changeSet: changes.uid, dryRun: false, file, path, change: null });
  });

const alreadyMapped = (key: string): Result<never> =>
  fail({ type: 'InputInvalid', field: 'path', problem: `is mapped to ${key} already; undo that first` });

type Wanted = Extract<Input<'migration.map'>['target'], object>;

/** The setting a text becomes; everything that `config set --create` would refuse is refused here too. */
const putFor = async (ctx: Context, target: Wanted, row: Row, raw: string): Promise<Result<Put>> => {
  const definition: Definition | null = await ctx.definition();
  const { key } = target;
  const trap = prefixProblem(keyToSegments(key) ?? []);
  if (trap !== null) return fail({ type: 'SettingInvalid', key, problem: trap, invalid: [{ key, problem: trap }] });
  const value: JsonValue = target.value ?? valueOfRaw(definition, row.file, key, raw) ?? raw;
  const checked = await applySettings(
    ctx,
    { changes: [{ key, op: 'set', value }], create: true, dryRun: true },
    { source: 'file', kind: 'edit' },
  );
  if (!checked.ok) return checked;
  const declared = definition === null ? undefined : entryFor(definition, key)?.['x-secret'];
  const secret = target.secret ?? declared ?? secretByName(key, value);
  const source = target.value === undefined ? ('file' as const) : ('set' as const);
  return ok({ subject: { kind: 'setting', key }, value, secret, source });
};

export const mapQuarantined = async (
  ctx: Context,
  input: Input<'migration.map'>,
): Promise<Result<Output<'migration.map'>>> => {
  const keyring = await ctx.keyring('Quarantined texts are encrypted');
  if (!keyring.ok) return keyring;
  const { target, file, path } = input;
  const found = await ctx.read((reader) => rowAt(reader, input));
  if (!found.ok) return found;
  if (!found.data.ok) return found.data;
  const row = found.data.data;
  if (row.decision?.mapped != null) return alreadyMapped(row.decision.mapped.subject.key);
  if (target === 'leave')
    return input.dryRun === true
      ? ok({ changeSet: null, dryRun: true, file, path, change: null })
      : leave(ctx, input, keyring.data);
  const raw = openRow(keyring.data, row);
  if (!raw.ok) return raw;
  const put = await putFor(ctx, target, row, raw.data);
  if (!put.ok) return put;
  const taken = fail({ type: 'InputInvalid', field: 'key', problem: 'has a value already; choose another name' });
  if (input.dryRun === true) {
    const preview = await ctx.read((reader) =>
      storedSetting(reader, target.key) === undefined ? changeView(reader, put.data, keyring.data) : null,
    );
    if (!preview.ok) return preview;
    return preview.data === null ? taken : ok({ changeSet: null, dryRun: true, file, path, change: preview.data });
  }
  return ctx.commit({ kind: 'edit', reason: input.reason ?? null }, (changes) => {
    // What was looked at before may have been decided meanwhile.
    const now = rowAt(changes.tx, input);
    if (!now.ok) return now;
    if (now.data.decision?.mapped != null) return alreadyMapped(now.data.decision.mapped.subject.key);
    if (now.data.ledgerId !== row.ledgerId) return fail({ type: 'Stale', keys: [`${file}:${path}`] });
    if (storedSetting(changes.tx, target.key) !== undefined) return taken;
    const change = changeView(changes.tx, put.data, keyring.data);
    noteDecision(changes, keyring.data, row, raw.data, changes.put(put.data));
    return ok({ changeSet: changes.uid, dryRun: false, file, path, change });
  });
};
