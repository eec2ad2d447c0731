/** `status`: what state the home is in and what needs doing. Creates nothing. */
import type { Output } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import type { Found } from '../../contract/home.ts';
import { facts, formatCount, formatSize, formatWhen, paragraph, printable } from '../format.ts';
import { fail, type Failure } from '../../contract/result.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import { candidateLines } from './recovery.ts';
import type { AddCommands } from './run.ts';

type Status = Output<'home.status'>;
type Look = { width: number; now: string; strong: (text: string) => string };

const stateWords: { [state in Status['state']]: string } = {
  NO_DATABASE: 'nothing taken over yet',
  EMPTY_DATABASE: 'a store without any values yet',
  UNCONFIGURED: 'values are there, but required questions are open',
  CONFIGURED: 'ready',
  RUNNING: 'ready, and open in a window or in the browser',
  UPGRADE_NEEDED: 'the store must be upgraded first',
  RECOVERY: 'the store cannot be opened',
};

const nextOf = (status: Status): string | null => {
  if (status.state === 'NO_DATABASE') return 'holdfast migrate --dry-run';
  if (status.state === 'EMPTY_DATABASE' || status.state === 'UNCONFIGURED') return 'holdfast setup';
  return status.lastBackup === null && status.counts.settings > 0 ? 'holdfast backup create' : null;
};

const holds = ({ counts }: Status): string =>
  [
    formatCount(counts.settings, 'setting'),
    formatCount(counts.secrets, 'secret'),
    formatCount(counts.integrations, 'integration'),
    ...(counts.records > 0 ? [formatCount(counts.records, 'record')] : []),
    ...(counts.users > 0 ? [formatCount(counts.users, 'user')] : []),
    formatCount(counts.changes, 'change'),
    formatCount(counts.backups, 'backup'),
  ].join(', ');

const backupWords = (backup: Status['lastBackup'], now: string): string =>
  backup === null
    ? 'none yet'
    : `${formatWhen(backup.at, now)}, ${backup.provenAt === null ? (backup.sealed ? 'sealed, not proven yet' : 'not sealed') : 'proven'} (${printable(backup.path)})`;

const foundWords = (found: Found | null): string | null => {
  const best = found?.definitions.find((one) => one.id === found.definition);
  if (found === null || best === undefined) return null;
  const sources = found.files.filter((file) => file.use === 'source').length;
  return `${best.title} (${best.id}), by what lies here: ${formatCount(sources, 'file')} to take over`;
};

const marks = { info: '-', warning: '!', error: 'x' } as const;

/** The lines people get; `found` only where there is no store yet. */
export const statusText = (status: Status, found: Found | null, { width, now, strong }: Look): string[] => {
  const { store } = status;
  const rows: [string, string | null][] = [
    ['Home', printable(status.home)],
    [
      'Application',
      status.definition === null
        ? foundWords(found)
        : `${status.definitionTitle ?? status.definition} (${status.definition})`,
    ],
    ['State', `${status.state}: ${stateWords[status.state]}`],
    [
      'Store',
      store === null
        ? null
        : `${printable(store.path)}, ${formatSize(store.sizeBytes)} and ${formatSize(store.journalBytes)} of journal, schema ${String(store.schemaVersion)}`,
    ],
    ['Holds', store === null ? null : holds(status)],
    ['Keys', store === null ? null : status.keys],
    ['Last backup', store === null ? null : backupWords(status.lastBackup, now)],
    [
      'Migrated',
      status.migratedAt === null
        ? null
        : `${formatWhen(status.migratedAt, now)}, ${formatCount(status.migratedFiles, 'file')}`,
    ],
    ['Read-only', status.readOnly === null ? null : printable(status.readOnly)],
    [
      'Set aside',
      status.quarantine.files === 0
        ? null
        : `${formatCount(status.quarantine.files, 'file')}, ${formatSize(status.quarantine.sizeBytes)}, in .holdfast/quarantine`,
    ],
    [
      'Drift',
      store === null
        ? null
        : status.drift.length === 0
          ? 'none'
          : status.drift.map((one) => `${printable(one.file)} ${one.status}`).join(', '),
    ],
  ];
  const behind =
    status.filesBehind.length === 0
      ? []
      : paragraph(
          `! ${status.definitionTitle ?? 'The application'} still reads its own files: ${status.filesBehind.map(printable).join(', ')} ${status.filesBehind.length === 1 ? 'does' : 'do'} not have all changes yet.`,
          width,
          '  ',
        );
  const notices = [
    // It has a line of its own above.
    ...status.notices
      .filter((one) => one.id !== 'read-only')
      .flatMap((one) => paragraph(`${marks[one.severity]} ${printable(one.message)}`, width, '  ')),
    ...behind,
  ];
  const next = nextOf(status);
  return [
    ...facts(rows, width),
    ...(notices.length === 0 ? [] : ['', ...notices]),
    ...(next === null ? [] : ['', `Next: ${strong(next)}`]),
  ];
};

const recoverable = new Set<string>(['StoreDamaged', 'StoreFromNewerApp']);

/** Ends with the error's own code; says what else there is, looked into as far as it can be. */
const troubleWithCandidates = async (session: Session, failed: Failure): Promise<Outcome> => {
  const listed = await session.call('recovery.list', {});
  if (!listed.ok || listed.data.candidates.length === 0) return trouble(failed);
  const { candidates } = listed.data;
  if (session.globals.json === true) return trouble(fail({ ...failed.error, candidates } as HoldfastError));
  const opens = candidates.find((one) => one.opens);
  const next = opens === undefined ? 'holdfast recovery list' : `holdfast recovery open ${printable(opens.path)}`;
  // Once is enough: the error itself would list them again, with less.
  return trouble(fail({ ...failed.error, candidates: [] } as HoldfastError), {
    notes: [
      'What can be opened instead:',
      '',
      ...candidateLines(candidates, session),
      '',
      `Next: ${session.io.strong(next)}`,
      '',
    ],
  });
};

const status = async (session: Session) => {
  const result = await session.call('home.status', {});
  if (!result.ok) return recoverable.has(result.error.type) ? troubleWithCandidates(session, result) : trouble(result);
  const found =
    result.data.store === null && session.globals.json !== true ? await session.call('home.find', {}) : null;
  const look = { width: session.width, now: session.now, strong: session.io.strong };
  return answer(result.data, statusText(result.data, found?.ok === true ? found.data : null, look));
};

export const addStatus: AddCommands = (program, run) => {
  program
    .command('status')
    .description('what state the home is in, and what needs doing')
    .action(() => run(status));
};
