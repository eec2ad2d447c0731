/** The audit log: every change and security event, chained. `source` here is the door it came through. */
import { outsideCommands } from './audit-outside.ts';
import { FileHandle, Json, Strict, Time, Type, command, query, type Static } from './command.ts';

export const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: Time,
  actor: Type.String(),
  source: Type.String(),
  /** `create`, `update`, `delete`, or an event such as `reveal`, `seal`, `backup`, `migrate`. */
  action: Type.String(),
  /** What it is about: `setting`, `secret`, `integration`, `backup`, `keys`, `store` … */
  type: Type.String(),
  key: Type.String(),
  old: Json,
  new: Json,
  secret: Type.Boolean(),
  set: Type.Optional(Type.Boolean()),
  same: Type.Optional(Type.Boolean()),
  reason: Type.Union([Type.String(), Type.Null()]),
  changeSet: Type.String(),
  /** An event's own facts, never a secret. */
  detail: Type.Optional(Json),
});
export type AuditEntry = Static<typeof AuditEntry>;

const filterFields = {
  type: Type.Optional(Type.String()),
  key: Type.Optional(Type.String()),
  actor: Type.Optional(Type.String()),
  action: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
  /** The entries of one change set. */
  changeSet: Type.Optional(Type.String()),
  since: Type.Optional(Time),
  until: Type.Optional(Time),
  /**
   * Every word of it begins a word of the entry: of its key, actor, action, door, reason, values (never a secret's)
   * or facts. Upper and lower case and accents are the same.
   */
  text: Type.Optional(Type.String({ maxLength: 500 })),
  /** Seals are left out of the viewer's list unless asked for. */
  seals: Type.Optional(Type.Boolean()),
};

/** How much of the past is kept: so many versions of each value, so many days of the log. Null: all. */
export const HistoryLimits = Type.Object(
  {
    keepVersions: Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000 }), Type.Null()]),
    keepDays: Type.Union([Type.Integer({ minimum: 1, maximum: 36_500 }), Type.Null()]),
  },
  { additionalProperties: false },
);
export type HistoryLimits = Static<typeof HistoryLimits>;

const Retention = Type.Object({
  limits: HistoryLimits,
  /** False where nobody chose: everything is kept. */
  chosen: Type.Boolean(),
  /** Somebody removed entries under these very limits: from then on it is done once a day, while a door is open. */
  daily: Type.Boolean(),
  /** What the newest removal says: how many entries it took, from when to when; null when nothing was ever removed. */
  last: Type.Union([
    Type.Object({ entries: Type.Integer(), since: Time, until: Time, at: Time, actor: Type.String() }),
    Type.Null(),
  ]),
  /** Where entries were removed; the past from the first of these numbers to before the last cannot be told in full. */
  blurred: Type.Union([Type.Tuple([Type.Integer(), Type.Integer()]), Type.Null()]),
});

export const auditCommands = {
  ...outsideCommands,
  /** How much of the past is kept, and what was removed last. */
  'audit.retention': query(Strict({}), Retention),
  /** Removes nothing by itself: `audit.prune` does, after a preview. */
  'audit.set-retention': command(
    Strict({ limits: HistoryLimits, reason: Type.Optional(Type.String({ maxLength: 2000 })) }),
    Retention,
    {
      permission: 'admin',
    },
  ),
  /**
   * Removes entries beyond the limits with their versions, and writes down which: the chain stays one. Live and named
   * values stay. `limits`: a preview of others than those that are set. Errors: `InputInvalid` when there are no limits,
   * `SecretsLocked`, `StoreDamaged` for a log that does not hold.
   */
  'audit.prune': command(
    Strict({
      dryRun: Type.Optional(Type.Boolean()),
      limits: Type.Optional(HistoryLimits),
      reason: Type.Optional(Type.String({ maxLength: 2000 })),
    }),
    Type.Object({
      dryRun: Type.Boolean(),
      limits: HistoryLimits,
      /** Null for a dry run, and when there was nothing to remove. */
      changeSet: Type.Union([Type.String(), Type.Null()]),
      removed: Type.Object({
        entries: Type.Integer(),
        versions: Type.Integer(),
        changeSets: Type.Integer(),
        /** Times of the first and last entry; null when there is none. */
        since: Type.Union([Time, Type.Null()]),
        until: Type.Union([Time, Type.Null()]),
      }),
      /** How many entries stay, and why: within the limits, younger than a day, live, named, imported, needed by the log. */
      kept: Type.Object({
        limits: Type.Integer(),
        young: Type.Integer(),
        live: Type.Integer(),
        named: Type.Integer(),
        imported: Type.Integer(),
        log: Type.Integer(),
      }),
      /** Changes that Undo would take back today and could not afterwards. */
      undoLost: Type.Integer(),
    }),
    { permission: 'admin', audit: 'event', job: true },
  ),
  /** Newest first, keyset pages: pass `next` back as `after`. `key` matches the key or everything under it. */
  'audit.list': query(
    Strict({
      ...filterFields,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      after: Type.Optional(Type.Integer()),
    }),
    Type.Object({
      changes: Type.Array(AuditEntry),
      next: Type.Union([Type.Integer(), Type.Null()]),
      /** With `text`: entries up to this number are in the search index, later ones were read one by one. */
      indexedUpTo: Type.Optional(Type.Integer()),
    }),
  ),
  /**
   * Everything that fits, oldest first, as JSON Lines that verify without Holdfast (docs/audit-format.md) or as CSV. Without a
   * filter, JSON Lines hold the seals too: the whole chain. No secret is in it. The export itself becomes an entry.
   */
  'audit.export': command(
    Strict({
      file: FileHandle,
      format: Type.Optional(Type.Union([Type.Literal('jsonl'), Type.Literal('csv')])),
      ...filterFields,
    }),
    Type.Object({
      path: Type.String(),
      format: Type.Union([Type.Literal('jsonl'), Type.Literal('csv')]),
      entries: Type.Integer(),
      sizeBytes: Type.Integer(),
      /** True when it holds the whole chain. */
      complete: Type.Boolean(),
      /** The newest entry of the log when it was made. */
      end: Type.Object({ id: Type.Integer(), hash: Type.String() }),
    }),
    { permission: 'view', audit: 'event', job: true },
  ),
  /** The values that filters can take, and change sets per day (UTC) for the chart. */
  'audit.facets': query(
    Strict({ days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })) }),
    Type.Object({
      total: Type.Integer(),
      actors: Type.Array(Type.String()),
      types: Type.Array(Type.String()),
      actions: Type.Array(Type.String()),
      sources: Type.Array(Type.String()),
      days: Type.Array(Type.Object({ day: Type.String(), changeSets: Type.Integer() })),
    }),
  ),
  /** `anchor`: Holdfast's own list of heads, a backup of this home, or an export of its log. Without one, what Holdfast remembers. */
  'audit.verify': query(
    Strict({ anchor: Type.Optional(FileHandle) }),
    Type.Object({
      ok: Type.Boolean(),
      entries: Type.Integer(),
      head: Type.Union([Type.String(), Type.Null()]),
      sealedUpTo: Type.Integer(),
      unsealed: Type.Integer(),
      /** False while locked: the chain is checked, the seals' macs are not. */
      sealsChecked: Type.Boolean(),
      /** Seals made with a key that is no longer there; the present key has sealed the log after them. */
      sealsOfLostKeys: Type.Integer(),
      /** Entries that were removed by the limits of the history; the log names each of them. */
      removed: Type.Integer(),
      /** With how many heads that are known from elsewhere it was compared. */
      anchors: Type.Integer(),
      /** Known heads of entries that were removed: with these it cannot be compared any more. */
      anchorsRemoved: Type.Integer(),
      /** Entries whose time is before that of the entry before: the number is the order, the time is data. */
      clockJumps: Type.Object({
        count: Type.Integer(),
        first: Type.Array(Type.Object({ id: Type.Integer(), from: Time, to: Time })),
      }),
      /** Entries that were changed outside Holdfast and settled: each still is what entry `by` says it was found to be. */
      settled: Type.Object({
        count: Type.Integer(),
        first: Type.Array(Type.Object({ id: Type.Integer(), by: Type.Integer(), at: Time, actor: Type.String() })),
      }),
      firstBad: Type.Union([Type.Object({ id: Type.Integer(), problem: Type.String() }), Type.Null()]),
    }),
  ),
};
