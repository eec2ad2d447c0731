/**
 * Which part of a backup comes back: `record/customers`, `user/alice`, `integration/slack`. Without a kind before the
 * stroke it is a setting's key where there is such a setting, else the only other thing of that name: a setting never
 * brings a record of the same name along.
 */
import type { RestorePart } from '../../contract/backups.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { isUnder, keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
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

/**
 * The smallest thing that comes back by itself, as `PART/NAME`: a user with what belongs to it, an integration with its
 * fields; anything else alone. A field without its integration would be nobody's.
 */
export const unitOf = (subject: Subject): string | null => {
  const part = partOf(subject);
  if (part === null) return null;
  const owned = subject.kind === 'field' || subject.kind === 'user-field' || subject.kind === 'override';
  return `${part}/${owned ? String(keyToSegments(subject.key)?.[0] ?? '') : subject.key}`;
};

/** What was asked for: parts of the backup, and of those only some units; null is all. */
export type Scope = { only: readonly Part[]; pick: ReadonlySet<string> | null };

export const isWithin = ({ only, pick }: Scope, subject: Subject): boolean =>
  (only.length === 0 || only.some((part) => isIn(part, subject))) && (pick === null || pick.has(unitOf(subject) ?? ''));

/** Errors: `NotFound` for what is neither here nor in the backup. */
export const readPick = (
  wanted: readonly string[] | undefined,
  there: readonly Subject[],
): Result<ReadonlySet<string> | null> => {
  if (wanted === undefined) return ok(null);
  const known = new Set(there.map(unitOf));
  const unknown = wanted.find((unit) => !known.has(unit));
  return unknown === undefined
    ? ok(new Set(wanted))
    : fail({ type: 'NotFound', what: 'value to restore', name: unknown });
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
