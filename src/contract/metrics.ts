/** Metrics: measured numbers with name, unit and time. They are added and pruned, never edited (docs/decisions/0016). */
import { Json, Strict, Time, Type, command, query, type Static } from './command.ts';
import { Reason } from './settings.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);
const Name = Type.String({ minLength: 1, maxLength: 200 });
/** A century at most. */
const Hours = Type.Number({ exclusiveMinimum: 0, maximum: 876_000 });

export const Measurement = Strict({
  name: Name,
  value: Type.Number(),
  unit: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  /** Now unless given. */
  at: Type.Optional(Time),
  /** What belongs to the number: kept as it is, never searched. */
  data: Type.Optional(Json),
});
export type Measurement = Static<typeof Measurement>;

export const MetricView = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  value: Type.Number(),
  unit: OrNull(Type.String()),
  at: Time,
  data: OrNull(Json),
});
export type MetricView = Static<typeof MetricView>;

export const MetricStats = Type.Object({
  name: Type.String(),
  /** Of the last one. */
  unit: OrNull(Type.String()),
  count: Type.Integer(),
  min: Type.Number(),
  max: Type.Number(),
  mean: Type.Number(),
  last: Type.Number(),
  lastAt: Time,
});
export type MetricStats = Static<typeof MetricStats>;

export const metricCommands = {
  /** One entry of the log for the whole call. */
  'metrics.add': command(
    Strict({
      metrics: Type.Array(Measurement, { minItems: 1, maxItems: 1000 }),
      reason: Type.Optional(Reason),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    Type.Object({ added: Type.Integer(), dryRun: Type.Boolean(), changeSet: OrNull(Type.String()) }),
    { audit: 'event' },
  ),
  /** Newest first. `hours` back from now; all without. */
  'metrics.list': query(
    Strict({
      name: Type.Optional(Name),
      hours: Type.Optional(Hours),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
      /** `next` of the page before. */
      after: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    Type.Object({ metrics: Type.Array(MetricView), next: OrNull(Type.String()) }),
  ),
  'metrics.stats': query(
    Strict({ name: Type.Optional(Name), hours: Type.Optional(Hours) }),
    Type.Object({ since: OrNull(Time), until: Time, stats: Type.Array(MetricStats) }),
  ),
  /** One metric in at most `points` equal pieces of the window, oldest first; pieces without a number are left out. */
  'metrics.series': query(
    Strict({ name: Name, hours: Hours, points: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }),
    Type.Object({
      name: Type.String(),
      unit: OrNull(Type.String()),
      since: Time,
      until: Time,
      points: Type.Array(
        Type.Object({
          at: Time,
          count: Type.Integer(),
          min: Type.Number(),
          max: Type.Number(),
          mean: Type.Number(),
        }),
      ),
    }),
  ),
  /** Removes what is older; 30 days unless told otherwise. It cannot be undone. */
  'metrics.prune': command(
    Strict({
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
      name: Type.Optional(Name),
      reason: Type.Optional(Reason),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    Type.Object({ removed: Type.Integer(), before: Time, dryRun: Type.Boolean(), changeSet: OrNull(Type.String()) }),
    { audit: 'event' },
  ),
};
