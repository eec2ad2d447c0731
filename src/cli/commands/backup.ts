/** `backup …`: make, list, prove, restore. A restore shows what it would change before it asks. */
import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Credential } from '../../core/context.ts';
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { readSecretFile } from '../credential.ts';
import { facts, formatCount, formatSize, formatTime, formatWhen, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import { addSchedule } from './backup-schedule.ts';
import { changeTable } from './changes.ts';
import { collect, type AddCommands, type Run } from './run.ts';

type KeyOptions = { backupPassphraseFile?: string };
type CreateOptions = { output?: string; passphrase?: boolean; backupPassphraseFile?: string; ifDue?: boolean };
type RestoreOptions = KeyOptions & { only?: string[]; remap?: string[] };
type BackupRef = Input<'backup.verify'>['backup'];
type Restore = Output<'backup.restore'>;

/** Where backups go by themselves; shown once instead of before each name. */
const ownFolder = '.holdfast/backups/';

const proofWords = (
  backup: { sealed: boolean; provenAt: string | null; error?: string | null },
  now: string,
): string =>
  backup.error !== undefined && backup.error !== null
    ? printable(backup.error)
    : backup.provenAt !== null
      ? `proven ${formatWhen(backup.provenAt, now)}`
      : backup.sealed
        ? 'sealed, to be proven'
        : 'not sealed';

const countWords = (counts: { [kind: string]: number } | null): string =>
  counts === null
    ? ''
    : Object.entries(counts)
        .map(([kind, count]) => `${String(count)} ${printable(kind)}`)
        .join(', ');

const backupPassphrase = async (session: Session, options: CreateOptions): Promise<Result<string | null>> => {
  if (options.backupPassphraseFile !== undefined)
    return readSecretFile(options.backupPassphraseFile, session.io.cwd, '--backup-passphrase-file');
  if (options.passphrase !== true) return ok(null);
  if (session.io.interactive) {
    const first = await session.io.prompts.secret('A passphrase for this backup');
    const second = first === null || first === '' ? null : await session.io.prompts.secret('The same once more');
    if (first === null || second === null) return fail({ type: 'Cancelled', what: 'The backup' });
    return first === second
      ? ok(first)
      : fail({ type: 'InputInvalid', field: 'The passphrase', problem: 'the two are not the same' });
  }
  const own = session.passphrase();
  if (!own.ok || own.data !== null) return own;
  return fail({
    type: 'SecretsLocked',
    what: 'The backup needs a passphrase',
    choices: ['--backup-passphrase-file FILE', '--passphrase-file FILE', 'run it in a terminal to be asked'],
  });
};

/** A new file, or with `--yes` one that is replaced; never a folder. */
const checkOutput = (session: Session, output: string): Result<string> => {
  const path = resolve(session.io.cwd, output);
  if (!existsSync(path)) return ok(path);
  const problem = statSync(path).isDirectory()
    ? `${output} is a folder; name a file in it`
    : session.globals.yes === true
      ? null
      : `${output} exists already; take another name, or replace it with --yes`;
  return problem === null ? ok(path) : fail({ type: 'InputInvalid', field: '--output', problem });
};

const planCreate = async (session: Session, options: CreateOptions): Promise<Outcome> => {
  const status = await session.call('home.status', {});
  if (!status.ok) return trouble(status);
  if (status.data.store === null) return trouble(fail({ type: 'NotFound', what: 'store', name: status.data.home }));
  const keys = await session.call('secret.status', {});
  if (!keys.ok) return trouble(keys);
  const byPassphrase = options.passphrase === true || options.backupPassphraseFile !== undefined;
  const data = {
    dryRun: true,
    path: options.output ?? null,
    key: byPassphrase ? 'passphrase' : 'recovery',
    recipient: byPassphrase ? null : keys.data.recipient,
    counts: status.data.counts,
  };
  return answer(data, [
    `Would back up ${countWords(data.counts)} to ${options.output ?? ownFolder}, opened by ${byPassphrase ? 'a passphrase' : 'the recovery key'}.`,
    'Dry run: nothing was written.',
  ]);
};

/** Without a recovery code only `keys.json` leads to the backup's key: a lost disk takes both. */
const openedBy = async (session: Session, key: Output<'backup.create'>['key']): Promise<string[]> => {
  if (key === 'passphrase') return ['Opens with its passphrase.'];
  const keys = await session.call('secret.status', {});
  if (!keys.ok) return ['Opens with the keys of this home.'];
  if (keys.data.slots.some((slot) => slot.kind === 'recovery'))
    return ['Opens with the keys of this home, or with its recovery code.'];
  return [
    'Opens with the keys of this home only: without its .holdfast/keys.json nothing opens it.',
    'Next: holdfast secret add-slot recovery --recovery-code-out FILE, for the backups made from then on',
  ];
};

const create = async (session: Session, options: CreateOptions): Promise<Outcome> => {
  const target = options.output === undefined ? null : checkOutput(session, options.output);
  if (target?.ok === false) return trouble(target);
  if (session.dryRun) return planCreate(session, options);
  const passphrase = await backupPassphrase(session, options);
  if (!passphrase.ok) return trouble(passphrase);
  const handle = target === null ? null : await session.file(target.data, 'write');
  if (handle?.ok === false) return trouble(handle);
  const result = await session.call('backup.create', {
    ...(handle === null ? {} : { output: handle.data }),
    ...(passphrase.data === null ? {} : { passphrase: passphrase.data }),
    ...(options.ifDue === true ? { ifDue: true } : {}),
    ...session.reason(),
  });
  if (!result.ok) return trouble(result);
  const one = result.data;
  if (!one.made)
    return answer(one, [`Not due: the newest is ${printable(one.path)} of ${formatWhen(one.at, session.now)}.`]);
  return answer(one, [
    `Backed up to ${printable(one.path)} (${formatSize(one.sizeBytes)}, ${proofWords(one, session.now)}).`,
    ...(one.counts === null ? [] : [`Holds ${countWords(one.counts)}.`]),
    ...(await openedBy(session, one.key)),
  ]);
};

/** In a list: one saved elsewhere is only known to have been there. */
const stateWords = (one: Output<'backup.list'>['backups'][number], now: string): string => {
  const proof = one.error === null && one.provenAt !== null ? 'proven' : proofWords(one, now);
  return one.elsewhere === null || one.elsewhere.there
    ? proof
    : `${proof}; last seen ${formatWhen(one.elsewhere.seenAt, now)}`;
};

const list = async (session: Session): Promise<Outcome> => {
  const result = await session.call('backup.list', {});
  if (!result.ok) return trouble(result);
  const rows = result.data.backups.map((one) => [
    formatWhen(one.at, session.now),
    one.kind === 'legacy' ? 'legacy files' : 'store',
    formatSize(one.sizeBytes),
    one.key,
    stateWords(one, session.now),
    printable(one.path.startsWith(ownFolder) ? one.path.slice(ownFolder.length) : one.path),
  ]);
  const columns = [
    { title: 'WHEN' },
    { title: 'KIND' },
    { title: 'SIZE', align: 'right' as const },
    { title: 'KEY' },
    { title: 'PROOF', narrow: 'wrap' as const },
    { title: 'FILE', narrow: 'key' as const },
  ];
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(
    result.data,
    lines.length === 0
      ? ['No backups yet.', '', 'Next: holdfast backup create']
      : [...lines, '', `Names without a folder lie in ${ownFolder}`],
  );
};

/**
 * FILE as people write it: a path from here, a path as `backup list` prints it, or only its name. One that lies in the
 * home's own backup folder goes by its listed path, any other as an opened file.
 */
export const backupRef = async (session: Session, name: string): Promise<Result<BackupRef>> => {
  const home = await session.home();
  if (!home.ok) return home;
  const backups = join(home.data, '.holdfast', 'backups');
  const path = [resolve(session.io.cwd, name), resolve(home.data, name), join(backups, name)].find((one) =>
    existsSync(one),
  );
  if (path === undefined) return fail({ type: 'NotFound', what: 'backup', name });
  const inside = relative(backups, path);
  if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return ok({ path: relative(home.data, path) });
  const handle = await session.file(path, 'read');
  return handle.ok ? ok({ file: handle.data }) : handle;
};

const credentialOf = (session: Session, options: KeyOptions): Result<Credential | null> => {
  if (options.backupPassphraseFile !== undefined && session.globals.recoveryCodeFile !== undefined)
    return fail({ type: 'Usage', message: 'Give --backup-passphrase-file or --recovery-code-file, not both.' });
  if (options.backupPassphraseFile !== undefined) {
    const text = readSecretFile(options.backupPassphraseFile, session.io.cwd, '--backup-passphrase-file');
    return text.ok ? ok({ passphrase: text.data }) : text;
  }
  const code = session.recoveryCode();
  if (!code.ok) return code;
  return ok(code.data === null ? null : { recoveryCode: code.data });
};

const whichBackup = async (session: Session, name: string, options: KeyOptions) => {
  const credential = credentialOf(session, options);
  if (!credential.ok) return credential;
  const backup = await backupRef(session, name);
  if (!backup.ok) return backup;
  return ok({ backup: backup.data, ...(credential.data === null ? {} : { credential: credential.data }) });
};

const verify = async (session: Session, name: string, options: KeyOptions): Promise<Outcome> => {
  const which = await whichBackup(session, name, options);
  if (!which.ok) return trouble(which);
  const result = await session.call('backup.verify', which.data);
  if (!result.ok) return trouble(result);
  const one = result.data;
  return answer(
    one,
    facts(
      [
        ['Backup', printable(one.path)],
        ['Proof', one.proven ? 'proven: decrypted, opened and counted' : one.sealed ? 'sealed' : 'not sealed'],
        ['Made', formatTime(one.at)],
        ['Size', formatSize(one.sizeBytes)],
        ['Of', `${printable(one.home)}${one.definition === null ? '' : ` (${printable(one.definition)})`}`],
        ['Holds', countWords(one.counts)],
        ['Parts', one.parts.map((part) => `${printable(part.name)} ${formatSize(part.sizeBytes)}`).join(', ')],
        ['Audit head', one.auditHead],
      ],
      session.width,
    ),
  );
};

/** What was the other machine's: named so that it can be given another value. */
const machineText = ({ machine, dryRun }: Restore): string[] =>
  machine.length === 0
    ? []
    : [
        'Not as on the machine it was made on:',
        ...machine.map(({ key, problem }) => `  ${key === '' ? '' : `${printable(key)}: `}${problem}`),
        ...(dryRun && machine.some(({ key }) => key !== '') ? ['Give another value with --remap KEY=VALUE.'] : []),
        '',
      ];

/** KEY=VALUE; a value may hold further equals signs. */
const remapOf = (words: readonly string[] | undefined): Result<{ [key: string]: string }> => {
  const pairs = (words ?? []).map((word) => /^([^=]+)=(.*)$/su.exec(word));
  if (pairs.some((pair) => pair === null))
    return fail({ type: 'Usage', message: '--remap takes KEY=VALUE, as --remap server.port=8081.' });
  return ok(Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''])));
};

const restoreText = (data: Restore, session: Session): string[] => {
  const { add, update, delete: removed, same } = data.totals;
  const newer = data.changes.filter(({ since }) => since !== null).length;
  const sums = `${String(add)} added, ${String(update)} updated, ${String(removed)} deleted, ${String(same)} the same`;
  return [
    ...changeTable(data.changes, session),
    ...(data.changes.length === 0 ? [] : ['']),
    ...machineText(data),
    ...(newer === 0 ? [] : [`Changed here after the backup was made: ${formatCount(newer, 'value')}.`]),
    `${data.dryRun ? 'Would restore' : 'Restored'} ${printable(data.path)} of ${formatTime(data.at)}: ${sums}.`,
    ...(data.safetyBackup === null ? [] : [`The present values were backed up first: ${printable(data.safetyBackup)}`]),
    data.dryRun ? 'Dry run: nothing was written.' : 'To take it back: holdfast backup undo-restore',
  ];
};

const restore = async (session: Session, name: string, options: RestoreOptions): Promise<Outcome> => {
  const which = await whichBackup(session, name, options);
  if (!which.ok) return trouble(which);
  const remap = remapOf(options.remap);
  if (!remap.ok) return trouble(remap);
  const input = {
    ...which.data,
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.remap === undefined ? {} : { remap: remap.data }),
  };
  if (session.dryRun) {
    const preview = await session.call('backup.restore', { ...input, dryRun: true });
    return preview.ok ? answer(preview.data, restoreText(preview.data, session)) : trouble(preview);
  }
  if (session.globals.yes !== true && session.io.interactive) {
    const preview = await session.call('backup.restore', { ...input, dryRun: true });
    if (!preview.ok) return trouble(preview);
    session.io.err(restoreText(preview.data, session).join('\n'));
  }
  const agreed = await session.confirm('Replace the present values by those of the backup?');
  if (!agreed.ok) return trouble(agreed);
  const result = await session.call('backup.restore', { ...input, ...session.reason() });
  return result.ok ? answer(result.data, restoreText(result.data, session)) : trouble(result);
};

const undoRestore = async (session: Session): Promise<Outcome> => {
  const sure = session.dryRun ? ok(true) : await session.confirm('Take the newest restore back?');
  if (!sure.ok) return trouble(sure);
  const result = await session.call('backup.undo-restore', {
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  if (!result.ok) return trouble(result);
  const changed = formatCount(result.data.changes.length, 'value');
  return answer(result.data, [
    ...changeTable(result.data.changes, session),
    '',
    result.data.dryRun
      ? `Dry run: ${changed} would go back; nothing was written.`
      : `Took the restore back: ${changed}.`,
  ]);
};

const keyed = (command: Command): Command =>
  command.option('--backup-passphrase-file <file>', 'the passphrase of this backup');

const addOpening = (backup: Command, run: Run): void => {
  keyed(
    backup
      .command('verify')
      .description('decrypt a backup, open it and count what it holds')
      .argument('<file>', 'a path, or a name of `backup list`'),
  ).action((name: string, options: KeyOptions) => run((session) => verify(session, name, options)));
  keyed(
    backup
      .command('restore')
      .description('replace the present values by those of a backup; --dry-run shows the differences')
      .argument('<file>', 'a path, or a name of `backup list`')
      .option(
        '--only <prefix>',
        'only settings at or under this key, or PART/NAME: record/customers, user/alice; may be repeated',
        collect,
      )
      .option('--remap <key=value>', 'another value for a setting of the backup; may be repeated', collect),
  ).action((name: string, options: RestoreOptions) => run((session) => restore(session, name, options)));
};

export const addBackup: AddCommands = (program, run) => {
  const backup = program.command('backup').description('encrypted copies of the store, proven to open');
  backup
    .command('create')
    .description('make a backup and prove it')
    .option('--output <file>', 'where to; else .holdfast/backups/ of the home')
    .option('--passphrase', 'protect it with a passphrase (asked for) instead of the recovery key')
    .option('--backup-passphrase-file <file>', 'protect it with the passphrase in this file')
    .option('--if-due', 'only when the schedule of `backup policy` says so; for cron and systemd timers')
    .action((options: CreateOptions) => run((session) => create(session, options)));
  backup
    .command('list')
    .description('the backups of this home')
    .action(() => run(list));
  addOpening(backup, run);
  addSchedule(backup, run);
  backup
    .command('undo-restore')
    .description('take the newest restore back')
    .action(() => run(undoRestore));
};
