/** Records: JSON documents in collections. They may expire; what is past its time stays until somebody removes it. */
import { Json, Strict, Time, Type, command, query, type Static } from './command.ts';
import type { JsonObject } from './json.ts';
import { ChangeView, Reason } from './settings.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);
const CollectionName = Type.String({ minLength: 1, maxLength: 200 });
const RecordId = Type.String({ minLength: 1, maxLength: 512 });
/** A version as it was read; null: there was none. A different one now answers `Stale`. */
const Expected = OrNull(Type.Integer());

export const RecordView = Type.Object({
  id: Type.String(),
  data: Json,
  createdAt: Time,
  updatedAt: Time,
  /** Null: it stays. */
  expiresAt: OrNull(Time),
  /** Past its time: not live any more, and not removed yet. */
  expired: Type.Boolean(),
  /** For check-and-set. */
  version: Type.Integer(),
  /** Where the document does not fit its collection's schema: kept as it came, with this note. */
  problems: Type.Array(Type.Object({ field: Type.String(), problem: Type.String() })),
});
export type RecordView = Static<typeof RecordView>;

export const CollectionView = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  /** JSON Schema of one document; `{}` where nobody declared one. */
  schema: Type.Unsafe<JsonObject>({ type: 'object' }),
  columns: Type.Array(Type.String()),
  expiresAfterDays: OrNull(Type.Integer()),
  /** False for a collection that only the store knows. */
  declared: Type.Boolean(),
  /** Live ones; those past their time are counted beside them. */
  count: Type.Integer(),
  expired: Type.Integer(),
});
export type CollectionView = Static<typeof CollectionView>;

/**
 * A member by its dotted path. A text fits a value of any JSON type that is written so (`5` fits 5 and "5"); another value
 * fits its equal. A list fits when it holds one that does.
 */
export const RecordFilter = Strict({ field: Type.String({ minLength: 1, maxLength: 1024 }), value: Json });
export type RecordFilter = Static<typeof RecordFilter>;

const writing = { reason: Type.Optional(Reason), dryRun: Type.Optional(Type.Boolean()) };
const Written = {
  /** Null for a dry run and when nothing differed. */
  changeSet: OrNull(Type.String()),
  dryRun: Type.Boolean(),
  changes: Type.Array(ChangeView),
  /** Legacy files that do not have this change: the application, which reads them, does not have it yet. */
  notMirrored: Type.Optional(Type.Array(Type.String())),
};

export const recordCommands = {
  'records.collections': query(Strict({}), Type.Object({ collections: Type.Array(CollectionView) })),
  /** `NotFound` for a collection that is neither declared nor stored. */
  'records.list': query(
    Strict({
      collection: CollectionName,
      /** All of them must fit. */
      where: Type.Optional(Type.Array(RecordFilter, { maxItems: 20 })),
      /** Its JSON or its id holds this text, whatever the case. */
      text: Type.Optional(Type.String({ maxLength: 500 })),
      /** Live ones unless told otherwise. */
      show: Type.Optional(Type.Union([Type.Literal('live'), Type.Literal('expired'), Type.Literal('all')])),
      /** By id, or the newest change first. */
      sort: Type.Optional(Type.Union([Type.Literal('id'), Type.Literal('newest')])),
      /** `next` of the page before. */
      after: Type.Optional(Type.String({ maxLength: 1024 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
    Type.Object({ records: Type.Array(RecordView), next: OrNull(Type.String()) }),
  ),
  /** Also one that is past its time. */
  'records.get': query(Strict({ collection: CollectionName, id: RecordId }), RecordView),
  /**
   * Makes or replaces one; without `id` it gets a new one. `expiresAt` null keeps it for good; left out, it stays as it was,
   * or counts from now where the collection says how long. `patch`: `data` is a merge patch (RFC 7396) of what is there.
   */
  'records.put': command(
    Strict({
      collection: CollectionName,
      id: Type.Optional(RecordId),
      data: Json,
      patch: Type.Optional(Type.Boolean()),
      expiresAt: Type.Optional(OrNull(Time)),
      expect: Type.Optional(Expected),
      /** Also in a collection that is neither declared nor stored yet. */
      create: Type.Optional(Type.Boolean()),
      ...writing,
    }),
    Type.Object({ ...Written, id: Type.String(), record: RecordView }),
  ),
  /** All or none, as one change set. */
  'records.delete': command(
    Strict({
      collection: CollectionName,
      ids: Type.Array(RecordId, { minItems: 1, maxItems: 1000 }),
      expect: Type.Optional(Type.Record(Type.String(), Expected)),
      ...writing,
    }),
    Type.Object(Written),
  ),
  /** Removes what is past its time, as one change set that can be undone. */
  'records.expire': command(
    Strict({ collection: Type.Optional(CollectionName), ...writing }),
    Type.Object({
      changeSet: OrNull(Type.String()),
      dryRun: Type.Boolean(),
      removed: Type.Array(Type.Object({ collection: Type.String(), id: Type.String(), expiresAt: Time })),
      notMirrored: Written.notMirrored,
    }),
  ),
};
