/**
 * Settles what was found, in one change set: rows that can be shown to be wrong are put right, the value that a person
 * chose becomes a version like any other, and entries whose words are gone are named with what they were found to be.
 */
import type { Input, Output } from '../../../contract/commands.ts';
import type { JsonValue } from '../../../contract/json.ts';
import { fail, ok, type Result } from '../../../contract/result.ts';
import { putLive, removeLive } from '../../changes/queries.ts';
import { parseValue } from '../../changes/view.ts';
import type { ChangeWriter, Put, SubjectKind, ValueSource } from '../../changes/write.ts';
import type { Context } from '../../context.ts';
import type { Definition } from '../../definitions/types.ts';
import { lockedFailure, lockReasons } from '../../settings/locks.ts';
import type { Keyring } from '../../secrets/types.ts';
import { examine, opensWith, type Entry, type Examined, type Looking } from './examine.ts';
import { leavesValue, setFinding, subjectFinding, type Finding } from './findings.ts';
import { lookAtAll, lookingWith, namesIn, titleIn, type Look } from './look.ts';
import { hasSeals, placeVersion, putVersion, removeVersion, renameSubject, type StoredVersion } from './queries.ts';
import { readSettled, settle, settledAction, type SettledEntry } from './settled.ts';

type Request = Input<'audit.settle-outside'>;
type Choice = Request['choices'][number];
type Answer = Output<'audit.settle-outside'>;

const sourceOf = (source: string): ValueSource => (source === 'file' || source === 'wizard' ? source : 'set');

const emptyVersion = (id: number, subject: number, audit: number): StoredVersion => ({
  id,
  subject,
  audit,
  value: null,
  secret: 0,
  cipher: null,
  print: null,
  source: 'set',
});

const settledOf = (entries: readonly Entry[]): SettledEntry[] =>
  entries.flatMap(({ row, previous, state, closed }) =>
    previous !== null && (state === 'bad' || closed) ? [settle(previous, row, closed)] : [],
  );

/** The rows as the chain says they were, as far as that is known; the live pointer always. */
const putRight = (changes: ChangeWriter, seen: Examined, choice: Choice['choice']): void => {
  const { tx } = changes;
  for (const { version, entry } of seen.misplaced) placeVersion(tx, version, seen.subject, entry);
  for (const row of seen.originals.values()) putVersion(tx, row, changes.term(row.source));
  if (seen.renamedFrom !== null && choice === 'revert') renameSubject(tx, seen.subject, seen.kind, seen.renamedFrom);
  // A number that an entry names is not given again, so an empty row takes the place of one that is gone for good.
  for (const { row } of seen.entries)
    if (row.newVersion !== null && row.newSecret === null && !seen.originals.has(row.newVersion))
      putVersion(tx, emptyVersion(row.newVersion, seen.subject, row.id), changes.term('set'));
  if (seen.chain !== null) tx.run(putLive(seen.subject, seen.chain.version));
  else tx.run(removeLive(seen.subject));
  for (const { id } of seen.strays) removeVersion(tx, id);
};

/** The value that is to be written; undefined for a removal, null when nothing is. */
const valueOf = (
  { examined, change }: Finding & { examined: Examined },
  choice: Choice['choice'],
  keyring: Keyring | null,
): Omit<Put, 'subject'> | null => {
  if (leavesValue(change.what)) return null;
  const { kind, key, found, chain, earlier } = examined;
  const row: StoredVersion | null =
    choice === 'accept' ? found : chain === null ? null : (chain.known ?? earlier?.version ?? null);
  if (row === null || (row.value === null && row.cipher === null))
    return { value: undefined, secret: false, source: 'set' };
  const source = sourceOf(row.source);
  if (row.secret !== 1) return { value: parseValue(row.value), secret: false, source, anew: true };
  const text = keyring === null ? null : opensWith(keyring, { kind, key }, row);
  // What was offered was opened before, with these keys.
  if (text === null) throw new Error('a secret was to be written that does not open');
  return { value: JSON.parse(text) as JsonValue, secret: true, source, anew: true };
};

type Done = { entries: SettledEntry[]; told: { type: string; key: string; what: string; choice: string } };

const settleOne = (changes: ChangeWriter, finding: Finding, choice: Choice['choice'], looking: Looking): Done => {
  const { type, key, what } = finding.change;
  const told = { type, key, what, choice };
  if (finding.examined === null) return { entries: settledOf(finding.bad), told };
  const { examined } = finding;
  // Opened before the rows change.
  const value = valueOf({ ...finding, examined }, choice, looking.keyring);
  putRight(changes, examined, choice);
  const after = examine(changes.tx, examined.subject, looking);
  const entries = settledOf(after?.entries ?? []);
  // A kind of the store is one that a writer gave.
  const subject = { kind: examined.kind as SubjectKind, key: after?.key ?? key };
  if (value !== null) changes.put({ subject, ...value });
  return { entries, told };
};

const refusalOf = (finding: Finding, { choice, type, key }: Choice): string | null => {
  const name = type === 'setting' ? key : `${type} ${key}`;
  if (choice === 'accept' && !finding.change.acceptable)
    return `${name} cannot be taken over: the keys do not open what is there`;
  if (choice === 'revert' && finding.change.revertTo === null)
    return `${name} cannot be taken back: what was there is no longer in the store; accept it, then bring the value from a backup (holdfast config pick)`;
  return null;
};

type Asked = { choice: Choice; finding: Finding };

/** What the person saw must still be so. */
const matched = (choices: readonly Choice[], findings: readonly Finding[]): Result<Asked[]> => {
  const asked = choices.map((choice) => ({
    choice,
    finding: findings.find(({ change }) => change.type === choice.type && change.key === choice.key) ?? null,
  }));
  const stale = asked.filter(({ choice, finding }) => finding?.change.id !== choice.id).map(({ choice }) => choice.key);
  if (stale.length > 0) return fail({ type: 'Stale', keys: stale });
  const ready = asked.flatMap(({ choice, finding }) => (finding === null ? [] : [{ choice, finding }]));
  const unmet = ready.map(({ choice, finding }) => refusalOf(finding, choice)).filter((one) => one !== null);
  return unmet.length > 0 ? fail({ type: 'CheckUnmet', unmet }) : ok(ready);
};

type Parts = { look: Look; keyring: Keyring | null; definition: Definition | null };

const settleIn = (
  changes: ChangeWriter,
  { choices }: Request,
  { look, keyring, definition }: Parts,
): Result<Answer> => {
  const { tx } = changes;
  const parts = { keyring, originals: look.originals, names: namesIn(definition) };
  const looking = lookingWith(parts, look.suspects, readSettled(tx));
  // Looked at again, in the state that is going to be changed.
  const fresh = look.findings.flatMap(({ change, examined }) => {
    const set = [...look.suspects.sets].find(([, uid]) => uid === change.key)?.[0];
    const again =
      examined !== null
        ? subjectFinding(tx, examined.subject, looking, titleIn(definition))
        : set === undefined
          ? null
          : setFinding(tx, set, looking);
    return again === null ? [] : [again];
  });
  const asked = matched(choices, fresh);
  if (!asked.ok) return asked;
  const taken = asked.data.filter(
    ({ choice, finding }) => choice.choice === 'accept' && !leavesValue(finding.change.what),
  );
  const locked = lockedFailure(
    { definition, locks: lockReasons(tx) },
    taken.filter(({ choice }) => choice.type === 'setting').map(({ choice }) => choice.key),
  );
  if (locked !== null) return locked;
  const done = asked.data.map(({ choice, finding }) => settleOne(changes, finding, choice.choice, looking));
  const entries = done.flatMap((one) => one.entries).toSorted((a, b) => a.entry - b.entry);
  const left = fresh.length - asked.data.length;
  changes.event('store', '', settledAction, { left, choices: done.map(({ told }) => told), entries });
  const accepted = choices.filter(({ choice }) => choice === 'accept').length;
  return ok({
    changeSet: changes.uid,
    accepted,
    reverted: choices.length - accepted,
    settledEntries: entries.length,
    left,
  });
};

/** Errors: `SecretsLocked` where the log is sealed or a secret is concerned, `Stale`, `CheckUnmet`, those of locks and disk. */
export const settleOutside = async (ctx: Context, input: Request): Promise<Result<Answer>> => {
  const sealed = await ctx.read(hasSeals);
  if (!sealed.ok) return sealed;
  const unlocked = sealed.data
    ? await ctx.keyring('What was changed outside can be settled only under a seal of the log')
    : ok(await ctx.keyringIfUnlocked());
  if (!unlocked.ok) return unlocked;
  const store = await ctx.store();
  if (!store.ok) return store;
  const definition = await ctx.definition();
  const found = await lookAtAll({ ctx, store: store.data, keyring: unlocked.data, definition });
  if (!found.ok) return found;
  if (found.data === null) return fail({ type: 'Cancelled', what: 'The search for outside changes' });
  const look = found.data;
  try {
    return await ctx.commit({ kind: 'event', reason: input.reason }, (changes) =>
      settleIn(changes, input, { look, keyring: unlocked.data, definition }),
    );
  } finally {
    look.originals.close();
  }
};
