/** How change sets, undo and restore read in a terminal: one row a key, old and new beside each other. */
import type { ChangeView } from '../../contract/settings.ts';
import { formatCount, formatSide, paragraph, printable, table, type Column } from '../format.ts';
import type { Session } from '../session.ts';

const columns: Column[] = [
  { title: '' },
  { title: 'KEY', narrow: 'key' },
  { title: 'OLD', narrow: 'wrap' },
  { title: 'NEW', narrow: 'wrap' },
];
const marks = { create: '+', update: '~', delete: '-', unchanged: '=' } as const;

export const changeTable = (changes: readonly ChangeView[], session: Session): string[] =>
  table(
    columns,
    changes.map((change) => [
      marks[change.action],
      printable(change.key),
      formatSide('old', change),
      formatSide('new', change),
    ]),
    session.width,
    session.io.strong,
  );

export type ChangeReport = {
  changeSet: string | null;
  dryRun: boolean;
  changes: readonly ChangeView[];
  restart?: readonly string[];
  notMirrored?: readonly string[] | undefined;
  inactive?: readonly { key: string; reason: string }[] | undefined;
};

/** The table, what became of it, and which keys want a restart of the application. */
export const changeText = (report: ChangeReport, verb: string, session: Session): string[] => {
  const effective = report.changes.filter((change) => change.action !== 'unchanged');
  if (effective.length === 0) return ['Nothing to change: the values are the same.'];
  const end = report.dryRun
    ? `Dry run: ${formatCount(effective.length, 'value')} would change; nothing was written.`
    : `${verb} ${formatCount(effective.length, 'value')} in change set ${report.changeSet ?? '-'}.`;
  const restart = report.restart ?? [];
  const missing = report.notMirrored ?? [];
  return [
    ...changeTable(report.changes, session),
    '',
    end,
    ...(restart.length === 0
      ? []
      : paragraph(`Needs a restart of the application: ${restart.map(printable).join(', ')}`, session.width, '  ')),
    ...(report.inactive ?? []).flatMap(({ key, reason }) =>
      paragraph(`${printable(key)} ${printable(reason)}.`, session.width, '  '),
    ),
    ...(missing.length === 0
      ? []
      : paragraph(
          `The application does not have this change yet: ${missing.map(printable).join(', ')} (holdfast mirror list).`,
          session.width,
          '  ',
        )),
  ];
};
