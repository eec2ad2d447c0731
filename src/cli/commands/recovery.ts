/**
 * `recovery list|open|reopen`: a store that cannot be opened. Lists what there is, makes one of those the store after a
 * yes, and never throws anything away.
 */
import type { FoundCandidate } from '../../contract/recovery.ts';
import { formatCount, formatSize, formatWhen, paragraph, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

const lacks = ({ opens, kind, lacksSaves }: FoundCandidate): string => {
  if (!opens) return '-';
  if (lacksSaves === null) return kind === 'backup' ? 'all since then' : '?';
  return lacksSaves === 0 ? 'nothing' : formatCount(lacksSaves, 'save');
};

const holds = ({ counts }: FoundCandidate): string =>
  counts === null
    ? '?'
    : Object.entries(counts)
        .filter(([name, n]) => n > 0 || name === 'settings')
        .map(([name, n]) => `${String(n)} ${name}`)
        .join(', ');

const said = (one: FoundCandidate): string => {
  const differs = one.differs === null || one.differs === 0 ? '' : `; ${formatCount(one.differs, 'value')} differ`;
  return printable(one.problem === null ? `${one.detail}${differs}` : `${one.detail}: ${one.problem}`);
};

/** The candidates as a table. */
export const candidateLines = (
  candidates: readonly FoundCandidate[],
  { width, now, io }: Pick<Session, 'width' | 'now' | 'io'>,
): string[] =>
  table(
    [
      { title: 'CANDIDATE', narrow: 'key' as const },
      { title: 'LAST CHANGE' },
      { title: 'SIZE', align: 'right' as const },
      { title: 'OPENS' },
      { title: 'LACKS' },
      { title: 'HOLDS', narrow: 'wrap' as const },
      { title: 'WHAT IT IS', narrow: 'wrap' as const },
    ],
    candidates.map((one) => [
      printable(one.path),
      one.at === null ? '?' : formatWhen(one.at, now),
      formatSize(one.sizeBytes),
      one.opens ? 'yes' : 'no',
      lacks(one),
      holds(one),
      said(one),
    ]),
    width,
    io.strong,
  );

const list = async (session: Session): Promise<Outcome> => {
  const result = await session.call('recovery.list', {});
  if (!result.ok) return trouble(result);
  const { problem, candidates, quarantine } = result.data;
  const opens = candidates.find((one) => one.opens);
  return answer(result.data, [
    ...paragraph(
      problem === null ? 'The store opens: nothing needs to be recovered.' : printable(problem),
      session.width,
    ),
    ...(candidates.length === 0 ? [] : ['', ...candidateLines(candidates, session)]),
    ...(quarantine.files === 0
      ? []
      : [
          '',
          `Set aside in .holdfast/quarantine: ${formatCount(quarantine.files, 'file')}, ${formatSize(quarantine.sizeBytes)}`,
        ]),
    ...(problem === null || opens === undefined
      ? []
      : ['', `Next: ${session.io.strong(`holdfast recovery open ${printable(opens.path)}`)}`]),
  ]);
};

const open = async (session: Session, candidate: string): Promise<Outcome> => {
  const looked = await session.call('recovery.open', { candidate, dryRun: true });
  if (!looked.ok) return trouble(looked);
  const { setAside, differences, quarantine } = looked.data;
  const what = [
    `${printable(looked.data.candidate.path)}: ${said(looked.data.candidate)}`,
    `Lacks: ${lacks(looked.data.candidate)}`,
    ...differences.map((one) => `  ${one.how.padEnd(7)}  ${one.kind} ${printable(one.key)}`),
    `Set aside in ${printable(quarantine)}, nothing is deleted:`,
    ...setAside.map((one) => `  ${printable(one.file)}  ${formatSize(one.sizeBytes)}`),
  ];
  if (session.dryRun) return answer(looked.data, what);
  for (const line of session.globals.json === true ? [] : what) session.io.err(line);
  const sure = await session.confirm('Make this the store?');
  if (!sure.ok) return trouble(sure);
  const done = await session.call('recovery.open', { candidate });
  if (!done.ok) return trouble(done);
  return answer(done.data, [
    `${printable(candidate)} is the store now. ${formatCount(done.data.setAside.length, 'file')} set aside in ${printable(quarantine)}.`,
    '',
    `Next: ${session.io.strong('holdfast status')}`,
  ]);
};

const reopen = async (session: Session): Promise<Outcome> => {
  const result = await session.call('recovery.reopen', {});
  if (!result.ok) return trouble(result);
  const { readOnly } = result.data;
  return answer(result.data, [
    readOnly === null ? 'Opened again: this home can be changed.' : `Still read-only: ${printable(readOnly)}.`,
  ]);
};

export const addRecovery: AddCommands = (program, run) => {
  const recovery = program.command('recovery').description('a store that cannot be opened, or that stopped writing');
  recovery
    .command('list')
    .description('what can be opened instead: age, size, what it holds and what it lacks')
    .action(() => run(list));
  recovery
    .command('open')
    .description('make a candidate the store; the present files are set aside, never deleted (asks, or --yes)')
    .argument('<candidate>', 'as recovery list names it')
    .action((candidate: string) => run((session) => open(session, candidate)));
  recovery
    .command('reopen')
    .description('read the files again after the store stopped writing')
    .action(() => run(reopen));
};
