/**
 * The tables as Kysely sees them, as of the newest schema step (`schema/`). Repeated texts are interned in `term`;
 * an audit row points at version rows instead of repeating values.
 */
export type MetaTable = { key: string; value: string };
export type TermTable = { id: number; text: string };
export type SubjectTable = { id: number; kind: string; key: string };
export type ChangeSetTable = {
  id: number;
  uid: string;
  at: string;
  actor: number;
  door: number;
  /** `edit`, `undo`, `redo`, `migrate`, `restore`, `setup`, `event`. */
  kind: number;
  reason: string | null;
  /** The change set that this one undoes, redoes or restores. */
  of: number | null;
  /** The undo (or, for an undo, the redo) that took this one back; null while in force. */
  undone_by: number | null;
};
export type AuditTable = {
  id: number;
  change_set: number;
  action: number;
  subject: number;
  old_version: number | null;
  new_version: number | null;
  detail: string | null;
  /** SHA-256 over the previous hash and this entry's canonical bytes (docs/audit-format.md). */
  hash: Uint8Array;
};
export type VersionTable = {
  id: number;
  subject: number;
  audit: number;
  /** JSON text; null when deleted or secret. */
  value: string | null;
  /** 1 when the value is secret and lies encrypted in `cipher`. */
  secret: number;
  cipher: Uint8Array | null;
  /** Keyed fingerprint of a secret: tells "same as before" without the value. */
  print: Uint8Array | null;
  /** Setting source: `file`, `wizard`, `set`. */
  source: number;
};
export type LiveTable = { subject: number; version: number };
export type MigrationRunTable = {
  id: number;
  uid: string;
  at: string;
  definition: string;
  change_set: number;
  backup: string | null;
  /** JSON: totals and verification. */
  report: string;
};
export type SourceFileTable = {
  id: number;
  run: number;
  file: number;
  status: string;
  sha256: string | null;
  size_bytes: number | null;
  mode: number | null;
  error: string | null;
};
export type LedgerTable = {
  id: number;
  run: number;
  file: number;
  path: string;
  line: number | null;
  col: number | null;
  subject: number | null;
  /** The version that the import wrote or found. */
  version: number | null;
  action: number;
  reason: string | null;
  /** Quarantined raw text, encrypted. */
  raw: Uint8Array | null;
};
export type BackupTable = {
  path: string;
  kind: string;
  at: string;
  size_bytes: number;
  key: string;
  recipient: string | null;
  sealed: number;
  proven_at: string | null;
  /** JSON: kind -> count. */
  counts: string;
};
/** Kept by triggers. Names: `live:<kind>`, `secret`, `audit:change|event|seal`. */
export type TallyTable = { name: string; n: number };
/** Kept by triggers: an hour, "2026-03-01T09", and the first, last and number of the change sets made in it. */
export type HourTable = { hour: string; first_set: number; last_set: number; change_sets: number };
/** Kept by triggers: the doors that anything ever came through. */
export type DoorTable = { term: number };

/** `tokens`: JSON, see core/migration/layout. */
export type LayoutTable = { id: number; run: number; file: number; tokens: string };
export type MirrorStateTable = { file: number; sha256: string | null; next: string | null; upto: number; at: string };
export type MirrorDueTable = { file: number; change_set: number; reason: string | null };
/** `name` and `unit` are terms; `data`: JSON that came with the number. */
export type MetricTable = {
  id: number;
  name: number;
  unit: number | null;
  at: string;
  value: number;
  data: string | null;
};

export type Tables = {
  meta: MetaTable;
  term: TermTable;
  subject: SubjectTable;
  change_set: ChangeSetTable;
  audit: AuditTable;
  version: VersionTable;
  live: LiveTable;
  migration_run: MigrationRunTable;
  source_file: SourceFileTable;
  ledger: LedgerTable;
  backup: BackupTable;
  tally: TallyTable;
  hour: HourTable;
  door: DoorTable;
  layout: LayoutTable;
  mirror_state: MirrorStateTable;
  mirror_due: MirrorDueTable;
  metric: MetricTable;
};
