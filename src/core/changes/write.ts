/**
 * The one way to change anything: subjects (a setting, an integration, a field …) get a new version, an audit entry in
 * the chain, and become live, all inside the caller's transaction. Nothing else inserts into these tables.
 */
import { Buffer } from 'node:buffer';
import type { JsonValue } from '../../contract/json.ts';
import { canonicalValue, chainStart, nextHash } from '../audit/chain.ts';
import type { CipherPlace, Keyring } from '../secrets/types.ts';
import type { Tx } from '../store/types.ts';
import * as sql from './queries.ts';

/**
 * `setting`: key = setting key. `integration`: key = its id, value {type,name,enabled}. `field`: an integration's, key =
 * segmentsToKey([id, ...path]). `record`: key = segmentsToKey([collection, id]), value {data, expiresAt}. `user`: key = the
 * name, value {displayName, email, role, disabled}. `user-field`: key = segmentsToKey([name, member]). `override`: key =
 * segmentsToKey([user, ...segments of the setting key]). `mirror`: key = the file, value {on}. `policy`: Holdfast's own settings of a
 * home; key `backup`, value BackupPolicy.
 * `name`: a named version, key = the name, value {changeSet, pinned, note}. `trial`: a change that ends by itself, key = uid of
 * its change set, value {until, keys}. `lock`: a setting that nobody changes, key = the setting's, value {reason}.
 */
export type SubjectKind =
  | 'setting'
  | 'integration'
  | 'field'
  | 'record'
  | 'user'
  | 'user-field'
  | 'override'
  | 'mirror'
  | 'policy'
  | 'name'
  | 'trial'
  | 'lock';
export type Subject = { kind: SubjectKind; key: string };

export type ValueSource = 'file' | 'wizard' | 'set';

export type ChangeSetOptions = {
  kind: 'edit' | 'undo' | 'redo' | 'revert' | 'migrate' | 'restore' | 'setup' | 'event';
  reason?: string | null;
  /** uid of the change set that this one takes back. */
  of?: string | null;
  /** Overrides the caller's door: `migration`, `wizard`, `restore`. */
  door?: string;
};

export type Put = {
  subject: Subject;
  /** undefined removes the subject. */
  value: JsonValue | undefined;
  secret: boolean;
  source: ValueSource;
  /** A new version also where the value is the same: what was settled is written down as it now is. */
  anew?: boolean;
};

export type PutResult = {
  action: 'create' | 'update' | 'delete' | 'unchanged';
  auditId: number | null;
  /** The live version after the call; null when removed. */
  version: number | null;
  subjectId: number | null;
};

export type ChangeWriter = {
  tx: Tx;
  /** The uid this change set has if anything is written. */
  uid: string;
  at: string;
  /** Writes one value; `unchanged` writes nothing. A secret needs unlocked keys (the caller asked `ctx.keyring` first). */
  put: (put: Put) => PutResult;
  /** A security or system event without a value, e.g. ('backup', path, 'backup', {...}); `detail` never holds a secret. */
  event: (kind: string, key: string, action: string, detail?: JsonValue) => number;
  /** The change set's row id, made on first use: for tables that refer to it (migration_run). */
  changeSetId: () => number;
  /** The subject's row id, made when it is new: for tables that refer to it (ledger). */
  subjectId: (subject: Subject) => number;
  /** Interns a text (file name, action …) and gives its id. */
  term: (text: string) => number;
  /** Ids for rows of other tables: largest id so far plus one. */
  nextId: (table: 'migration_run' | 'source_file' | 'ledger' | 'layout' | 'metric') => number;
  /** How many audit entries it has written. */
  count: () => number;
};

/** Where a subject's ciphertext lies, for the keyring. */
export const cipherPlace = (subject: Subject, version: number): CipherPlace => ({
  row: `${subject.kind}/${subject.key}`,
  field: 'value',
  version,
});

export type WriterOptions = {
  actor: string;
  door: string;
  at: string;
  uid: string;
  /** Null while locked: then no secret can be written and no seal follows. */
  keyring: Keyring | null;
} & ChangeSetOptions;

export type OpenChangeWriter = ChangeWriter & {
  /** The subjects it gave a new version. */
  changed: () => readonly Subject[];
  /** Adds the seal; to be called once, last, inside the same transaction. */
  finish: () => void;
};

/** Ids are counted here, not by SQLite, so that a replay of the journal gives the same rows. */
const createCounter = (tx: Tx) => {
  const last = new Map<keyof typeof sql.largestId, number>();
  return (table: keyof typeof sql.largestId): number => {
    const id = (last.get(table) ?? tx.first(sql.largestId[table]())?.id ?? 0) + 1;
    last.set(table, id);
    return id;
  };
};

export const createChangeWriter = (tx: Tx, options: WriterOptions): OpenChangeWriter => {
  const next = createCounter(tx);
  const terms = new Map<string, number>();
  let changeSet: number | null = null;
  let chain: { id: number; hash: Uint8Array } | null = null;
  let entries = 0;
  let takesBack: string | null = null;
  const changed: Subject[] = [];

  const term = (text: string): number => {
    const known = terms.get(text) ?? tx.first(sql.termId(text))?.id;
    const id = known ?? next('term');
    if (known === undefined) tx.run(sql.insertTerm(id, text));
    terms.set(text, id);
    return id;
  };

  /** What a put is going to ask `term` for. */
  const lookUpTerms = (action: string, source: string): void => {
    if (terms.has(action) && terms.has(source)) return;
    const wanted = [options.actor, options.door, options.kind, action, source] as const;
    for (const { id, text } of tx.all(sql.termIds(...wanted))) terms.set(text, id);
  };

  const subjectRow = (kind: string, key: string): number => {
    const known = tx.first(sql.subjectId(kind, key))?.id;
    if (known !== undefined) return known;
    const id = next('subject');
    tx.run(sql.insertSubject(id, kind, key));
    return id;
  };

  const changeSetId = (): number => {
    if (changeSet !== null) return changeSet;
    changeSet = next('change_set');
    const of =
      options.of === undefined || options.of === null ? null : (tx.first(sql.changeSetByUid(options.of))?.id ?? null);
    takesBack = of === null ? null : (options.of ?? null);
    tx.run(
      sql.insertChangeSet(
        changeSet,
        options.uid,
        options.at,
        term(options.actor),
        term(options.door),
        term(options.kind),
        options.reason ?? null,
        of,
      ),
    );
    if (of !== null && (options.kind === 'undo' || options.kind === 'redo')) tx.run(sql.markUndone(changeSet, of));
    return changeSet;
  };

  /** Read once: after that the entries are this writer's own. */
  const lastEntry = (): { id: number; hash: Uint8Array } => {
    chain ??= tx.first(sql.lastAudit()) ?? { id: 0, hash: chainStart };
    return chain;
  };

  const append = (
    entry: { kind: string; key: string; subject: number; action: string; detail: string | null; source: string | null },
    versions: { old: sql.VersionRow | null; new: sql.VersionRow | null },
  ): number => {
    const owner = changeSetId();
    const last = lastEntry();
    const id = last.id + 1;
    const hash = nextHash(last.hash, {
      id,
      at: options.at,
      changeSet: options.uid,
      changeSetKind: options.kind,
      actor: options.actor,
      door: options.door,
      reason: options.reason ?? null,
      action: entry.action,
      subjectKind: entry.kind,
      subjectKey: entry.key,
      old: canonicalValue(versions.old),
      new: canonicalValue(versions.new),
      detail: entry.detail,
      of: takesBack,
      source: entry.source,
    });
    tx.run(
      sql.insertAudit(
        id,
        owner,
        term(entry.action),
        entry.subject,
        versions.old?.id ?? null,
        versions.new?.id ?? null,
        entry.detail,
        hash,
      ),
    );
    chain = { id, hash };
    entries += 1;
    return id;
  };

  /** The version row a put would write: a tombstone without value for a removal. */
  const newVersion = (put: Put, keyring: Keyring | null): sql.VersionRow => {
    const id = next('version');
    const row: sql.VersionRow = { id, value: null, secret: put.secret ? 1 : 0, cipher: null, print: null };
    if (put.value === undefined) return row;
    const text = JSON.stringify(put.value);
    if (!put.secret) return { ...row, value: text };
    if (keyring === null) throw new Error('a secret was to be written without unlocked keys');
    return { ...row, cipher: keyring.encrypt(cipherPlace(put.subject, id), text), print: keyring.fingerprint(text) };
  };

  const put = (change: Put): PutResult => {
    const known = tx.first(sql.subjectId(change.subject.kind, change.subject.key))?.id ?? null;
    const old = known === null ? null : (tx.first(sql.liveVersion(known)) ?? null);
    const same = actionOf(old, change, options.keyring);
    const action = same === 'unchanged' && change.anew === true && old !== null ? 'update' : same;
    if (action === 'unchanged') return { action, auditId: null, version: old?.id ?? null, subjectId: known };
    lookUpTerms(action, change.source);
    changed.push(change.subject);
    const subject = known ?? subjectRow(change.subject.kind, change.subject.key);
    const row = newVersion(change, options.keyring);
    const auditId = lastEntry().id + 1;
    tx.run(
      sql.insertVersion(row.id, subject, auditId, row.value, row.secret, row.cipher, row.print, term(change.source)),
    );
    const { kind, key } = change.subject;
    append({ kind, key, subject, action, detail: null, source: change.source }, { old, new: row });
    if (change.value === undefined) tx.run(sql.removeLive(subject));
    else tx.run(sql.putLive(subject, row.id));
    return { action, auditId, version: change.value === undefined ? null : row.id, subjectId: subject };
  };

  const event = (kind: string, key: string, action: string, detail?: JsonValue): number =>
    append(
      {
        kind,
        key,
        subject: subjectRow(kind, key),
        action,
        detail: detail === undefined ? null : JSON.stringify(detail),
        source: null,
      },
      { old: null, new: null },
    );

  const finish = (): void => {
    if (entries === 0 || options.keyring === null || chain === null) return;
    const { id, hash } = chain;
    const mac = Buffer.from(options.keyring.seal(hash)).toString('hex');
    const head = Buffer.from(hash).toString('hex');
    const key = options.keyring.auditKeyId();
    event('seal', '', 'seal', { upTo: id, head, mac, ...(key === null ? {} : { key }) });
  };

  return {
    tx,
    uid: options.uid,
    at: options.at,
    put,
    event,
    changeSetId,
    subjectId: (subject) => subjectRow(subject.kind, subject.key),
    term,
    nextId: next,
    count: () => entries,
    changed: () => changed,
    finish,
  };
};

/**
 * What a put would do to the live version `old`. Values count as equal when their JSON text is; secrets when their
 * fingerprints are, and as changed while locked.
 */
export const actionOf = (
  old: Pick<sql.VersionRow, 'value' | 'secret' | 'print'> | null,
  put: Pick<Put, 'value' | 'secret'>,
  keyring: Keyring | null,
): PutResult['action'] => {
  if (put.value === undefined) return old === null ? 'unchanged' : 'delete';
  if (old === null) return 'create';
  if ((old.secret === 1) !== put.secret) return 'update';
  const text = JSON.stringify(put.value);
  if (!put.secret) return old.value === text ? 'unchanged' : 'update';
  if (keyring === null || old.print === null) return 'update';
  return Buffer.from(old.print).equals(keyring.fingerprint(text)) ? 'unchanged' : 'update';
};
