/** `mirror …`: which legacy files Holdfast goes on writing, how they are, and making one agree with the store again. */
import type { Output } from '../../contract/commands.ts';
import type { DriftFile, DriftValue, Mirror } from '../../contract/mirrors.ts';
import { fail } from '../../contract/result.ts';
import { formatCount, formatValue, formatWhen, paragraph, printable, table, type Column } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { AddCommands, Run } from './run.ts';
import type { Command } from 'commander';

const stateWords: Record<Mirror['state'], string> = {
  'in-step': 'in step',
  behind: 'behind',
  diverged: 'diverged',
  off: 'off',
};

const columns: Column[] = [
  { title: 'FILE', narrow: 'key' },
  { title: 'MIRROR' },
  { title: 'WRITTEN' },
  { title: 'SECRETS' },
  { title: 'WHY', narrow: 'wrap' },
];

const mirrorTable = (mirrors: readonly Mirror[], session: Session): string[] =>
  table(
    columns,
    mirrors.map((one) => [
      printable(one.file),
      stateWords[one.state],
      one.lastWritten === null ? '' : formatWhen(one.lastWritten, session.now),
      one.secrets === 0 ? '' : String(one.secrets),
      one.reason === null ? '' : printable(one.reason),
    ]),
    session.width,
    session.io.strong,
  );

const list = async (session: Session): Promise<Outcome> => {
  const result = await session.call('mirror.list', {});
  if (!result.ok) return trouble(result);
  const { mirrors } = result.data;
  return answer(
    result.data,
    mirrors.length === 0 ? ['There are no legacy files here.'] : mirrorTable(mirrors, session),
  );
};

const dryRunOf = (session: Session): { dryRun?: boolean } => (session.dryRun ? { dryRun: true } : {});

const turn = async (session: Session, file: string, on: boolean): Promise<Outcome> => {
  const input = { file, on, ...dryRunOf(session), ...session.reason() };
  let result = await session.call('mirror.set', { ...input, ...(session.globals.yes === true ? { yes: true } : {}) });
  if (!result.ok && result.error.type === 'CheckUnmet' && session.io.interactive) {
    const agreed = await session.confirm(`${result.error.unmet.map(printable).join('; ')}?`);
    if (!agreed.ok) return trouble(agreed);
    result = await session.call('mirror.set', { ...input, yes: true });
  }
  if (!result.ok) return trouble(result);
  const words = session.dryRun ? `Dry run: ${file} would be ${on ? 'mirrored' : 'mirrored no more'}.` : null;
  return answer(result.data, [
    ...(words === null ? [] : [printable(words)]),
    ...(session.dryRun ? [] : mirrorTable([result.data], session)),
  ]);
};

const ways = ['store', 'file'] as const;

const repairText = (done: Output<'mirror.repair'>, take: string, session: Session): string[] => {
  const { mirror, changes, backup, changeSet } = done;
  const count = formatCount(changes, 'value');
  if (session.dryRun)
    return [`Dry run: ${count} would be taken from ${take === 'store' ? 'Holdfast' : printable(mirror.file)}.`];
  return [
    ...mirrorTable([mirror], session),
    '',
    take === 'store'
      ? `Wrote ${count} into ${printable(mirror.file)}.`
      : `Took ${count} from ${printable(mirror.file)}.`,
    ...(backup === null ? [] : [`The file as it was is kept, encrypted, in ${printable(backup)}.`]),
    ...(changeSet === null ? [] : [`Change set ${changeSet}: holdfast config undo takes it back.`]),
  ];
};

const repair = async (session: Session, file: string, options: { take?: string }): Promise<Outcome> => {
  const listed = await session.call('mirror.list', {});
  if (!listed.ok) return trouble(listed);
  const mirror = listed.data.mirrors.find((one) => one.file === file);
  const diverged = mirror?.state === 'diverged';
  const take = ways.find((one) => one === (options.take ?? (diverged ? null : 'store')));
  if (take === undefined) {
    const problem =
      options.take === undefined ? `${file} was changed outside Holdfast: say store or file` : 'it is store or file';
    return trouble(fail({ type: 'InputInvalid', field: '--take', problem }));
  }
  if (diverged && !session.dryRun) {
    const question =
      take === 'store'
        ? `Write Holdfast’s values over those of ${printable(file)}? An encrypted copy is kept.`
        : `Take the values of ${printable(file)} over into Holdfast?`;
    const agreed = await session.confirm(question);
    if (!agreed.ok) return trouble(agreed);
  }
  const result = await session.call('mirror.repair', { file, take, ...dryRunOf(session), ...session.reason() });
  return result.ok ? answer(result.data, repairText(result.data, take, session)) : trouble(result);
};

const sideText = (value: DriftValue, side: 'base' | 'inFile' | 'inStore'): string => {
  const shown = value[side];
  if (value.secret) return side === 'inFile' || side in value ? '(secret)' : '-';
  return shown === undefined ? '-' : formatValue(shown, false, true);
};

const driftRows = (one: DriftFile, session: Session): string[] => {
  const words = { changed: 'changed', removed: 'removed', added: 'new', unreadable: 'not readable any more' }[
    one.status
  ];
  const head = `${printable(one.file)}: ${words}${one.mirrored ? ' (mirrored)' : ''}`;
  if (one.problem !== null) return [head, ...paragraph(printable(one.problem), session.width, '  ')];
  if (one.values.length === 0) return [head];
  const rows = one.values.map((value) => [
    printable(value.path),
    sideText(value, 'base'),
    sideText(value, 'inFile'),
    sideText(value, 'inStore'),
    value.action,
    value.reason === null ? '' : printable(value.reason),
  ]);
  const titles: Column[] = [
    { title: 'PATH', narrow: 'key' },
    { title: 'WAS', narrow: 'wrap' },
    { title: 'FILE', narrow: 'wrap' },
    { title: 'HOLDFAST', narrow: 'wrap' },
    { title: 'IMPORT' },
    { title: 'WHY', narrow: 'wrap' },
  ];
  return [head, ...table(titles, rows, session.width, session.io.strong)];
};

const drift = async (session: Session, file: string | undefined): Promise<Outcome> => {
  const result = await session.call('migration.drift', file === undefined ? {} : { file });
  if (!result.ok) return trouble(result);
  const { files } = result.data;
  if (files.length === 0) return answer(result.data, ['No legacy file was changed outside Holdfast.']);
  const lines = files.flatMap((one, i) => [...(i === 0 ? [] : ['']), ...driftRows(one, session)]);
  return answer(result.data, [...lines, '', 'Next: holdfast migrate takes over what changed.']);
};

/** `migrate drift`, beside the other commands of `migrate`. */
export const addDrift = (migrate: Command, run: Run): void => {
  migrate
    .command('drift')
    .description('what was changed in legacy files outside Holdfast, and what importing it would do')
    .argument('[file]')
    .action((file: string | undefined) => run((session) => drift(session, file)));
};

export const addMirror: AddCommands = (program, run) => {
  const mirror = program
    .command('mirror')
    .description('legacy files that Holdfast goes on writing for the application');
  mirror
    .command('list')
    .description('every legacy file: mirrored or not, in step, behind or diverged')
    .action(() => run((session) => list(session)));
  mirror
    .command('on')
    .description('write every change of its values into a legacy file; its secrets stand there in clear')
    .argument('<file>')
    .action((file: string) => run((session) => turn(session, file, true)));
  mirror
    .command('off')
    .description('leave a legacy file as it is from now on')
    .argument('<file>')
    .action((file: string) => run((session) => turn(session, file, false)));
  mirror
    .command('repair')
    .description('make a mirrored file and Holdfast agree again')
    .argument('<file>')
    .option('--take <side>', 'whose values count where they differ: store or file')
    .action((file: string, options: { take?: string }) => run((session) => repair(session, file, options)));
};
