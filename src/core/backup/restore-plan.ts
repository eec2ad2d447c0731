/** What a restore would do: the backup's live values in clear, and how they differ from what is live now. Writes nothing. */
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { fail, type Failure } from '../../contract/result.ts';
import type { ChangeView } from '../../contract/settings.ts';
import { crossing } from '../changes/crossing.ts';
import { actionOf, cipherPlace, type Put, type SubjectKind, type ValueSource } from '../changes/write.ts';
import { parseValue } from '../changes/view.ts';
import type { Keyring } from '../secrets/types.ts';
import type { LiveSubject } from './contents.ts';
import { isWithin, partOf, unitOf, type Scope } from './parts.ts';

type Answer = Output<'backup.restore'>;
type Totals = Answer['totals'];
export type Plan = { puts: Put[]; views: Answer['changes']; totals: Totals; parts: Answer['parts'] };

const sourceOf = (text: string): ValueSource => (text === 'file' || text === 'wizard' ? text : 'set');
export const subjectOf = (live: LiveSubject) => ({ kind: live.kind as SubjectKind, key: live.key });
const idOf = (live: { kind: string; key: string }): string => `${live.kind}/${live.key}`;

/** The backup's live values in clear. Null when a secret does not open with the backup's keys. */
export const wantedPuts = (subjects: readonly LiveSubject[], keyring: Keyring | null): Put[] | null => {
  const puts: Put[] = [];
  for (const live of subjects) {
    const subject = subjectOf(live);
    const text =
      live.secret === 1
        ? live.cipher === null
          ? null
          : (keyring?.decrypt(cipherPlace(subject, live.version), live.cipher) ?? null)
        : live.value;
    if (text === null) return null;
    puts.push({
      subject,
      value: JSON.parse(text) as JsonValue,
      secret: live.secret === 1,
      source: sourceOf(live.source),
    });
  }
  return puts;
};

const viewOf = (put: Put, old: LiveSubject | undefined, action: ChangeView['action']): ChangeView => {
  const { key } = put.subject;
  if (put.secret || old?.secret === 1) {
    return {
      key,
      action,
      old: null,
      new: null,
      secret: true,
      set: put.value !== undefined,
      same: action === 'unchanged',
    };
  }
  return {
    key,
    action,
    old: parseValue(old?.value ?? null),
    new: put.value ?? null,
    secret: false,
  };
};

const countParts = (puts: readonly Put[]): Answer['parts'] => {
  const counts = new Map<Answer['parts'][number]['part'], number>();
  for (const put of puts) {
    const part = partOf(put.subject);
    if (part !== null) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return [...counts].map(([part, changes]) => ({ part, changes }));
};

/** A part that is picked alone may lie where something else is that stays. */
export const crossingProblem = (present: readonly LiveSubject[], plan: Plan): Failure | null => {
  const wanted = plan.puts.map(({ subject, value }) => ({ subject, goes: value === undefined }));
  const problem = 'cannot come back alone: another setting lies above or below it now; choose that one, too';
  const invalid = [...crossing(present, wanted)].map((key) => ({ key, problem }));
  const [first] = invalid;
  return first === undefined ? null : fail({ type: 'SettingInvalid', ...first, invalid });
};

/** What would change, from what is live now. Deletes come first: what they free may be taken again. */
export const planOf = (
  present: readonly LiveSubject[],
  wanted: readonly Put[],
  scope: Scope,
  keyring: Keyring | null,
): Plan => {
  const live = new Map(present.map((one) => [idOf(one), one]));
  const kept = new Set(wanted.map((put) => idOf(put.subject)));
  const removals: Put[] = present
    .filter((one) => !kept.has(idOf(one)))
    .map((one) => ({
      subject: subjectOf(one),
      value: undefined,
      secret: one.secret === 1,
      source: sourceOf(one.source),
    }));
  const plan: Plan = { puts: [], views: [], totals: { add: 0, update: 0, delete: 0, same: 0 }, parts: [] };
  const all: Put[] = [];
  for (const put of [...removals, ...wanted]) {
    const unit = unitOf(put.subject);
    if (unit === null) continue;
    const old = live.get(idOf(put.subject));
    const action = actionOf(old ?? null, put, keyring);
    if (action !== 'unchanged') all.push(put);
    if (!isWithin(scope, put.subject)) continue;
    plan.totals[({ create: 'add', update: 'update', delete: 'delete', unchanged: 'same' } as const)[action]] += 1;
    if (action === 'unchanged') continue;
    plan.puts.push(put);
    plan.views.push({ ...viewOf(put, old, action), kind: put.subject.kind, unit, since: null });
  }
  plan.parts = countParts(all);
  return plan;
};
