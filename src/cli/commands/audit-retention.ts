/** `audit retention`, `audit prune`: how much of the past is kept, and removing what is beyond, which is always shown first. */
import type { Command } from 'commander';
import type { HistoryLimits } from '../../contract/audit.ts';
import type { Output } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import { facts, formatCount, formatTime, formatWhen, printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseWhole } from '../parse-value.ts';
import type { Session } from '../session.ts';
import type { Run } from './run.ts';

type Options = { keepVersions?: string; keepDays?: string };

const limit = (
  text: string | undefined,
  option: string,
  most: number,
  present: number | null,
): Result<number | null> => {
  if (text === undefined) return ok(present);
  return text === 'all' ? ok(null) : parseWhole(text, option, 1, most);
};

const changed = (present: HistoryLimits, options: Options): Result<HistoryLimits> => {
  const keepVersions = limit(options.keepVersions, '--keep-versions', 1_000_000, present.keepVersions);
  if (!keepVersions.ok) return keepVersions;
  const keepDays = limit(options.keepDays, '--keep-days', 36_500, present.keepDays);
  return keepDays.ok ? ok({ keepVersions: keepVersions.data, keepDays: keepDays.data }) : keepDays;
};

const text = ({ limits, last }: Output<'audit.retention'>, session: Session): string[] => [
  ...facts(
    [
      ['Versions', limits.keepVersions === null ? 'all' : `the newest ${String(limits.keepVersions)} of each value`],
      ['Log', limits.keepDays === null ? 'all of it' : formatCount(limits.keepDays, 'day')],
      [
        'Removed',
        last === null
          ? 'nothing yet'
          : `${formatCount(last.entries, 'entry', 'entries')} by ${printable(last.actor)}, ${formatWhen(last.at, session.now)}`,
      ],
    ],
    session.width,
  ),
  '',
  limits.keepVersions === null && limits.keepDays === null
    ? 'Everything is kept.'
    : 'Next: holdfast --dry-run audit prune',
];

const retention = async (session: Session, options: Options): Promise<Outcome> => {
  const present = await session.call('audit.retention', {});
  if (!present.ok) return trouble(present);
  if (Object.keys(options).length === 0) return answer(present.data, text(present.data, session));
  const limits = changed(present.data.limits, options);
  if (!limits.ok) return trouble(limits);
  if (session.dryRun)
    return answer({ ...present.data, dryRun: true, limits: limits.data }, [
      ...text({ ...present.data, limits: limits.data }, session),
      'Dry run: nothing was written.',
    ]);
  const result = await session.call('audit.set-retention', { limits: limits.data, ...session.reason() });
  return result.ok ? answer(result.data, text(result.data, session)) : trouble(result);
};

type Preview = Output<'audit.prune'>;

const keptWords: { [name in keyof Preview['kept']]: string } = {
  limits: 'within the limits',
  young: 'not a day old',
  live: 'of live values',
  named: 'of named versions and trials',
  imported: 'of imported values',
  log: 'needed by the log itself',
};

const previewText = ({ removed, kept, undoLost }: Preview): string[] => {
  const staying = (Object.keys(keptWords) as (keyof Preview['kept'])[]).filter((name) => kept[name] > 0);
  if (removed.entries === 0 || removed.since === null || removed.until === null)
    return ['Nothing lies beyond the limits.'];
  return [
    `${formatCount(removed.entries, 'entry', 'entries')} of ${formatTime(removed.since)} to ${formatTime(removed.until)}, with ${formatCount(removed.versions, 'version')} and ${formatCount(removed.changeSets, 'change set')}`,
    `Kept: ${staying.map((name) => `${String(kept[name])} ${keptWords[name]}`).join(', ')}`,
    ...(undoLost === 0 ? [] : [`Undo ends there: ${formatCount(undoLost, 'change')} can no longer be undone.`]),
  ];
};

const prune = async (session: Session): Promise<Outcome> => {
  const preview = await session.call('audit.prune', { dryRun: true });
  if (!preview.ok) return trouble(preview);
  if (session.dryRun || preview.data.removed.entries === 0)
    return answer(preview.data, [
      ...previewText(preview.data),
      ...(session.dryRun ? ['Dry run: nothing was removed.'] : []),
    ]);
  const sure = await session.confirm(
    `${previewText(preview.data).join('\n')}\nThis cannot be taken back, except from a backup. Remove them?`,
  );
  if (!sure.ok) return trouble(sure);
  const result = await session.call('audit.prune', session.reason());
  if (!result.ok) return trouble(result);
  return answer(result.data, [`Removed ${previewText(result.data).join('\n')}`]);
};

export const addRetention = (audit: Command, run: Run): void => {
  audit
    .command('retention')
    .description('how much of the past is kept; without options it shows it')
    .option('--keep-versions <number>', 'the newest ones of each value; `all` for no limit')
    .option('--keep-days <number>', 'entries and versions of so many days; `all` for no limit')
    .action((options: Options) => run((session) => retention(session, options)));
  audit
    .command('prune')
    .description('remove what is beyond the limits; --dry-run shows what would go and what stays')
    .action(() => run(prune));
};
