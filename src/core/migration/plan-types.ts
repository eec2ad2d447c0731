/** The plan as the migration's own steps pass it on: the contract's shape plus the values and bytes, which never leave core. */
import type { JsonValue } from '../../contract/json.ts';
import type { ItemAction, MigrationResult } from '../../contract/migration.ts';
import type { Input } from '../../contract/commands.ts';
import type { Subject } from '../changes/write.ts';
import type { Definition, SourceRule } from '../definitions/types.ts';
import type { LegacyFile } from './open-legacy.ts';
import type { ReadError, ReadFile } from './readers/types.ts';

export type Choices = NonNullable<Input<'migration.plan'>['choices']>;
export type Choice = Choices[string];
export type OnConflict = NonNullable<Input<'migration.plan'>['onConflict']>;

/** One file that a rule names, opened and read. What stood in it went into the plan's items. */
export type SourceFile = {
  file: string;
  rule: SourceRule;
  opened: LegacyFile;
  read: { ok: true; notes: string[] } | { ok: false; error: ReadError } | null;
};

/** The same with all its values, as the mappers need it: never many at a time, they take much more room than the file. */
export type ReadSource = SourceFile & { read: ReadFile | null };

type Place = { file: string; path: string; line: number; column: number; raw: string };

/** One value of a file with the subject it would become, before the store is looked at. */
export type Mapped = Place & {
  subject: Subject;
  value: JsonValue;
  secret: boolean;
  /** Why it is proposed as secret, or what else the owner should know. */
  note: string | null;
  /** The path of the integration this field belongs to: skipped with it. */
  within: string | null;
  /** True for a place that only says something about the subject another place makes (`enabled_integrations[0]`). */
  mark: boolean;
  /** Where inside the subject's value this place's own value lies; empty for all of it. */
  part: (string | number)[];
  /** The version that it got when it was mapped from quarantine by hand: this run only notes it. */
  byHand?: number;
};

/** One value that no rule can place or that the store cannot keep. */
export type Quarantined = Place & {
  subject: null;
  reason: string;
  /** The owner has said that it stays in quarantine. */
  left?: true;
};

export type Candidate = Mapped | Quarantined;

export const isMapped = (candidate: Candidate): candidate is Mapped => candidate.subject !== null;

export type Decided =
  | (Quarantined & { action: 'quarantine' })
  | (Mapped & {
      action: Exclude<ItemAction, 'quarantine'>;
      reason: string | null;
      /** The version that the ledger names as this import's: the one found, or the one of the import before. */
      version: number | null;
      subjectId: number | null;
    });

export type Placed = Exclude<Decided, Quarantined>;

export type Plan = {
  definition: Definition;
  sources: SourceFile[];
  items: Decided[];
  result: MigrationResult;
  /** The thread's program that read the files, for reading them again; null where they were read here. */
  program: string | null;
  /** What the store looked like: compared again inside the transaction. */
  storeMark: string;
};
