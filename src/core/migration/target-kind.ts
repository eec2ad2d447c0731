/** The words that plans and ledgers have for kinds of subjects. */
import type { PlanItem } from '../../contract/migration.ts';
import type { SubjectKind } from '../changes/write.ts';

type TargetKind = NonNullable<PlanItem['target']>['kind'];

const words: Partial<Record<SubjectKind, TargetKind>> = {
  integration: 'integration',
  field: 'integration',
  record: 'record',
  user: 'user',
  'user-field': 'user',
  override: 'override',
};

/** A secret setting is a `secret`; a field belongs to its integration, and so does a user's own secret to the user. */
export const targetKind = (kind: SubjectKind, secret: boolean): TargetKind =>
  words[kind] ?? (secret ? 'secret' : 'setting');
