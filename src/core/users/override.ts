/**
 * A user's own values: the same checks as for the home's, under the user's name. A secret has one value for everybody:
 * a second one would have to be opened, rotated and looked after beside it. One that came with a migration stays
 * encrypted and can be removed.
 */
import type { Input } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { ChangeSetResult, ChangeView } from '../../contract/settings.ts';
import { changeView } from '../changes/view.ts';
import type { Put } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { checkChanges, checkReason, type Present } from '../settings/check.ts';
import { inactiveAfter } from '../settings/depends.ts';
import { lockReasons } from '../settings/locks.ts';
import { storedSettings } from '../settings/queries.ts';
import { isSecretSetting } from '../settings/views.ts';
import type { Reader } from '../store/types.ts';
import { overrideKey, overridesOf, readProfile } from './queries.ts';

type Wanted = Input<'user.override'>;

const secretProblem = (present: Present, changes: Wanted['changes']): Result<null> => {
  const invalid = changes
    .filter((change) => change.op === 'set')
    .filter(({ key }) => isSecretSetting(present.definition, key, present.stored.get(key)))
    .map(({ key }) => ({ key, problem: 'is a secret, and a secret has one value for everybody' }));
  const [first] = invalid;
  return first === undefined
    ? ok(null)
    : fail({ type: 'SettingInvalid', key: first.key, problem: first.problem, invalid });
};

/** Limits by other settings hold for the values that this user has. */
const asSeenBy = (present: Present, own: Present['stored']): Present => ({
  ...present,
  stored: new Map([...present.stored, ...own]),
});

const planOf = (
  reader: Reader,
  about: Pick<Present, 'definition'> & { user: string },
  input: Wanted,
): Result<Put[]> => {
  const { user, definition } = about;
  const present = { definition, stored: storedSettings(reader), locks: lockReasons(reader) };
  const own = overridesOf(reader, user);
  if (readProfile(reader, user) === null && own.size === 0)
    return fail({ type: 'NotFound', what: 'profile', name: user });
  const seen = asSeenBy(present, own);
  for (const checked of [
    checkChanges(seen, { changes: input.changes }),
    secretProblem(present, input.changes),
    input.dryRun === true ? ok(null) : checkReason(seen, input),
  ])
    if (!checked.ok) return checked;
  return ok(
    input.changes.map((change) => ({
      subject: { kind: 'override', key: overrideKey(user, change.key) },
      value: change.op === 'set' ? change.value : undefined,
      secret: false,
      source: 'set',
    })),
  );
};

/** `NotFound` for a user without profile and values of its own; else what `settings.apply` answers. */
export const applyOverrides = async (ctx: Context, user: string, input: Wanted): Promise<Result<ChangeSetResult>> => {
  if (user !== ctx.actor.user && ctx.actor.role !== 'admin') {
    const problem = `The own values of ${user} are for ${user} and for admins to change`;
    return fail({ type: 'Forbidden', action: 'user.override', role: ctx.actor.role, problem });
  }
  const definition = await ctx.definition();
  const about = { user, definition };
  const keyring = await ctx.keyringIfUnlocked();
  const viewsOf = (reader: Reader, puts: readonly Put[]): ChangeView[] =>
    puts.map((put, i) => ({ ...changeView(reader, put, keyring), key: input.changes[i]?.key ?? put.subject.key }));
  const answerOf = (reader: Reader, changes: ChangeView[]) => ({
    changes,
    // The application reads the home's own values when it starts; nobody else's waits for that.
    restart: [],
    ...inactiveAfter(
      { definition, stored: storedSettings(reader), overrides: overridesOf(reader, user) },
      input.changes,
    ),
  });
  if (input.dryRun === true) {
    const preview = await ctx.read((reader) => {
      const puts = planOf(reader, about, input);
      return puts.ok ? ok({ changeSet: null, dryRun: true, ...answerOf(reader, viewsOf(reader, puts.data)) }) : puts;
    });
    return preview.ok ? preview.data : preview;
  }
  return ctx.commit({ kind: 'edit', reason: input.reason ?? null }, (changes) => {
    const puts = planOf(changes.tx, about, input);
    if (!puts.ok) return puts;
    const views = viewsOf(changes.tx, puts.data);
    for (const put of puts.data) changes.put(put);
    return ok({ changeSet: changes.count() > 0 ? changes.uid : null, dryRun: false, ...answerOf(changes.tx, views) });
  });
};
