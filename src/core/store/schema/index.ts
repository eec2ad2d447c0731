/** All schema steps in order. A new step is one file here and one line in this list. */
import * as initial from './0001-initial.ts';

export type SchemaStep = { version: number; name: string; up: readonly string[]; down: readonly string[] };

export const schemaSteps: readonly SchemaStep[] = [initial];
export const latestSchema = schemaSteps.length;
