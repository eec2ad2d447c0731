/**
 * The one way to change anything: subjects (a setting, an integration, a field …) get a new version, an audit entry in
 * the chain, and become live, all inside the caller's transaction. Nothing else inserts into these tables.
 */
import type { JsonValue } from '../../contract/json.ts';
import type { Tx } from '../store/types.ts';

/** `setting`: key = setting key. `integration`: key = its id, value {type,name,enabled}. `field`: key = segmentsToKey([id, field]). */
export type SubjectKind = 'setting' | 'integration' | 'field' | 'record' | 'user' | 'override';
export type Subject = { kind: SubjectKind; key: string };

export type ValueSource = 'file' | 'wizard' | 'set';

export type ChangeSetOptions = {
  kind: 'edit' | 'undo' | 'redo' | 'migrate' | 'restore' | 'setup' | 'event';
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
  /** Interns a text (file name, action …) and gives its id. */
  term: (text: string) => number;
  /** Ids for rows of other tables: largest id so far plus one. */
  nextId: (table: 'migration_run' | 'source_file' | 'ledger') => number;
  /** How many audit entries it has written. */
  count: () => number;
};
