/**
 * What a bundle would make of this home: the subjects that it names, those that `replace` removes, and for each what
 * stands against it here (another application, another version of its definition, values that do not fit).
 */
import type { JsonValue } from '../../contract/json.ts';
import { isUnder } from '../../contract/setting-key.ts';
import type { SettingChange } from '../../contract/settings.ts';
import type { Subject } from '../changes/write.ts';
import { entryFor } from '../definitions/catalog.ts';
import { secretByName } from '../definitions/secret-names.ts';
import type { Definition } from '../definitions/types.ts';
import { fieldProblems, idProblems, isSecretField, typeProblems } from '../integrations/check.ts';
import {
  fieldSubject,
  integrationSubject,
  storedIntegrations,
  typeOf,
  type StoredIntegration,
} from '../integrations/stored.ts';
import { collectionFacts } from '../records/collections.ts';
import { exactProblem } from '../records/document.ts';
import { recordKey, storedRecord } from '../records/queries.ts';
import { knownCollection } from '../records/read.ts';
import { contentProblems, nameProblem, timeOf } from '../records/write.ts';
import type { Keyring } from '../secrets/types.ts';
import { checkChanges, type Present } from '../settings/check.ts';
import { lockReasons } from '../settings/locks.ts';
import { storedSettings, type StoredSetting } from '../settings/queries.ts';
import { isSecretSetting } from '../settings/views.ts';
import type { Reader } from '../store/types.ts';
import type { Wanted } from '../versions/bring-back.ts';
import { idOf, type State } from '../versions/state.ts';
import type { Bundle, Secrets } from './format.ts';
import { heldOf } from './state.ts';

export type Opened = { bundle: Bundle; secrets: Secrets | null };

export type Place = {
  reader: Reader;
  live: State;
  definition: Definition | null;
  keyring: Keyring | null;
  mode: 'merge' | 'replace';
  /** What nobody here declared is taken, too. */
  create: boolean;
};

export type WantedAll = {
  wanted: Wanted[];
  /** By subject. */
  problems: ReadonlyMap<string, string>;
  /** Those among them that do not exist here, and `create` would take. */
  unknown: ReadonlySet<string>;
  /** The changes of settings among them. */
  changes: SettingChange[];
  present: Present;
};

type Found = { wanted: Wanted[]; problems: Map<string, string>; unknown: Set<string> };

const noteUnknown = (into: Found, subject: Subject, problem: string): void => {
  into.problems.set(idOf(subject), problem);
  into.unknown.add(idOf(subject));
};

/** Why something does not exist here: by another application, or another version of what Holdfast knows of this one. */
const unknownHere = ({ definition }: Place, { bundle }: Opened, what: string): string => {
  const theirs = bundle.definition?.version ?? 0;
  if (definition === null || bundle.definition?.id !== definition.id) return `this application knows no such ${what}`;
  const age = theirs > definition.version ? 'newer' : 'older';
  return `version ${String(definition.version)} of ${definition.title} here has no such ${what}; the bundle is of the ${age} version ${String(theirs)}`;
};

/**
 * What nobody declared here is somebody's own where both know the application alike, or nothing is known of it. From
 * another application or version it may be a name that means nothing here (any more).
 */
const takesAnything = ({ definition, create }: Place, { bundle }: Opened): boolean =>
  create ||
  definition === null ||
  definition.generic === true ||
  (bundle.definition?.id === definition.id && bundle.definition.version === definition.version);

/** A secret there stays one here, unless its owner here keeps it in clear. */
const staysSecret = (sealed: boolean, stored: StoredSetting | undefined): boolean =>
  sealed && (stored === undefined || stored.secret);

const covered = ({ bundle }: Opened, key: string): boolean =>
  bundle.only == null || bundle.only.some((prefix) => isUnder(key, prefix));

/** A bundle can say nothing of what it leaves out, nor of secrets when it was made without them. */
const mayRemove = (opened: Opened, subject: Subject, stored: { secret: boolean }): boolean =>
  covered(opened, subject.key) &&
  !(stored.secret && opened.secrets === null) &&
  opened.bundle.leftOut?.some(({ kind, key }) => kind === subject.kind && key === subject.key) !== true;

const removal = (subject: Subject): Wanted => ({ subject, held: null });

const settingsOf = (place: Place, opened: Opened, into: Found): Pick<WantedAll, 'changes' | 'present'> => {
  const { reader, definition, keyring, mode } = place;
  const stored = storedSettings(reader);
  const present: Present = { definition, stored, locks: lockReasons(reader) };
  const sealed = opened.secrets?.settings ?? {};
  const changes: SettingChange[] = [];
  const any = takesAnything(place, opened);
  for (const [key, value] of [...Object.entries(opened.bundle.settings ?? {}), ...Object.entries(sealed)]) {
    const subject: Subject = { kind: 'setting', key };
    const row = stored.get(key);
    const known = row !== undefined || (definition !== null && entryFor(definition, key) !== null);
    const secret =
      isSecretSetting(definition, key, row) ||
      (!known && secretByName(key, value)) ||
      staysSecret(Object.hasOwn(sealed, key), row);
    into.wanted.push({ subject, held: heldOf(subject, value, secret, keyring) });
    if (known || any) changes.push({ key, op: 'set', value });
    else noteUnknown(into, subject, unknownHere(place, opened, 'setting'));
  }
  if (mode === 'replace' && opened.bundle.settings !== undefined) {
    const named = new Set(into.wanted.map(({ subject }) => idOf(subject)));
    for (const [key, row] of stored) {
      const subject: Subject = { kind: 'setting', key };
      if (named.has(idOf(subject)) || !mayRemove(opened, subject, row)) continue;
      into.wanted.push(removal(subject));
      changes.push({ key, op: 'unset' });
    }
  }
  const checked = checkChanges(present, { changes, create: true });
  if (!checked.ok && checked.error.type === 'SettingInvalid')
    for (const { key, problem } of checked.error.invalid) into.problems.set(idOf({ kind: 'setting', key }), problem);
  return { changes, present };
};

type FromBundle = NonNullable<Bundle['integrations']>[number];

/** Why the integration as a whole cannot be taken. */
const integrationProblem = (
  place: Place,
  one: FromBundle,
  here: StoredIntegration | undefined,
  any: boolean,
): string | null => {
  if (here !== undefined)
    return here.facts.type === one.type ? null : `it is of type ${here.facts.type} here, not ${one.type}`;
  const type = any ? idProblems('type', one.type) : typeProblems(place.definition, one.type);
  const [problem] = [...idProblems('id', one.id), ...type];
  return problem === undefined ? null : problem.problem;
};

const fieldsOf = (place: Place, opened: Opened, one: FromBundle, into: Found, here?: StoredIntegration): void => {
  const stored = here?.fields ?? new Map<string, StoredSetting>();
  const type = typeOf(place.definition, one.type);
  const sealed = opened.secrets?.fields[one.id] ?? {};
  const values = Object.entries({ ...one.fields, ...sealed });
  const changes = values.map(([field, value]) => ({ field, op: 'set' as const, value }));
  const any = takesAnything(place, opened);
  const problemsIf = (anyField: boolean): Map<string, string> =>
    new Map(
      fieldProblems(type, { type: one.type, fields: stored }, changes, anyField).map((found) => [
        found.field,
        found.problem,
      ]),
    );
  const problems = problemsIf(any);
  const lasting = problemsIf(true);
  for (const [field, value] of values) {
    const subject = fieldSubject(one.id, field, stored);
    const row = stored.get(field);
    const secret = isSecretField(type, row, field, value) || staysSecret(Object.hasOwn(sealed, field), row);
    into.wanted.push({ subject, held: heldOf(subject, value, secret, place.keyring) });
    const problem = problems.get(field);
    if (problem === undefined) continue;
    if (lasting.has(field)) into.problems.set(idOf(subject), problem);
    else noteUnknown(into, subject, problem);
  }
  if (place.mode !== 'replace') return;
  const named = new Set(values.map(([field]) => field));
  for (const [field, row] of stored) {
    const subject: Subject = { kind: 'field', key: row.key };
    if (!named.has(field) && mayRemove(opened, subject, row)) into.wanted.push(removal(subject));
  }
};

const integrationsOf = (place: Place, opened: Opened, into: Found): void => {
  const { bundle } = opened;
  if (bundle.integrations === undefined) return;
  const present = storedIntegrations(place.reader, place.definition);
  for (const one of bundle.integrations) {
    const here = present.get(one.id);
    const subject = integrationSubject(one.id);
    const name = one.name.trim() === '' ? (here?.facts.name ?? one.id) : one.name;
    const value = { type: one.type, name, enabled: one.enabled };
    into.wanted.push({ subject, held: heldOf(subject, value, false, null) });
    const problem = integrationProblem(place, one, here, takesAnything(place, opened));
    if (problem === null) fieldsOf(place, opened, one, into, here);
    else if (integrationProblem(place, one, here, true) === null)
      noteUnknown(into, subject, unknownHere(place, opened, `type of integration as ${one.type}`));
    else into.problems.set(idOf(subject), problem);
  }
  if (place.mode !== 'replace') return;
  const named = new Set(bundle.integrations.map(({ id }) => id));
  for (const { id, fields } of present.values()) {
    if (named.has(id) || !covered(opened, id)) continue;
    const fieldKeys = [...fields.values()].map(({ key }): Subject => ({ kind: 'field', key }));
    into.wanted.push(...[...fieldKeys, integrationSubject(id)].map(removal));
  }
};

const recordProblem = (place: Place, key: string, one: { id: string; data: JsonValue }, name: string) => {
  const facts = collectionFacts(place.definition, name);
  const old = place.live.get(`record/${key}`);
  const [problem] = [
    ...nameProblem('id', one.id),
    ...nameProblem('collection', name),
    ...[exactProblem(one.data)].filter((found) => found !== null),
    ...contentProblems(facts, one.data, old === undefined ? null : storedRecord(old.value)),
  ];
  return problem === undefined ? null : `${problem.field} ${problem.problem}`;
};

const recordsOf = (place: Place, opened: Opened, into: Found): void => {
  const { records } = opened.bundle;
  if (records === undefined) return;
  const any = takesAnything(place, opened);
  const named = new Set<string>();
  for (const [name, list] of Object.entries(records)) {
    const known = any || knownCollection(place.reader, collectionFacts(place.definition, name));
    for (const one of list) {
      const key = recordKey(name, one.id);
      const subject: Subject = { kind: 'record', key };
      const time = timeOf(one.expiresAt ?? null);
      const value = { data: one.data, expiresAt: time.ok ? time.data : null };
      named.add(idOf(subject));
      into.wanted.push({ subject, held: heldOf(subject, value, false, null) });
      const problem = time.ok
        ? recordProblem(place, key, one, name)
        : 'expiresAt is not a time such as 2026-03-01T09:00:00Z';
      if (problem !== null) into.problems.set(idOf(subject), problem);
      else if (!known) noteUnknown(into, subject, unknownHere(place, opened, `collection as ${name}`));
    }
  }
  if (place.mode !== 'replace') return;
  for (const [id, held] of place.live)
    if (held.subject.kind === 'record' && !named.has(id) && mayRemove(opened, held.subject, held))
      into.wanted.push(removal(held.subject));
};

export const wantedBy = (place: Place, opened: Opened): WantedAll => {
  const into: Found = { wanted: [], problems: new Map(), unknown: new Set() };
  const settings = settingsOf(place, opened, into);
  integrationsOf(place, opened, into);
  recordsOf(place, opened, into);
  return { ...into, ...settings };
};
