/**
 * Measurements after a restore: those made since the backup stay, so the backup's come back only into a store that has
 * none at all, as after a lost disk (docs/decisions/0016).
 */
import type { ChangeWriter } from '../changes/write.ts';
import { insertMetric, metricNames, type MetricRow } from './queries.ts';

/** Inside the restore's own transaction. */
export const bringMetricsBack = (changes: ChangeWriter, metrics: readonly MetricRow[]): void => {
  const [first] = metrics;
  if (first === undefined || metricNames(changes.tx).length > 0) return;
  for (const { id, name, unit, at, value, data } of metrics) {
    const unitTerm = unit === null ? null : changes.term(unit);
    changes.tx.run(insertMetric([id, changes.term(name), unitTerm, at, value, data]));
  }
  changes.event('metric', '', 'restore', { count: metrics.length });
};
