/**
 * The state of everything at one moment, as one shape whatever it comes from: a moment of this store, a backup, the
 * legacy files. Values stay JSON texts, so that two states compare byte for byte; a secret is its fingerprint.
 */
import { Buffer } from 'node:buffer';
import { CompiledQuery } from 'kysely';
import { liveSubjects, type LiveSubject } from '../backup/contents.ts';
import { cipherPlace, type Subject, type SubjectKind, type ValueSource } from '../changes/write.ts';
import { proven } from '../audit/retention/horizon.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';

export type Held = {
  subject: Subject;
  /** JSON text; null for a secret. */
  value: string | null;
  secret: boolean;
  /** Null where it cannot be compared with this store's. */
  print: Uint8Array | null;
  source: ValueSource;
  /** Null for what is not a version of this store. */
  version: number | null;
  /** The JSON text in clear; null when its key is not there. */
  open: (keyring: Keyring | null) => string | null;
  /** Why nobody can open it here, where no key of this home could. */
  closed?: string;
};

/** By kind and key. */
export type State = ReadonlyMap<string, Held>;

export const idOf = (subject: { kind: string; key: string }): string => `${subject.kind}/${subject.key}`;
export const sourceOf = (text: string): ValueSource => (text === 'file' || text === 'wizard' ? text : 'set');

/** Notes about versions are no part of one. */
const isValue = (kind: string): boolean => kind !== 'name' && kind !== 'trial';

const heldOf = (row: LiveSubject, own: Keyring | null, comparable: boolean): Held => {
  // The kinds in the table are those that `changes.put` wrote.
  const subject = { kind: row.kind as SubjectKind, key: row.key };
  const { cipher } = row;
  return {
    subject,
    value: row.value,
    secret: row.secret === 1,
    print: comparable ? row.print : null,
    source: sourceOf(row.source),
    version: comparable ? row.version : null,
    open: (keyring) =>
      row.secret !== 1
        ? row.value
        : cipher === null
          ? null
          : ((own ?? keyring)?.decrypt(cipherPlace(subject, row.version), cipher) ?? null),
  };
};

const stateOf = (rows: readonly LiveSubject[], own: Keyring | null = null, comparable = true): State =>
  new Map(rows.filter((row) => isValue(row.kind)).map((row) => [idOf(row), heldOf(row, own, comparable)]));

export const liveState = (reader: Reader): State => stateOf(liveSubjects(reader));

/** What another store holds; `own` opens its secrets. */
export const stateOfOther = (reader: Reader, own: Keyring | null, comparable: boolean): State =>
  stateOf(liveSubjects(reader), own, comparable);

/**
 * The newest version written up to an entry of the log; 0 when there is none. By the numbers that versions have
 * themselves: the entry that made one may have been removed.
 */
export const versionUpTo = (reader: Reader, entry: number): number => {
  const next = reader.first<{ id: number }>(
    CompiledQuery.raw(
      'SELECT new_version AS id FROM audit NOT INDEXED WHERE id > ? AND new_version IS NOT NULL ORDER BY id LIMIT 1',
      [entry],
    ),
  )?.id;
  return (
    reader.first<{ id: number }>(
      CompiledQuery.raw('SELECT id FROM version WHERE id < ? AND audit <= ? ORDER BY id DESC LIMIT 1', [
        next ?? Number.MAX_SAFE_INTEGER,
        entry,
      ]),
    )?.id ?? 0
  );
};

/**
 * Every subject as it was when `version` was the newest of all; a removal is a version without a value. `onlyProven`:
 * where entries were removed, those whose value can be told for sure.
 */
export const stateAt = (reader: Reader, version: number, onlyProven = false): State =>
  stateOf(
    reader.all<LiveSubject>(
      CompiledQuery.raw(
        `SELECT subject.kind, subject.key, version.id AS version, version.value, version.secret, version.cipher,
           version.print, term.text AS source
         FROM subject
         CROSS JOIN version ON version.id = (SELECT max(id) FROM version WHERE subject = subject.id AND id <= ?)
         JOIN term ON term.id = version.source
         WHERE (version.value IS NOT NULL OR version.cipher IS NOT NULL)${onlyProven ? ` AND ${proven}` : ''}
         ORDER BY subject.kind, subject.key`,
        [version],
      ),
    ),
  );

/** These versions themselves; removals are left out. */
export const stateOfVersions = (reader: Reader, ids: readonly number[]): State =>
  stateOf(
    reader.all<LiveSubject>(
      CompiledQuery.raw(
        `SELECT subject.kind, subject.key, version.id AS version, version.value, version.secret, version.cipher,
           version.print, term.text AS source
         FROM version JOIN subject ON subject.id = version.subject JOIN term ON term.id = version.source
         WHERE version.id IN (SELECT value FROM json_each(?)) AND (version.value IS NOT NULL OR version.cipher IS NOT NULL)`,
        [JSON.stringify(ids)],
      ),
    ),
  );

/** Null when both are secrets that cannot be compared. */
export const sameHeld = (a: Held, b: Held): boolean | null => {
  if (a.secret !== b.secret) return false;
  if (!a.secret) return a.value === b.value;
  if (a.print === null || b.print === null) return null;
  return Buffer.from(a.print).equals(Buffer.from(b.print));
};
