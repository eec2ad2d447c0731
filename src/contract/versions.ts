/**
 * Versions: the state of everything after a change set. Any two can be compared, values picked across, and a change set
 * or everything since a moment taken back, always as a new change set.
 */
import { FileHandle, Json, Strict, Time, Type, command, query, type Static } from './command.ts';
import { DriftItem } from './home.ts';
import { ChangeSetResult, ChangeView, Reason, SettingChange } from './settings.ts';
import { Credential } from './secrets.ts';
import { Trial } from './trial.ts';

/** `now`, an ISO time, `cs:ID`, `backup:FILE`, `bundle:FILE`, `files`. */
export const VersionRef = Type.String({ minLength: 1, maxLength: 2000 });

/** What `backup:` names when the list of backups does not have it, and what opens it. */
const outside = { file: Type.Optional(FileHandle), credential: Type.Optional(Credential) };

const RefInfo = Type.Object({
  ref: Type.String(),
  /** When it was so; null for the files, which tell no time. */
  at: Type.Union([Time, Type.Null()]),
  /** The last change set that counts; null when there was none, or it is not a moment of this store. */
  changeSet: Type.Union([Type.String(), Type.Null()]),
  /** Entries of that time were removed: only values that are sure to have stood there are told. */
  incomplete: Type.Optional(Type.Literal(true)),
});

/** One subject that differs. For a secret `same` is missing where its fingerprints cannot be compared. */
export const VersionChange = Type.Object({ kind: Type.String(), ...ChangeView.properties });
export type VersionChange = Static<typeof VersionChange>;

const Totals = Type.Object({
  add: Type.Integer(),
  update: Type.Integer(),
  delete: Type.Integer(),
  same: Type.Integer(),
});

/** A value that cannot be brought back, and why; everything else goes ahead. */
export const LeftOut = Type.Object({ kind: Type.String(), key: Type.String(), problem: Type.String() });
export type LeftOut = Static<typeof LeftOut>;

/** A later change by somebody else that lies in the way. */
export const LaterChange = Type.Object({
  kind: Type.String(),
  key: Type.String(),
  changeSet: Type.String(),
  at: Time,
  actor: Type.String(),
});
export type LaterChange = Static<typeof LaterChange>;

export const RevertResult = Type.Object({
  /** Null for a dry run and when nothing differs. */
  changeSet: Type.Union([Type.String(), Type.Null()]),
  dryRun: Type.Boolean(),
  changes: Type.Array(VersionChange),
  left: Type.Array(LeftOut),
  /** Filled in for a dry run, and where `over` took them back as well. */
  later: Type.Array(LaterChange),
  notMirrored: Type.Optional(Type.Array(Type.String())),
});
export type RevertResult = Static<typeof RevertResult>;

const Key = Type.String({ minLength: 1, maxLength: 1024 });
/** Each covers what lies under it, of whatever kind. */
const Keys = Type.Array(Key, { minItems: 1, maxItems: 10_000 });
const writing = {
  reason: Type.Optional(Reason),
  dryRun: Type.Optional(Type.Boolean()),
  /** Takes somebody else's later changes back as well, instead of answering `Conflict` with their list. */
  over: Type.Optional(Type.Boolean()),
};

const Moment = Type.Object({
  changeSet: Type.String(),
  /** Its place in the order of the log. */
  number: Type.Integer(),
  at: Time,
  actor: Type.String(),
  source: Type.String(),
  kind: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()]),
  changes: Type.Integer(),
});
export type Moment = Static<typeof Moment>;

const NamedVersion = Type.Object({
  name: Type.String(),
  note: Type.Union([Type.String(), Type.Null()]),
  pinned: Type.Boolean(),
  version: Moment,
});
export type NamedVersion = Static<typeof NamedVersion>;

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });

export const versionsCommands = {
  'versions.diff': query(
    Strict({ a: VersionRef, b: VersionRef, prefix: Type.Optional(Type.String({ maxLength: 1024 })), ...outside }),
    Type.Object({
      a: RefInfo,
      b: RefInfo,
      changes: Type.Array(VersionChange),
      totals: Totals,
      /** What one side cannot tell of: files hold no named versions, a bundle no users. */
      notCompared: Type.Array(Type.Object({ kind: Type.String(), count: Type.Integer() })),
    }),
    { audit: 'none' },
  ),
  /** Everything as it was: at a reference, or after the change set with that number. */
  'versions.at': query(
    Strict({
      ref: Type.Optional(VersionRef),
      number: Type.Optional(Type.Integer({ minimum: 1 })),
      prefix: Type.Optional(Type.String({ maxLength: 1024 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
      ...outside,
    }),
    Type.Object({
      version: RefInfo,
      moment: Type.Union([Moment, Type.Null()]),
      entries: Type.Array(
        Type.Object({
          kind: Type.String(),
          key: Type.String(),
          value: Json,
          secret: Type.Boolean(),
          /** What it is now, against then; `gone` when there is none now. */
          now: Type.Union([Type.Literal('same'), Type.Literal('differs'), Type.Literal('gone')]),
        }),
      ),
      total: Type.Integer(),
      /** What it would take to come from there to now. */
      totals: Totals,
    }),
  ),
  /**
   * Named versions, the newest change sets, and the numbers of all that changed a value, for the slider. Keyset pages: pass
   * `next` back as `after`; with `text` (in the reason, the person or a key) a page can be short and still have a `next`.
   */
  'versions.list': query(
    Strict({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      after: Type.Optional(Type.Integer()),
      text: Type.Optional(Type.String({ maxLength: 500 })),
      /** Made no later than this. */
      until: Type.Optional(Time),
      numbers: Type.Optional(Type.Boolean()),
    }),
    Type.Object({
      named: Type.Array(NamedVersion),
      versions: Type.Array(Moment),
      next: Type.Union([Type.Integer(), Type.Null()]),
      /** Oldest first; only when asked for, the newest 50,000. */
      numbers: Type.Optional(Type.Array(Type.Integer())),
    }),
  ),
  /** Exactly one of `changeSet` and `to`. Errors: `Conflict` naming who changed what later, `SecretsLocked`. */
  'versions.revert': command(
    Strict({
      changeSet: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      to: Type.Optional(VersionRef),
      keys: Type.Optional(Keys),
      ...writing,
    }),
    RevertResult,
  ),
  /** Brings the values of some keys from any reference into now. */
  'versions.pick': command(Strict({ from: VersionRef, keys: Keys, ...outside, ...writing }), RevertResult),
  /** A removed setting (or group) again, as it was last. `NotFound` when nothing under it was ever removed. */
  'versions.undelete': command(Strict({ key: Key, ...writing }), RevertResult),
  /** Removed settings that can be brought back, the last removed first. A secret is never shown. */
  'versions.removed': query(
    Strict({
      text: Type.Optional(Type.String({ maxLength: 500 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
    Type.Object({
      removed: Type.Array(
        Type.Object({
          key: Type.String(),
          /** As it was last; null for a secret. */
          value: Json,
          secret: Type.Boolean(),
          at: Time,
          actor: Type.String(),
          changeSet: Type.String(),
        }),
      ),
      total: Type.Integer(),
    }),
  ),
  /** Names a version; without `changeSet` the one of now. The same name again moves it. */
  'versions.name': command(
    Strict({
      name: Name,
      changeSet: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      note: Type.Optional(Type.String({ maxLength: 2000 })),
      pinned: Type.Optional(Type.Boolean()),
    }),
    NamedVersion,
  ),
  'versions.unname': command(Strict({ name: Name }), Type.Object({ name: Type.String() })),
  /** Changes settings for some minutes. They go back by themselves, at the latest when the home is opened again. */
  'settings.trial': command(
    Strict({
      changes: Type.Array(SettingChange, { minItems: 1, maxItems: 1000 }),
      minutes: Type.Number({ exclusiveMinimum: 0, maximum: 7 * 24 * 60 }),
      reason: Type.Optional(Reason),
      dryRun: Type.Optional(Type.Boolean()),
      /** As in `settings.apply`: what the values stood at when the edit began. */
      expect: Type.Optional(Type.Record(Type.String(), Type.Union([Type.Integer(), Type.Null()]))),
    }),
    Type.Object({ ...ChangeSetResult.properties, until: Time }),
  ),
  'trial.list': query(Strict({}), Type.Object({ trials: Type.Array(Trial) })),
  /** The values stay. Without `changeSet` all trials. */
  'trial.keep': command(
    Strict({ changeSet: Type.Optional(Type.String()) }),
    Type.Object({ kept: Type.Array(Type.String()) }),
  ),
  /** Back now instead of later. `left`: keys that were changed since and stay as they are. */
  'trial.end': command(
    Strict({ changeSet: Type.Optional(Type.String()) }),
    Type.Object({ ended: Type.Array(Type.String()), changes: Type.Array(VersionChange), left: Type.Array(LeftOut) }),
  ),
  /** What changed since this user said last that it was seen. */
  'versions.since': query(
    Strict({}),
    Type.Object({
      /** Null when this user never looked here on this machine. */
      seen: Type.Union([Type.Object({ entry: Type.Integer(), at: Time }), Type.Null()]),
      /** The newest entry: what `versions.seen` takes. */
      entry: Type.Integer(),
      /** By whom and through which door, the busiest first.. */
      by: Type.Array(
        Type.Object({
          actor: Type.String(),
          source: Type.String(),
          changeSets: Type.Integer(),
          changes: Type.Integer(),
          last: Time,
        }),
      ),
      changes: Type.Integer(),
      drift: Type.Array(DriftItem),
    }),
  ),
  /** Notes in Holdfast's own folder, not in the home, that everything up to `entry` was seen. */
  'versions.seen': query(
    Strict({ entry: Type.Integer({ minimum: 0 }) }),
    Type.Object({ entry: Type.Integer(), at: Time }),
  ),
};
