/** Settings: typed leaf values under dotted keys, changed in change sets, undone and redone. */
import { Json, Strict, Time, Type, command, query, type Static } from './command.ts';
import type { JsonObject } from './json.ts';
import { SettingsQuery } from './settings-search.ts';

/** Which field edits a setting. To add a kind: one member here and one file in `renderer/settings/fields/`. */
export const settingKinds = [
  'boolean',
  'integer',
  'number',
  'string',
  'text',
  'enum',
  'list',
  'json',
  'path',
  'url',
  'email',
  'port',
  'duration',
  'secret',
] as const;
export type SettingKind = (typeof settingKinds)[number];
export const SettingKind = Type.Unsafe<SettingKind>({ type: 'string', enum: [...settingKinds] });

export const Source = Type.Union([
  Type.Literal('default'),
  Type.Literal('file'),
  Type.Literal('wizard'),
  Type.Literal('set'),
  Type.Literal('override'),
  Type.Literal('locked'),
]);
export type Source = Static<typeof Source>;

/** A secret's `value` and `default` are always null here; `set` tells whether there is one. */
export const SettingView = Type.Object({
  key: Type.String(),
  value: Json,
  type: Type.String(),
  source: Source,
  secret: Type.Boolean(),
  default: Json,
  /** True when the value differs from the default; without a default, when it was changed through Holdfast. */
  modified: Type.Boolean(),
  restart: Type.Boolean(),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  set: Type.Optional(Type.Boolean()),
  /** Id of the version the value comes from, for check-and-set; null when the default shows. */
  version: Type.Union([Type.Integer(), Type.Null()]),
  hasDefault: Type.Boolean(),
  kind: SettingKind,
  title: Type.String(),
  description: Type.String(),
  category: Type.String(),
  critical: Type.Boolean(),
  /** Known to the definition's catalog. */
  known: Type.Boolean(),
  /** The catalog's JSON Schema for the value, without Holdfast's own keywords. */
  schema: Type.Unsafe<JsonObject>({ type: 'object' }),
  changedAt: Type.Union([Time, Type.Null()]),
  changedBy: Type.Union([Type.String(), Type.Null()]),
  /** Other words people search it by. */
  synonyms: Type.Optional(Type.Array(Type.String())),
  /** Why nobody can change it; with source `locked`. */
  locked: Type.Optional(Type.String()),
  /** Why its value does nothing now: `has no effect while app_mode is "local" (it needs "workos")`. */
  inactive: Type.Optional(Type.String()),
  /** With source `override`: what everybody else has. */
  system: Type.Optional(Type.Object({ value: Json, source: Source })),
});
export type SettingView = Static<typeof SettingView>;

export const Layer = Type.Object({
  source: Source,
  value: Json,
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  set: Type.Optional(Type.Boolean()),
  at: Type.Optional(Time),
  /** Of `override`: whose it is. */
  user: Type.Optional(Type.String()),
  /** Of `locked`: why. */
  reason: Type.Optional(Type.String()),
  wins: Type.Boolean(),
});

/** One old -> new. For a secret both are null; `set` is after, `same` tells whether the fingerprint stayed. */
export const ChangeView = Type.Object({
  key: Type.String(),
  action: Type.Union([
    Type.Literal('create'),
    Type.Literal('update'),
    Type.Literal('delete'),
    Type.Literal('unchanged'),
  ]),
  old: Json,
  new: Json,
  secret: Type.Boolean(),
  set: Type.Optional(Type.Boolean()),
  same: Type.Optional(Type.Boolean()),
  /** Of a removed value: the default that shows from then on. */
  fallback: Type.Optional(Json),
});
export type ChangeView = Static<typeof ChangeView>;

export const SettingChange = Type.Union([
  Strict({ key: Type.String({ minLength: 1, maxLength: 1024 }), op: Type.Literal('set'), value: Json }),
  Strict({ key: Type.String({ minLength: 1, maxLength: 1024 }), op: Type.Literal('unset') }),
]);
export type SettingChange = Static<typeof SettingChange>;

/** A secret that nobody types: the core makes it, and no door sees it. */
const Generated = Strict({ key: Type.String({ minLength: 1, maxLength: 1024 }), op: Type.Literal('generate') });

export const Reason = Type.String({ maxLength: 2000 });

export const ChangeSetResult = Type.Object({
  /** Null for a dry run and when nothing differed. */
  changeSet: Type.Union([Type.String(), Type.Null()]),
  dryRun: Type.Boolean(),
  changes: Type.Array(ChangeView),
  /** Keys whose change needs a restart of the application. */
  restart: Type.Array(Type.String()),
  /** Legacy files that do not have this change: the application, which reads them, does not have it yet. */
  notMirrored: Type.Optional(Type.Array(Type.String())),
  /** Keys whose new value does nothing as long as another setting has its value. */
  inactive: Type.Optional(Type.Array(Type.Object({ key: Type.String(), reason: Type.String() }))),
});
export type ChangeSetResult = Static<typeof ChangeSetResult>;

export const UndoResult = Type.Object({
  changeSet: Type.Union([Type.String(), Type.Null()]),
  /** The change set that was undone or redone. */
  of: Type.String(),
  /** Who had made it and when, where that was somebody else. */
  by: Type.Optional(Type.Object({ actor: Type.String(), at: Time })),
  dryRun: Type.Boolean(),
  changes: Type.Array(ChangeView),
  notMirrored: Type.Optional(Type.Array(Type.String())),
});
export type UndoResult = Static<typeof UndoResult>;

/** What undo or redo would take, and whose it is. */
const Undoable = Type.Object({ changeSet: Type.String(), label: Type.String(), actor: Type.String(), at: Time });

const LockReason = Type.String({ minLength: 1, maxLength: 500 });
const LockResult = Type.Object({
  key: Type.String(),
  locked: Type.Boolean(),
  reason: Type.Union([Type.String(), Type.Null()]),
  changeSet: Type.Union([Type.String(), Type.Null()]),
  dryRun: Type.Boolean(),
});

/** Edits of the settings page that are not applied yet, by key; `base` is what stood there when the edit began. */
export const SettingsDraft = Strict({
  staged: Type.Record(
    Type.String({ maxLength: 1024 }),
    Strict({
      edit: Type.Union([
        /** `keep`: as a value of its own, although it is the default. */
        Strict({ op: Type.Literal('set'), value: Json, keep: Type.Optional(Type.Literal(true)) }),
        Strict({ op: Type.Literal('unset') }),
        Strict({ op: Type.Literal('draft'), text: Type.String(), problem: Type.String() }),
      ]),
      version: Type.Union([Type.Integer(), Type.Null()]),
      base: Json,
    }),
  ),
  /** When the owner last said that the application was started again; null: never asked yet. */
  restartedAt: Type.Union([Time, Type.Null()]),
});
export type SettingsDraft = Static<typeof SettingsDraft>;

const undoInput = Strict({ reason: Type.Optional(Reason), dryRun: Type.Optional(Type.Boolean()) });

export const settingsCommands = {
  /** All settings at or under `prefix`: the catalog's and the stored ones. */
  'settings.list': query(
    Strict({ prefix: Type.Optional(Type.String()) }),
    Type.Object({
      settings: Type.Array(SettingView),
      categories: Type.Array(
        Type.Object({ id: Type.String(), title: Type.String(), count: Type.Integer(), modified: Type.Integer() }),
      ),
    }),
  ),
  /** One setting; for a prefix `value` is the nested object of what lies under it. `NotFound` when there is nothing. */
  'settings.get': query(
    Strict({ key: Type.String() }),
    Type.Object({
      key: Type.String(),
      value: Json,
      type: Type.String(),
      source: Type.Union([Source, Type.Literal('mixed')]),
      secret: Type.Boolean(),
      default: Json,
      modified: Type.Boolean(),
      restart: Type.Boolean(),
      file: Type.Optional(Type.String()),
      line: Type.Optional(Type.Integer()),
      set: Type.Optional(Type.Boolean()),
    }),
  ),
  /** The clear value of one secret. Always leaves an audit entry. */
  'settings.reveal': command(
    Strict({ key: Type.String(), reason: Type.Optional(Reason) }),
    Type.Object({ key: Type.String(), value: Json }),
    {
      permission: 'admin',
      audit: 'event',
    },
  ),
  'settings.explain': query(
    Strict({ key: Type.String() }),
    Type.Object({ key: Type.String(), layers: Type.Array(Layer) }),
  ),
  /** One change set. `expect` maps keys to the version that was read; a different one now answers `Stale`. */
  'settings.apply': command(
    Strict({
      changes: Type.Array(Type.Union([...SettingChange.anyOf, Generated]), { minItems: 1, maxItems: 10_000 }),
      reason: Type.Optional(Reason),
      create: Type.Optional(Type.Boolean()),
      dryRun: Type.Optional(Type.Boolean()),
      expect: Type.Optional(Type.Record(Type.String(), Type.Union([Type.Integer(), Type.Null()]))),
    }),
    ChangeSetResult,
  ),
  /**
   * Removes what is stored at or under `prefix` where a default then shows again; without `prefix` everywhere. A value
   * without a default stays: there is nothing to reset it to. `SettingInvalid` when `prefix` is one setting without default.
   */
  'settings.reset': command(
    Strict({
      prefix: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
      reason: Type.Optional(Reason),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    ChangeSetResult,
  ),
  /**
   * Looks whether a value would work on this machine: a port is free, a folder is there and can be written. Says so, saves
   * nothing, and is never the reason for refusing a value.
   */
  'settings.try': query(
    /** `definition`: before a home has one, as in the wizard. */
    Strict({
      key: Type.String({ minLength: 1, maxLength: 1024 }),
      value: Json,
      definition: Type.Optional(Type.String()),
    }),
    Type.Object({
      /** `unknown` for a kind that cannot be tried. */
      result: Type.Union([Type.Literal('good'), Type.Literal('bad'), Type.Literal('unknown')]),
      message: Type.String(),
      /** Values that would work, nearest first. */
      suggestions: Type.Array(Json),
    }),
  ),
  /** The settings that fit, best first: see `settings-search.ts` for words and filters. */
  'settings.search': query(
    Strict({ query: Type.String({ maxLength: 500 }) }),
    Type.Object({ settings: Type.Array(SettingView), query: SettingsQuery }),
  ),
  /** What somebody edited in this home and has not applied. Kept in Holdfast's own folder, never a secret. */
  'settings.draft': query(Strict({}), SettingsDraft),
  'settings.save-draft': query(SettingsDraft, Type.Object({ saved: Type.Literal(true) })),
  /** Undoes the newest change set that is not undone yet, as a new change set. `NotFound` when there is none. */
  'settings.undo': command(undoInput, UndoResult),
  'settings.redo': command(undoInput, UndoResult),
  /** What the next undo and redo would touch, for menus and buttons. */
  'settings.undoable': query(
    Strict({}),
    Type.Object({
      undo: Type.Union([Undoable, Type.Null()]),
      redo: Type.Union([Undoable, Type.Null()]),
    }),
  ),
  /**
   * The stored values as they were once everything up to `time` was saved, by the order of the log. A secret only says
   * that it was set. Defaults are the application's and not part of the store.
   */
  'settings.at': query(
    Strict({ time: Time, prefix: Type.Optional(Type.String()) }),
    Type.Object({
      time: Time,
      /** The last save that counts; null when there was none yet. */
      changeSet: Type.Union([Type.String(), Type.Null()]),
      at: Type.Union([Time, Type.Null()]),
      /** Entries of that time were removed: only values that are sure to have stood there are told. */
      incomplete: Type.Optional(Type.Literal(true)),
      settings: Type.Array(
        Type.Object({
          key: Type.String(),
          value: Json,
          secret: Type.Boolean(),
          set: Type.Optional(Type.Boolean()),
          source: Type.String(),
          /** Null where the entry that says so was removed. */
          changedAt: Type.Union([Time, Type.Null()]),
          changedBy: Type.Union([Type.String(), Type.Null()]),
          /** False when it has another value, or none, now. */
          current: Type.Boolean(),
        }),
      ),
    }),
  ),
  'settings.history': query(
    Strict({ key: Type.String(), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }),
    Type.Object({
      key: Type.String(),
      versions: Type.Array(
        Type.Object({
          id: Type.Integer(),
          at: Time,
          actor: Type.String(),
          source: Type.String(),
          action: Type.String(),
          old: Json,
          new: Json,
          secret: Type.Boolean(),
          set: Type.Optional(Type.Boolean()),
          same: Type.Optional(Type.Boolean()),
          reason: Type.Union([Type.String(), Type.Null()]),
          changeSet: Type.String(),
          /** Of a user's own value: whose. */
          user: Type.Optional(Type.String()),
        }),
      ),
    }),
  ),
  /**
   * The home's values as they were last loaded by the process that owns it: the same for every call until `settings.reload`,
   * or until they are `maxAgeSeconds` old. `staleKeys`: what has another value now.
   */
  'settings.runtime': query(
    Strict({
      prefix: Type.Optional(Type.String()),
      maxAgeSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
    }),
    Type.Object({
      loadedAt: Time,
      settings: Type.Array(
        Type.Object({
          key: Type.String(),
          value: Json,
          secret: Type.Boolean(),
          set: Type.Optional(Type.Boolean()),
          source: Source,
        }),
      ),
      staleKeys: Type.Array(Type.String()),
    }),
  ),
  /** Loads them now. `changed`: what was stale until then. */
  'settings.reload': query(Strict({}), Type.Object({ loadedAt: Time, changed: Type.Array(Type.String()) })),
  /** From now on nobody changes the setting, and its value counts for everybody, until it is unlocked. */
  'settings.lock': command(
    Strict({
      key: Type.String({ minLength: 1, maxLength: 1024 }),
      reason: LockReason,
      dryRun: Type.Optional(Type.Boolean()),
    }),
    LockResult,
    { permission: 'admin' },
  ),
  /** `NotFound` for one that is not locked, `SettingInvalid` for one that the definition locks. */
  'settings.unlock': command(
    Strict({
      key: Type.String({ minLength: 1, maxLength: 1024 }),
      reason: Type.Optional(Reason),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    LockResult,
    { permission: 'admin' },
  ),
};
