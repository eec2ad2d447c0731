/** All schema steps in order. A new step is one file here and one line in this list. */
import * as initial from './0001-initial.ts';
import * as counts from './0002-counts.ts';
import * as files from './0003-files.ts';
import * as metrics from './0004-metrics.ts';

export type SchemaStep = {
  version: number;
  name: string;
  up: readonly string[];
  down: readonly string[];
  /** What it is for, in words for people. */
  does?: string;
  /** Tables of its own that `up` fills from the others: `down` loses nothing with them. */
  rebuilt?: readonly string[];
};

export const schemaSteps: readonly SchemaStep[] = [initial, counts, files, metrics];
export const latestSchema = schemaSteps.length;
