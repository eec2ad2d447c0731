/** `backup policy`, `backup rehearse`, `backup prune`: when backups are made, whether the newest one opens, which ones go. */
import type { Command } from 'commander';
import type { BackupPolicy } from '../../contract/backups.ts';
import type { Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { facts, formatCount, formatSize, formatTime, formatWhen, printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { Run } from './run.ts';

type PolicyOptions = {
  every?: string;
  at?: string;
  keepLast?: string;
  keepDaily?: string;
  keepWeekly?: string;
  keepMonthly?: string;
  keepMb?: string;
  rehearse?: string;
};

const everyWords: { [every: string]: string } = {
  off: 'only when you ask',
  hourly: 'every hour',
  '6h': 'every six hours',
  daily: 'every day',
  weekly: 'every week, on Monday',
  monthly: 'every month, on the first',
};

const keepWords = ({ last, daily, weekly, monthly, maxBytes }: BackupPolicy['keep']): string =>
  [
    `the last ${String(last)}`,
    ...(daily === 0 ? [] : [formatCount(daily, 'daily one')]),
    ...(weekly === 0 ? [] : [formatCount(weekly, 'weekly one')]),
    ...(monthly === 0 ? [] : [formatCount(monthly, 'monthly one')]),
    ...(maxBytes === null ? [] : [`up to ${formatSize(maxBytes)} together`]),
  ].join(', ');

/** The default holds from the first backup on; only what somebody chose removes anything. */
const notChosen = ({ policy, plan }: Output<'backup.policy'>): string[] => [
  '',
  `Nobody has chosen this yet: it is the default, ${plan.nextAt === null ? 'and begins with the first backup (holdfast backup create)' : 'since the first backup'}.`,
  'All backups are kept until somebody chooses.',
  `Next: holdfast backup policy --every ${policy.every} accepts it as it is; --help tells what can be chosen`,
];

const policyText = ({ policy, chosen, plan, due }: Output<'backup.policy'>, session: Session): string[] => [
  ...facts(
    [
      ['Backups', `${everyWords[policy.every] ?? policy.every}${policy.every === 'off' ? '' : ` at ${policy.at}`}`],
      ['Next', plan.nextAt === null ? null : formatTime(plan.nextAt)],
      ['Kept', chosen ? keepWords(policy.keep) : 'all of them'],
      ['Rehearsal', policy.every === 'off' ? 'only when you ask' : (everyWords[policy.rehearse] ?? policy.rehearse)],
      ['Last proven', plan.rehearsedAt === null ? null : `restorable ${formatWhen(plan.rehearsedAt, session.now)}`],
      [
        'Failed',
        plan.failed === null ? null : printable(`${formatWhen(plan.failed.at, session.now)}: ${plan.failed.problem}`),
      ],
    ],
    session.width,
  ),
  ...(chosen ? [] : notChosen({ policy, chosen, plan, due })),
  ...(chosen && policy.every === 'off' ? ['', 'Next: holdfast backup policy --every daily'] : []),
];

const wholeNumber = (text: string, option: string): Result<number> =>
  /^\d{1,9}$/u.test(text)
    ? ok(Number(text))
    : fail({ type: 'InputInvalid', field: option, problem: `"${text}" is not a whole number` });

const numberOptions = [
  ['keepLast', 'last', '--keep-last'],
  ['keepDaily', 'daily', '--keep-daily'],
  ['keepWeekly', 'weekly', '--keep-weekly'],
  ['keepMonthly', 'monthly', '--keep-monthly'],
] as const;

const megabyte = 1_000_000;

/** What was given, over what is set. The command's own check says what does not fit. */
const changed = (policy: BackupPolicy, options: PolicyOptions): Result<BackupPolicy> => {
  const keep = { ...policy.keep };
  for (const [name, field, option] of numberOptions) {
    const text = options[name];
    if (text === undefined) continue;
    const number = wholeNumber(text, option);
    if (!number.ok) return number;
    keep[field] = number.data;
  }
  if (options.keepMb !== undefined) {
    const number = options.keepMb === 'all' ? ok(0) : wholeNumber(options.keepMb, '--keep-mb');
    if (!number.ok) return number;
    keep.maxBytes = number.data === 0 ? null : number.data * megabyte;
  }
  // Checked by the contract's own schema, which names the words it knows.
  const every = (options.every ?? policy.every) as BackupPolicy['every'];
  const rehearse = (options.rehearse ?? policy.rehearse) as BackupPolicy['rehearse'];
  return ok({ every, at: options.at ?? policy.at, keep, rehearse });
};

const policy = async (session: Session, options: PolicyOptions): Promise<Outcome> => {
  const present = await session.call('backup.policy', {});
  if (!present.ok) return trouble(present);
  if (Object.keys(options).length === 0) return answer(present.data, policyText(present.data, session));
  if (options.every !== undefined && everyWords[options.every] === undefined) {
    const problem = `"${options.every}" is none of ${Object.keys(everyWords).join(', ')}`;
    return trouble(fail({ type: 'InputInvalid', field: '--every', problem }));
  }
  const wanted = changed(present.data.policy, options);
  if (!wanted.ok) return trouble(wanted);
  if (session.dryRun)
    return answer({ ...present.data, dryRun: true, policy: wanted.data }, [
      ...policyText({ ...present.data, chosen: true, policy: wanted.data }, session),
      '',
      'Dry run: nothing was written.',
    ]);
  const result = await session.call('backup.set-policy', { policy: wanted.data, ...session.reason() });
  return result.ok ? answer(result.data, policyText(result.data, session)) : trouble(result);
};

const rehearse = async (session: Session): Promise<Outcome> => {
  const result = await session.call('backup.rehearse', {});
  if (!result.ok) return trouble(result);
  const { path, at, changed: count, differences } = result.data;
  const shown = differences.slice(0, 10).map(({ key, kind, how }) => `  ${how} ${kind} ${printable(key)}`);
  return answer(result.data, [
    `Proven restorable: ${printable(path)} of ${formatWhen(at, session.now)} was decrypted, opened and compared.`,
    count === 0 ? 'Nothing has changed since.' : `${formatCount(count, 'value')} changed since:`,
    ...shown,
    ...(count > shown.length && count > 0 ? [`  and ${String(count - shown.length)} more`] : []),
  ]);
};

const prune = async (session: Session): Promise<Outcome> => {
  const result = await session.call('backup.prune', {
    ...(session.dryRun ? { dryRun: true } : {}),
    ...session.reason(),
  });
  if (!result.ok) return trouble(result);
  const { removed, kept, verified, freedBytes } = result.data;
  return answer(result.data, [
    ...removed.map((one) => `  ${printable(one.path)}  ${formatSize(one.sizeBytes)}`),
    removed.length === 0
      ? `Nothing to remove: ${formatCount(kept.length, 'backup')} kept.`
      : `${session.dryRun ? 'Would remove' : 'Removed'} ${formatCount(removed.length, 'backup')} (${formatSize(freedBytes)}); ${String(kept.length)} kept, ${String(verified)} of them read again and verified.`,
    ...(session.dryRun ? ['Dry run: nothing was removed.'] : []),
  ]);
};

export const addSchedule = (backup: Command, run: Run): void => {
  backup
    .command('policy')
    .description('when backups are made and how many are kept; without options it shows them')
    .option('--every <period>', 'off, hourly, 6h, daily, weekly or monthly, while a window or `serve` is open')
    .option('--at <time>', 'local time, as 14:30')
    .option('--keep-last <number>', 'keep the newest ones')
    .option('--keep-daily <number>', 'and one of each of so many days')
    .option('--keep-weekly <number>', 'and of so many weeks')
    .option('--keep-monthly <number>', 'and of so many months')
    .option('--keep-mb <number>', 'as far as they fit together; `all` for no limit')
    .option('--rehearse <period>', 'off, daily, weekly or monthly: open the newest one for real')
    .action((options: PolicyOptions) => run((session) => policy(session, options)));
  backup
    .command('rehearse')
    .description('open the newest backup for real and compare it with what is live')
    .action(() => run(rehearse));
  backup
    .command('prune')
    .description('remove the backups that the policy does not keep; --dry-run names them')
    .action(() => run(prune));
};
