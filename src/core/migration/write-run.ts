/**
 * Writes one migration into the store: values, run, files, ledger, event, all inside the caller's transaction. Decides
 * nothing: the plan did. Nothing here awaits or reads files.
 */
import type { ChangeWriter, PutResult } from '../changes/write.ts';
import type { Steps } from '../slices.ts';
import type { Keyring } from '../secrets/types.ts';
import { db } from '../store/sql.ts';
import type { SqlValue, Tx } from '../store/types.ts';
import { CompiledQuery } from 'kysely';
import type { Decided, Placed, Plan, SourceFile } from './plan-types.ts';
import { subjectKey } from './present.ts';
import { clearRaw, sealRaw } from './raw-text.ts';
import { isOverruled } from './rivals.ts';

export type RunRow = { uid: string; backup: string | null; report: string };

/** Fixed texts: a ledger has as many rows as the files have values. */
const insertSource = (...row: SqlValue[]): CompiledQuery<unknown> =>
  CompiledQuery.raw(
    'INSERT INTO source_file (id, run, file, status, sha256, size_bytes, mode, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    row,
  );
export const insertLedger = (...row: SqlValue[]): CompiledQuery<unknown> =>
  CompiledQuery.raw(
    'INSERT INTO ledger (id, run, file, path, line, col, subject, version, action, reason, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    row,
  );

/** The versions that the plan's creates and updates got, by subject. */
export function* putSteps(changes: ChangeWriter, items: readonly Decided[]): Steps<Map<string, PutResult>> {
  const written = new Map<string, PutResult>();
  for (const item of items) {
    if (item.action !== 'create' && item.action !== 'update') continue;
    const key = subjectKey(item.subject);
    if (item.mark || written.has(key)) continue;
    written.set(key, changes.put({ subject: item.subject, value: item.value, secret: item.secret, source: 'file' }));
    yield;
  }
  return written;
}

const writeSource = (changes: ChangeWriter, run: number, source: SourceFile): void => {
  const { opened, read } = source;
  const good = opened.status === 'read' && read?.ok === true;
  const status = opened.status === 'missing' ? 'missing' : good ? 'read' : 'unreadable';
  const problem = opened.status === 'unreadable' ? opened.reason : read?.ok === false ? read.error.message : null;
  const [sha256, size, mode] =
    opened.status === 'read' ? [opened.sha256, opened.sizeBytes, opened.mode] : [null, null, null];
  changes.tx.run(
    insertSource(changes.nextId('source_file'), run, changes.term(source.file), status, sha256, size, mode, problem),
  );
};

/** Without a version of its own the file's text is kept: the next plan compares with it, and nothing is lost. */
const rawOf = (keyring: Keyring, item: Placed, ledgerId: number): Uint8Array =>
  isOverruled(item.reason) && !item.secret ? clearRaw(item.raw) : sealRaw(keyring, item, ledgerId);

const writeLedgerRow = (
  changes: ChangeWriter,
  keyring: Keyring,
  run: number,
  item: Decided,
  written: ReadonlyMap<string, PutResult>,
): void => {
  const id = changes.nextId('ledger');
  const base: SqlValue[] = [id, run, changes.term(item.file), item.path, item.line, item.column];
  if (item.action === 'quarantine') {
    const action = item.left === true ? 'leave' : 'quarantine';
    changes.tx.run(insertLedger(...base, null, null, changes.term(action), item.reason, sealRaw(keyring, item, id)));
    return;
  }
  if (item.byHand !== undefined) {
    const row: SqlValue[] = [item.subjectId, item.byHand, changes.term('map'), item.reason, sealRaw(keyring, item, id)];
    changes.tx.run(insertLedger(...base, ...row));
    return;
  }
  const put = written.get(subjectKey(item.subject));
  const changed = item.action === 'create' || item.action === 'update';
  const version = changed ? (put?.version ?? null) : item.version;
  // An overruled value says whose it would be, so that people can be told.
  const overruled = item.action === 'skip' && isOverruled(item.reason);
  const known = changed ? (put?.subjectId ?? null) : item.subjectId;
  const subject = known ?? (overruled ? changes.subjectId(item.subject) : null);
  const raw = version === null ? rawOf(keyring, item, id) : null;
  changes.tx.run(insertLedger(...base, subject, version, changes.term(item.action), item.reason ?? item.note, raw));
};

export function* writeRunSteps(
  changes: ChangeWriter,
  keyring: Keyring,
  plan: Plan,
  run: RunRow,
  written: ReadonlyMap<string, PutResult>,
): Steps<number> {
  const id = changes.nextId('migration_run');
  changes.event('migration', run.uid, 'migrate', {
    definition: plan.definition.id,
    definitionVersion: plan.definition.version,
    files: plan.sources.filter((source) => source.read?.ok === true).map((source) => source.file),
    totals: plan.result.totals,
    backup: run.backup,
  });
  changes.tx.run(
    db
      .insertInto('migration_run')
      .values({
        id,
        uid: run.uid,
        at: changes.at,
        definition: plan.definition.id,
        change_set: changes.changeSetId(),
        backup: run.backup,
        report: run.report,
      })
      .compile(),
  );
  for (const [key, value] of [
    ['definition', plan.definition.id],
    ['definition_version', String(plan.definition.version)],
  ] as const) {
    changes.tx.run(
      db
        .insertInto('meta')
        .values({ key, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .compile(),
    );
  }
  for (const source of plan.sources) {
    writeSource(changes, id, source);
    yield;
  }
  for (const item of plan.items) {
    writeLedgerRow(changes, keyring, id, item, written);
    yield;
  }
  return id;
}

/** The report can only be written once the rest is there to be read back. */
export const setReport = (tx: Tx, run: number, report: string): void =>
  tx.run(db.updateTable('migration_run').set({ report }).where('id', '=', run).compile());
