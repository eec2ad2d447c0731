/** `audit outside`: what was changed in the store without Holdfast, and taking it over or back. */
import type { Command } from 'commander';
import type { OutsideChange, OutsideSide } from '../../contract/audit-outside.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { formatCount, formatTime, formatValue, printable, table, type Column } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

type Options = { accept?: string[] | true; revert?: string[] | true; all?: boolean };
type Choice = 'accept' | 'revert';

const columns: Column[] = [
  { title: 'WHAT' },
  { title: 'KEY', narrow: 'key' },
  { title: 'WAS', narrow: 'wrap' },
  { title: 'IS NOW', narrow: 'wrap' },
  { title: 'REVERT BRINGS', narrow: 'wrap' },
];

const sideWords = (side: OutsideSide | null, unknown: string): string => {
  if (side === null) return unknown;
  if (side.removed) return '(not set)';
  return side.secret ? `secret ${side.print ?? ''}`.trimEnd() : formatValue(side.value);
};

const revertWords = ({ revertTo, what }: OutsideChange): string => {
  if (revertTo === null) return '-';
  if (what === 'earlier' || what === 'renamed') return 'the rows as they were';
  const of = revertTo.exact || revertTo.at === null ? '' : ` of ${formatTime(revertTo.at)}`;
  return `${sideWords(revertTo, '-')}${of}`;
};

const nameOf = ({ type, key }: OutsideChange): string =>
  type === 'setting' ? printable(key) : `${type} ${printable(key)}`;

const listed = (session: Session, changes: readonly OutsideChange[]): string[] => [
  ...table(
    columns,
    changes.map((change) => [
      change.what,
      nameOf(change),
      sideWords(change.vouched, change.what === 'earlier' || change.what === 'entry' ? '-' : '(no longer there)'),
      sideWords(change.found, '-'),
      revertWords(change),
    ]),
    session.width,
    session.io.strong,
  ),
  ...changes.flatMap((change) => (change.note === null ? [] : [`${nameOf(change)}: ${change.note}`])),
];

const list = async (session: Session): Promise<Outcome> => {
  const result = await session.call('audit.outside', {});
  if (!result.ok) return trouble(result);
  const { changes, total, secretsChecked } = result.data;
  const checked = secretsChecked ? [] : ['The keys are locked: whether each secret still opens was not checked.'];
  if (total === 0) return answer(result.data, ['Every value fits the audit log.', ...checked]);
  return answer(
    result.data,
    [...listed(session, changes), ...checked],
    ['Next: holdfast audit outside --accept KEY or --revert KEY (or --all), with --reason TEXT'],
  );
};

/** What the person named among what was found; a setting by its key alone. */
const chosen = (
  changes: readonly OutsideChange[],
  names: string[] | true,
  all: boolean,
): Result<readonly OutsideChange[]> => {
  if (names === true || names.length === 0)
    return all ? ok(changes) : fail({ type: 'Usage', message: 'Name the keys, or say --all.' });
  const missing = names.find((name) => !changes.some((one) => one.key === name));
  if (missing !== undefined) return fail({ type: 'NotFound', what: 'outside change of', name: missing });
  return ok(changes.filter((one) => names.includes(one.key)));
};

const settle = async (session: Session, choice: Choice, names: string[] | true, all: boolean): Promise<Outcome> => {
  const { reason } = session.reason();
  if (reason === undefined) return trouble(fail({ type: 'Usage', message: 'Say why: --reason TEXT.' }));
  const found = await session.call('audit.outside', {});
  if (!found.ok) return trouble(found);
  const picked = chosen(found.data.changes, names, all);
  if (!picked.ok) return trouble(picked);
  if (picked.data.length === 0) return answer(found.data, ['Every value fits the audit log.']);
  if (session.dryRun) return answer({ ...found.data, changes: picked.data }, listed(session, picked.data));
  const choices = picked.data.map(({ id, type, key }) => ({ id, type, key, choice }));
  const result = await session.call('audit.settle-outside', { choices, reason });
  if (!result.ok) return trouble(result);
  const { accepted, reverted, settledEntries, left, changeSet } = result.data;
  return answer(result.data, [
    choice === 'accept'
      ? `Took over ${formatCount(accepted, 'outside change')} in change set ${changeSet}.`
      : `Took back ${formatCount(reverted, 'outside change')} in change set ${changeSet}.`,
    ...(settledEntries === 0
      ? []
      : [
          `${formatCount(settledEntries, 'entry', 'entries')} of the log cannot be recomputed any more and now ${settledEntries === 1 ? 'counts' : 'count'} as settled.`,
        ]),
    ...(left === 0 ? [] : [`${formatCount(left, 'outside change is', 'outside changes are')} left.`]),
  ]);
};

const run = (session: Session, { accept, revert, all = false }: Options): Promise<Outcome> => {
  if (accept !== undefined && revert !== undefined)
    return Promise.resolve(trouble(fail({ type: 'Usage', message: 'Either --accept or --revert, not both at once.' })));
  if (accept !== undefined) return settle(session, 'accept', accept, all);
  if (revert !== undefined) return settle(session, 'revert', revert, all);
  return list(session);
};

export const addOutside = (audit: Command, go: Parameters<AddCommands>[1]): void => {
  audit
    .command('outside')
    .description('values of the store that were changed without Holdfast; take them over or back')
    .option('--accept [keys...]', 'what was found becomes a change like any other')
    .option('--revert [keys...]', 'what the log vouches for comes back')
    .option('--all', 'all that was found, with --accept or --revert')
    .action((options: Options) => go((session) => run(session, options)));
};
