/** Fields of an integration: what both shapes of integration files share. Pure. */
import { segmentsToKey } from '../../contract/setting-key.ts';
import { firstProblem } from '../definitions/problems.ts';
import { secretReason } from '../definitions/secret-names.ts';
import type { CatalogEntry, Definition, IntegrationType } from '../definitions/types.ts';
import { lengthProblem, misfitNote, placeOf, quarantine } from './map-parts.ts';
import type { Candidate } from './plan-types.ts';
import type { Leaf } from './readers/types.ts';

export const integrationType = (definition: Definition, id: string): IntegrationType | null =>
  Object.hasOwn(definition.integrationTypes, id) ? (definition.integrationTypes[id] ?? null) : null;

const schemaOf = (type: IntegrationType | null, field: readonly string[]): CatalogEntry | null => {
  const name = field.length === 1 ? (field[0] ?? '') : segmentsToKey(field);
  return type !== null && Object.hasOwn(type.fields, name) ? (type.fields[name] ?? null) : null;
};

/** `field` is its place inside the integration; `within` is the path of the integration itself. */
export const mapField = (
  file: string,
  leaf: Leaf,
  owner: { id: string; type: IntegrationType | null; within: string },
  field: readonly string[],
): Candidate => {
  const key = segmentsToKey([owner.id, ...field]);
  const problem = leaf.problem ?? lengthProblem(key);
  if (problem !== null) return quarantine(file, leaf, problem);
  const schema = schemaOf(owner.type, field);
  const declared = schema?.['x-secret'];
  const reason = declared === undefined && schema === null ? secretReason(segmentsToKey(field), leaf.value) : null;
  const misfit = schema === null ? null : firstProblem(schema, leaf.value);
  return {
    ...placeOf(file, leaf),
    subject: { kind: 'field', key },
    value: leaf.value,
    secret: declared ?? reason !== null,
    note: misfitNote(misfit) ?? (reason === null ? null : `proposed as secret: ${reason}`),
    within: owner.within,
    mark: false,
    part: [],
  };
};
