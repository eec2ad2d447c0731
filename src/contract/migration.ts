/** Migration: legacy files -> store. The plan (dry run) and the run are one code path and one shape. */
import { FileHandle, Json, Strict, Time, Type, command, query, type Static } from './command.ts';
import { migrationAfterCommands } from './migration-after.ts';
import { ChangeView } from './settings.ts';

export const SourceStatus = Type.Union([
  Type.Literal('read'),
  Type.Literal('missing'),
  Type.Literal('unreadable'),
  Type.Literal('left-alone'),
]);

export const SourceFile = Type.Object({
  file: Type.String(),
  status: SourceStatus,
  sha256: Type.Union([Type.String(), Type.Null()]),
  sizeBytes: Type.Optional(Type.Integer()),
  error: Type.Optional(
    Type.Object({ message: Type.String(), line: Type.Optional(Type.Integer()), column: Type.Optional(Type.Integer()) }),
  ),
  /** Things worth knowing, such as a byte order mark or a value other readers would read differently. */
  notes: Type.Optional(Type.Array(Type.String())),
});
export type SourceFile = Static<typeof SourceFile>;

export const TargetKind = Type.Union([
  Type.Literal('setting'),
  Type.Literal('secret'),
  Type.Literal('integration'),
  Type.Literal('record'),
  Type.Literal('user'),
  Type.Literal('override'),
]);

export const ItemAction = Type.Union([
  Type.Literal('create'),
  Type.Literal('update'),
  Type.Literal('unchanged'),
  Type.Literal('skip'),
  Type.Literal('conflict'),
  Type.Literal('quarantine'),
]);
export type ItemAction = Static<typeof ItemAction>;

export const PlanItem = Type.Object({
  file: Type.String(),
  /** Place inside the file, in key syntax: `integrations.splunk.url`, `enabled_integrations[3]`. */
  path: Type.String(),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  target: Type.Union([Type.Object({ kind: TargetKind, key: Type.String() }), Type.Null()]),
  action: ItemAction,
  reason: Type.Optional(Type.String()),
  secret: Type.Boolean(),
  /** The value, unless secret; long values are cut for display. Absent for secrets and quarantine. */
  preview: Type.Optional(Json),
});
export type PlanItem = Static<typeof PlanItem>;

export const Totals = Type.Object({
  create: Type.Integer(),
  update: Type.Integer(),
  unchanged: Type.Integer(),
  skip: Type.Integer(),
  conflict: Type.Integer(),
  quarantine: Type.Integer(),
});

export const Verification = Type.Object({
  ok: Type.Boolean(),
  checks: Type.Array(
    Type.Object({
      name: Type.String(),
      ok: Type.Boolean(),
      expected: Type.Integer(),
      found: Type.Integer(),
      detail: Type.Optional(Type.String()),
    }),
  ),
});

export const MigrationResult = Type.Object({
  definition: Type.String(),
  definitionTitle: Type.String(),
  runId: Type.Union([Type.String(), Type.Null()]),
  changeSet: Type.Union([Type.String(), Type.Null()]),
  /** Digest over definition, choices and the bytes of every input: pass as `expect` to refuse a plan that no longer fits. */
  planDigest: Type.String(),
  sources: Type.Array(SourceFile),
  items: Type.Array(PlanItem),
  totals: Totals,
  backup: Type.Union([
    Type.Object({
      path: Type.String(),
      files: Type.Integer(),
      sizeBytes: Type.Integer(),
      sealed: Type.Boolean(),
      provenAt: Type.Union([Time, Type.Null()]),
    }),
    Type.Null(),
  ]),
  verification: Type.Union([Verification, Type.Null()]),
  warnings: Type.Array(Type.String()),
});
export type MigrationResult = Static<typeof MigrationResult>;

/** What to do where store and file (or two files) disagree. `ask` answers `Conflict` with the items. */
export const OnConflict = Type.Union([Type.Literal('store'), Type.Literal('file'), Type.Literal('ask')]);

/** The owner's word on single items, by `file:path`: take it, skip it, or treat it as secret or not. */
export const Choices = Type.Record(
  Type.String(),
  Type.Union([
    Type.Literal('file'),
    Type.Literal('store'),
    Type.Literal('skip'),
    Type.Literal('secret'),
    Type.Literal('plain'),
  ]),
);

/** How a home without keys gets its first slots. */
export const Protect = Strict({
  passphrase: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
  recoveryCode: Type.Optional(Type.Boolean()),
});

export const migrationInput = {
  definition: Type.Optional(Type.String()),
  choices: Type.Optional(Choices),
  onConflict: Type.Optional(OnConflict),
};

export const LedgerEntry = Type.Object({
  file: Type.String(),
  path: Type.String(),
  line: Type.Union([Type.Integer(), Type.Null()]),
  column: Type.Union([Type.Integer(), Type.Null()]),
  target: Type.Union([Type.Object({ kind: Type.String(), key: Type.String() }), Type.Null()]),
  action: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()]),
  runId: Type.String(),
  at: Time,
});

/** One text of the legacy files that no rule could place. The text itself comes only from `migration.reveal`. */
export const QuarantineEntry = Type.Object({
  file: Type.String(),
  path: Type.String(),
  line: Type.Union([Type.Integer(), Type.Null()]),
  column: Type.Union([Type.Integer(), Type.Null()]),
  reason: Type.String(),
  /** Of the text, in UTF-8. */
  sizeBytes: Type.Integer(),
  /** When a migration first met something at this place that it could not take. */
  since: Time,
  state: Type.Union([Type.Literal('open'), Type.Literal('mapped'), Type.Literal('left')]),
  /** The setting it was mapped to. */
  target: Type.Union([Type.Object({ kind: Type.String(), key: Type.String() }), Type.Null()]),
});
export type QuarantineEntry = Static<typeof QuarantineEntry>;

/** `line` tells apart what stands at one place twice. */
const quarantinePlace = {
  file: Type.String({ minLength: 1 }),
  path: Type.String(),
  line: Type.Optional(Type.Integer()),
};

export const WizardQuestion = Type.Object({
  key: Type.String(),
  title: Type.String(),
  description: Type.String(),
  kind: Type.String(),
  schema: Type.Unsafe<Record<string, unknown>>({ type: 'object' }),
  required: Type.Boolean(),
  default: Json,
  /** The setting whose value speaks for `default`, which nobody has answered yet: it counts only when it is given as an answer. */
  proposedBy: Type.Optional(Type.String()),
  secret: Type.Boolean(),
});

export const migrationCommands = {
  /** The dry run. Creates nothing in the home, not even `.holdfast/`. `save` keeps the plan in a file, for a later run. */
  'migration.plan': query(
    Strict({ ...migrationInput, save: Type.Optional(FileHandle), plan: Type.Optional(FileHandle) }),
    MigrationResult,
    { job: true },
  ),
  'migration.run': command(
    Strict({
      ...migrationInput,
      expect: Type.Optional(Type.String()),
      /** A saved plan instead of definition, choices and `expect`; `PlanOutdated` when any input changed since. */
      plan: Type.Optional(FileHandle),
      protect: Type.Optional(Protect),
      reason: Type.Optional(Type.String({ maxLength: 2000 })),
    }),
    Type.Object({ ...MigrationResult.properties, recoveryCode: Type.Optional(Type.String()) }),
    { permission: 'admin', job: true },
  ),
  /** Only the encrypted byte-exact backup of the legacy files. */
  'migration.backup': command(
    Strict({ definition: Type.Optional(Type.String()), protect: Type.Optional(Protect) }),
    Type.Object({ ...MigrationResult.properties, recoveryCode: Type.Optional(Type.String()) }),
    { permission: 'admin', audit: 'event', job: true },
  ),
  'migration.ledger': query(
    Strict({ file: Type.Optional(Type.String()), key: Type.Optional(Type.String()) }),
    Type.Object({ entries: Type.Array(LedgerEntry) }),
  ),
  /** What the last migration of each file could not take, and what was decided about it. */
  'migration.quarantine': query(
    Strict({ file: Type.Optional(Type.String()) }),
    Type.Object({ entries: Type.Array(QuarantineEntry) }),
  ),
  /** The exact text of one of them. Always leaves an audit entry. */
  'migration.reveal': command(
    Strict({ ...quarantinePlace, reason: Type.Optional(Type.String({ maxLength: 2000 })) }),
    Type.Object({ file: Type.String(), path: Type.String(), raw: Type.String() }),
    { permission: 'admin', audit: 'event' },
  ),
  /**
   * Makes a setting of a quarantined text, or says that it stays where it is. Without `value` the setting gets what the
   * text means, else the text itself. Without `secret` the catalog decides, else what it looks like.
   */
  'migration.map': command(
    Strict({
      ...quarantinePlace,
      target: Type.Union([
        Strict({
          key: Type.String({ minLength: 1, maxLength: 1024 }),
          value: Type.Optional(Json),
          secret: Type.Optional(Type.Boolean()),
        }),
        Type.Literal('leave'),
      ]),
      dryRun: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Type.String({ maxLength: 2000 })),
    }),
    Type.Object({
      changeSet: Type.Union([Type.String(), Type.Null()]),
      dryRun: Type.Boolean(),
      file: Type.String(),
      path: Type.String(),
      change: Type.Union([ChangeView, Type.Null()]),
    }),
    { permission: 'admin' },
  ),
  ...migrationAfterCommands,
  /** The definition's wizard questions, with what is answered already. */
  'setup.questions': query(
    Strict({ definition: Type.Optional(Type.String()) }),
    Type.Object({ questions: Type.Array(WizardQuestion) }),
  ),
  /** The wizard's last page: keys, legacy backup, migration, answers, first proven backup; one job. */
  'setup.apply': command(
    Strict({
      ...migrationInput,
      answers: Type.Optional(Type.Record(Type.String(), Json)),
      expect: Type.Optional(Type.String()),
      protect: Type.Optional(Protect),
    }),
    Type.Object({
      migration: MigrationResult,
      recoveryCode: Type.Optional(Type.String()),
      backup: Type.Union([
        Type.Object({
          path: Type.String(),
          sizeBytes: Type.Integer(),
          sealed: Type.Boolean(),
          provenAt: Type.Union([Time, Type.Null()]),
        }),
        Type.Null(),
      ]),
      state: Type.String(),
    }),
    { permission: 'admin', job: true },
  ),
  /** Back to UNCONFIGURED: the wizard's questions are asked again, with what is set as their answers. Removes no value. */
  'setup.reset': command(
    Strict({ reason: Type.Optional(Type.String({ maxLength: 2000 })), dryRun: Type.Optional(Type.Boolean()) }),
    Type.Object({ state: Type.String(), dryRun: Type.Boolean(), questions: Type.Integer() }),
    { permission: 'admin', audit: 'event' },
  ),
  /** The wizard's draft: choices and answers, never secrets or passphrases. Kept in Holdfast's own folder. */
  'setup.draft': query(Strict({}), Type.Object({ draft: Type.Union([Json, Type.Null()]) })),
  'setup.save-draft': query(Strict({ draft: Json }), Type.Object({ saved: Type.Literal(true) })),
};
