/**
 * Which part of a backup comes back: `record/customers`, `user/alice`, `integration/slack`. Without a kind before the
 * stroke it is a setting's key where there is such a setting, else the only other thing of that name: a setting never
 * brings a record of the same name along.
 */
import type { RestorePart } from '../../contract/backups.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { isUnder, segmentsToKey } from '../../contract/setting-key.ts';
import type { Subject, SubjectKind } from '../changes/write.ts';

export type Part = { part: RestorePart; prefix: string };

const partOfKind: { [kind in SubjectKind]: RestorePart | null } = {
  setting: 'setting',
  integration: 'integration',
  field: 'integration',
  record: 'record',
  user: 'user',
  'user-field': 'user',
  override: 'user',
  lock: 'lock',
  policy: 'policy',
  // Which files are written in clear is the word of this home's owner, not something that a backup brings along; names
  // and trials speak of change sets of this log.
  mirror: null,
  name: null,
  trial: null,
};

/** Null: never restored. */
export const partOf = ({ kind }: Subject): RestorePart | null => partOfKind[kind];

/** A user and an integration are named as they are; what belongs to them has the name as the first segment of its key. */
export const isIn = ({ part, prefix }: Part, subject: Subject): boolean => {
  if (partOf(subject) !== part) return false;
  if (prefix === '') return true;
  if (subject.kind === 'user' || subject.kind === 'integration') return subject.key === prefix;
  if (part === 'user' || part === 'integration') return isUnder(subject.key, segmentsToKey([prefix]));
  return isUnder(subject.key, prefix);
};

const parts = [...new Set(Object.values(partOfKind))].filter((part) => part !== null);

/** `there`: what is in the backup or live. Errors: `NotFound`, `InputInvalid` for a name that several things have. */
export const readPart = (text: string, there: readonly Subject[]): Result<Part> => {
  const stroke = text.indexOf('/');
  const named = parts.find((part) => part === text.slice(0, Math.max(stroke, 0)));
  const meant: Part[] =
    named === undefined
      ? parts.map((part) => ({ part, prefix: text }))
      : [{ part: named, prefix: text.slice(stroke + 1) }];
  const found = meant.filter(
    (part) => (named !== undefined && part.prefix === '') || there.some((one) => isIn(part, one)),
  );
  const [first] = found;
  if (first === undefined)
    return fail({
      type: 'NotFound',
      what: `${named ?? 'setting'} here or in the backup under`,
      name: meant[0]?.prefix ?? '',
    });
  if (first.part === 'setting' || found.length === 1) return ok(first);
  const choices = found.map(({ part, prefix }) => `${part}/${prefix}`).join(' or ');
  return fail({
    type: 'InputInvalid',
    field: 'only',
    problem: `${text} is the name of several things; say ${choices}`,
  });
};
