/** After a migration: `migrate runs`, `migrate proof`, `migrate rollback`, `migrate retire`. What writes shows first what it would do. */
import type { Command } from 'commander';
import type { Output } from '../../contract/commands.ts';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { ok } from '../../contract/result.ts';
import { formatCount, formatWhen, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { Run } from './run.ts';

type Proof = Output<'migration.proof'>;
type Rollback = Output<'migration.rollback'>;
type Retire = Output<'migration.retire'>;

const statusWords: { [status in Proof['files'][number]['status']]: string } = {
  equal: 'the same bytes',
  differs: 'differs',
  locked: 'not provable while locked',
  missing: 'not there',
  unreadable: 'cannot be read',
};

const differenceWords: { [what in Proof['files'][number]['differences'][number]['what']]: string } = {
  changed: 'another value than in Holdfast',
  removed: 'no longer in Holdfast',
  new: 'in the file since the migration',
  added: 'in Holdfast, not in the file',
  text: 'other blanks or comments',
  unwritable: 'this file cannot hold the value',
};

const verificationWords = (verification: JsonValue): string =>
  isJsonObject(verification) && verification['ok'] === true ? 'verified' : 'not verified';

const totalWords = (totals: JsonValue): string =>
  isJsonObject(totals)
    ? Object.entries(totals)
        .filter(([, count]) => count !== 0)
        .map(([action, count]) => `${JSON.stringify(count)} ${action}`)
        .join(', ')
    : '';

const runs = async (session: Session): Promise<Outcome> => {
  const result = await session.call('migration.runs', {});
  if (!result.ok) return trouble(result);
  const rows = result.data.runs.map((run) => [
    formatWhen(run.at, session.now),
    run.runId,
    printable(run.definition),
    totalWords(run.totals),
    verificationWords(run.verification),
    run.backup === null ? 'none' : (run.backup.problem ?? printable(run.backup.path)),
  ]);
  const columns = [
    { title: 'WHEN' },
    { title: 'RUN' },
    { title: 'APPLICATION' },
    { title: 'ITEMS', narrow: 'wrap' as const },
    { title: 'PROOF' },
    { title: 'COPY OF THE FILES', narrow: 'key' as const },
  ];
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(result.data, lines.length === 0 ? ['Nothing was migrated yet.'] : lines);
};

const proofText = (data: Proof, session: Session): string[] => {
  const rows = data.files.map((one) => [
    printable(one.file),
    statusWords[one.status],
    one.problem ?? (one.byText === 0 ? '' : `${formatCount(one.byText, 'value')} kept by the text in the file`),
  ]);
  const details = data.files.flatMap((one) =>
    one.differences.map(
      ({ path, key, line, what }) =>
        `${printable(one.file)}${line === null ? '' : `:${String(line)}`} ${printable(path)}${key === null || key === path ? '' : ` (${printable(key)})`}: ${differenceWords[what]}`,
    ),
  );
  const columns = [
    { title: 'FILE', narrow: 'wrap' as const },
    { title: 'WRITTEN AGAIN FROM HOLDFAST' },
    { title: 'NOTE', narrow: 'wrap' as const },
  ];
  const equal = data.files.filter((one) => one.status === 'equal').length;
  return [
    ...table(columns, rows, session.width, session.io.strong),
    ...(details.length === 0 ? [] : ['', ...details]),
    '',
    data.files.length === 0
      ? 'Nothing was migrated yet.'
      : `${String(equal)} of ${formatCount(data.files.length, 'file')} would come out byte for byte as they are.`,
    ...(data.locked ? ['Unlock the keys to prove the others: give --passphrase-file.'] : []),
  ];
};

const proof = async (session: Session, options: { file?: string }): Promise<Outcome> => {
  const result = await session.call('migration.proof', options);
  return result.ok ? answer(result.data, proofText(result.data, session)) : trouble(result);
};

const mirrorText = ({ dryRun, mirrorsOff }: { dryRun: boolean; mirrorsOff: readonly string[] }): string[] =>
  mirrorsOff.length === 0
    ? []
    : [
        `${dryRun ? 'Holdfast stops writing these files first' : 'Holdfast writes these files no more'}: ${mirrorsOff.map(printable).join(', ')}`,
      ];

const rollbackText = (data: Rollback): string[] => {
  const drifted = data.files.filter((one) => one.drifted).map((one) => printable(one.file));
  const touched = data.files.filter((one) => one.action !== 'unchanged');
  return [
    ...data.files.map(
      (one) => `${printable(one.file)}: ${one.action}${one.drifted ? ', changed outside Holdfast' : ''}`,
    ),
    '',
    data.dryRun
      ? `${formatCount(touched.length, 'file')} would be written from ${printable(data.backup)}.`
      : `${formatCount(touched.length, 'file')} written from ${printable(data.backup)}. Holdfast keeps its values and history (${data.state}).`,
    ...(data.dryRun && drifted.length > 0
      ? [`These were changed outside and would be overwritten: ${drifted.join(', ')}`]
      : []),
    ...mirrorText(data),
    ...(data.saved === null ? [] : [`What lay there before is kept in ${printable(data.saved)}.`]),
    ...(data.dryRun ? ['What lies there now is saved first.'] : []),
  ];
};

const rollback = async (session: Session, run: string | undefined): Promise<Outcome> => {
  const input = run === undefined ? {} : { run };
  const preview = await session.call('migration.rollback', { ...input, dryRun: true });
  if (!preview.ok) return trouble(preview);
  if (session.dryRun) return answer(preview.data, rollbackText(preview.data));
  if (session.globals.yes !== true) session.io.err(rollbackText(preview.data).join('\n'));
  const agreed = await session.confirm('Write these files as they were before the migration?');
  if (!agreed.ok) return trouble(agreed);
  const result = await session.call('migration.rollback', { ...input, ...session.reason() });
  return result.ok ? answer(result.data, rollbackText(result.data)) : trouble(result);
};

type RetireOptions = { force?: boolean; keepSecrets?: boolean; keepEnv?: boolean };

const retireText = (data: Retire): string[] => [
  ...data.checks.map((one) => `${one.met ? 'met  ' : 'UNMET'} ${one.name}: ${printable(one.detail)}`),
  '',
  ...data.files.map((one) => `${printable(one.file)} -> ${printable(one.to)}${one.encrypted ? ' (encrypted)' : ''}`),
  data.files.length === 0
    ? 'No file is left to retire.'
    : data.dryRun
      ? `${formatCount(data.files.length, 'file')} would move. Dry run: nothing was written.`
      : `${formatCount(data.files.length, 'file')} moved. To take it back: holdfast migrate rollback`,
  ...mirrorText(data),
  ...(data.inClear.secrets === 0
    ? []
    : [
        `${formatCount(data.inClear.secrets, 'secret')} still in clear in ${formatCount(data.inClear.files.length, 'file')}: ${data.inClear.files.map(printable).join(', ')}`,
      ]),
];

const retire = async (session: Session, options: RetireOptions): Promise<Outcome> => {
  const preview = await session.call('migration.retire', { ...options, dryRun: true });
  if (!preview.ok) return trouble(preview);
  if (session.dryRun) return answer(preview.data, retireText(preview.data));
  const met = preview.data.checks.every((one) => one.met) || options.force === true;
  if (met && session.globals.yes !== true) session.io.err(retireText(preview.data).join('\n'));
  // Without a yes there is no use in asking for one: the checklist refuses anyway.
  const agreed = met ? await session.confirm('Move these files to deprecated/?') : ok(true);
  if (!agreed.ok) return trouble(agreed);
  const result = await session.call('migration.retire', { ...options, ...session.reason() });
  return result.ok ? answer(result.data, retireText(result.data)) : trouble(result);
};

export const addMigrateAfter = (migrate: Command, run: Run): void => {
  migrate
    .command('runs')
    .description('past migrations, with what each took over and proved')
    .action(() => run((session) => runs(session)));
  migrate
    .command('proof')
    .description(
      'write every migrated file again from the store, in memory, and compare it with the one that lies there',
    )
    .option('--file <file>', 'only this file')
    .action((options: { file?: string }) => run((session) => proof(session, options)));
  migrate
    .command('rollback')
    .description('the files back as they were before a migration, byte for byte (asks, or --yes)')
    .argument('[run]', 'the migration, as migrate runs names it; the newest when not given')
    .action((which: string | undefined) => run((session) => rollback(session, which)));
  migrate
    .command('retire')
    .description('the files to deprecated/, those with secrets as encrypted copies, once the checklist is met')
    .option('--force', 'go on although points are not met; needs --reason')
    .option('--keep-secrets', 'leave files with secrets in clear')
    .option('--keep-env', 'leave .env files where they are')
    .action((options: RetireOptions) => run((session) => retire(session, options)));
};
