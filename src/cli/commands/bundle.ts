/** `bundle …` and `template …`: share settings, integrations and records between homes. Secrets only with a passphrase. */
import type { Command } from 'commander';
import type { BundlePart } from '../../contract/bundles.ts';
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { readSecretFile } from '../credential.ts';
import { withReason } from '../critical.ts';
import { formatCount, formatTime, formatValue, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';
import { collect, type AddCommands, type Run } from './run.ts';

type Only = { only?: string[]; title?: string; part?: string[] };
type Secrets = { bundlePassphraseFile?: string };
type ExportOptions = Only & Secrets & { includeSecrets?: boolean; template?: string };
type SaveOptions = Only & { replace?: boolean; from?: string };
type Mode = { merge?: boolean; replace?: boolean; create?: boolean };
type ImportOptions = Mode & Secrets & { withoutSecrets?: boolean };

const passphraseOption = [
  '--bundle-passphrase-file <file>',
  'the passphrase of the secrets in it, else that of --passphrase-file',
] as const;

const typedTwice = async (session: Session): Promise<Result<string>> => {
  const { prompts } = session.io;
  const first = await prompts.secret('A passphrase for the secrets in the bundle');
  const second = first === null || first === '' ? null : await prompts.secret('The same once more');
  if (first === null || second === null) return fail({ type: 'Cancelled', what: 'The export' });
  return first === second
    ? ok(first)
    : fail({ type: 'InputInvalid', field: 'The passphrase', problem: 'the two are not the same' });
};

/** Of the bundle, else of the home; null when neither is given. */
const givenPassphrase = (session: Session, options: Secrets): Result<string | null> =>
  options.bundlePassphraseFile === undefined
    ? session.passphrase()
    : readSecretFile(options.bundlePassphraseFile, session.io.cwd, '--bundle-passphrase-file');

const exportPassphrase = async (session: Session, options: ExportOptions): Promise<Result<string | null>> => {
  if (options.includeSecrets !== true)
    return options.bundlePassphraseFile === undefined
      ? ok(null)
      : fail({ type: 'Usage', message: 'Give --include-secrets with --bundle-passphrase-file.' });
  // A person may take another one than the home's.
  if (options.bundlePassphraseFile === undefined && session.io.interactive) return typedTwice(session);
  const given = givenPassphrase(session, options);
  if (!given.ok || given.data !== null) return given;
  return fail({
    type: 'SecretsLocked',
    what: 'Secrets go into a bundle only under a passphrase',
    choices: ['--bundle-passphrase-file FILE', '--passphrase-file FILE', 'run it in a terminal to be asked'],
  });
};

const limited = ({ only, title, part }: Only) => ({
  // The contract refuses other words.
  ...(part === undefined ? {} : { parts: part as BundlePart[] }),
  ...(only === undefined ? {} : { only }),
  ...(title === undefined ? {} : { title }),
});

type Facts = Output<'bundle.export'>;

const contents = ({ counts }: Pick<Facts, 'counts'>): string =>
  [
    formatCount(counts.settings, 'setting'),
    formatCount(counts.integrations, 'integration'),
    formatCount(counts.records, 'record'),
    ...(counts.secrets === 0 ? [] : [`${formatCount(counts.secrets, 'secret')} (encrypted)`]),
  ].join(', ');

const leftLines = (left: readonly { key: string; problem: string }[]): string[] =>
  left.map((one) => `  left out: ${printable(one.key)}: ${printable(one.problem)}`);

const written = (data: Facts): string[] => [
  `${data.dryRun ? 'Dry run: would write' : 'Wrote'} ${contents(data)} to ${printable(data.path)}.`,
  ...leftLines(data.leftOut),
];

const exportBundle = async (session: Session, path: string, options: ExportOptions): Promise<Outcome> => {
  const passphrase = await exportPassphrase(session, options);
  if (!passphrase.ok) return trouble(passphrase);
  const file = await session.file(path, 'write');
  if (!file.ok) return trouble(file);
  const result = await session.call('bundle.export', {
    file: file.data,
    ...limited(options),
    ...(options.template === undefined ? {} : { template: options.template }),
    ...(passphrase.data === null ? {} : { passphrase: passphrase.data }),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  return result.ok ? answer(result.data, written(result.data)) : trouble(result);
};

const showBundle = async (session: Session, path: string): Promise<Outcome> => {
  const file = await session.file(path, 'read');
  if (!file.ok) return trouble(file);
  const result = await session.call('bundle.show', { file: file.data });
  if (!result.ok) return trouble(result);
  const { data } = result;
  const rows = Object.entries(data.settings).map(([key, value]) => [printable(key), formatValue(value, false)]);
  const columns = [
    { title: 'KEY', narrow: 'key' as const },
    { title: 'VALUE', narrow: 'cut' as const },
  ];
  const of = data.definition === null ? '' : ` of ${printable(data.definition.title)}`;
  const at = Number.isNaN(Date.parse(data.made)) ? '' : `, made ${formatTime(data.made)}`;
  const { integrations, records } = data;
  return answer(data, [
    `${data.title === null ? 'A bundle' : `"${printable(data.title)}"`}${of}${at}: ${contents(data)}.`,
    '',
    ...table(columns, rows, session.width, session.io.strong),
    ...integrations.map(
      (one) => `integration ${printable(one.id)} (${printable(one.type)}), ${one.enabled ? 'enabled' : 'disabled'}`,
    ),
    ...Object.entries(records).map(([name, count]) => `${formatCount(count, 'record')} of ${printable(name)}`),
    ...leftLines(data.leftOut),
  ]);
};

type Imported = Output<'bundle.import'>;

const importText = (session: Session, data: Imported): string[] => [
  ...data.notes.map(printable),
  ...changeText(data, 'Imported', session),
  ...leftLines(data.left),
  ...(data.unknown.length === 0
    ? []
    : [`  ${formatCount(data.unknown.length, 'key')} not known here: --create takes them too`]),
  ...data.conflicts.map(
    (one) => `  set here since: ${printable(one.key)} by ${printable(one.actor)}, ${formatTime(one.at)}`,
  ),
  ...data.missing.map(
    (one) =>
      `  not set yet: ${printable(one.key)} (${one.kind === 'field' ? 'integration set' : 'config set'} … --stdin)`,
  ),
];

const modeOf = ({ merge, replace, create }: Mode): Result<Pick<Input<'bundle.import'>, 'mode' | 'create'>> =>
  merge === true && replace === true
    ? fail({ type: 'Usage', message: 'Give --merge or --replace, not both.' })
    : ok({ mode: replace === true ? 'replace' : 'merge', ...(create === true ? { create: true } : {}) });

/** `replace` removes: what it would remove is looked at first, and asked about. */
const agreed = async (session: Session, preview: Imported): Promise<Result<true>> => {
  const gone = preview.changes.filter((change) => change.action === 'delete');
  if (gone.length === 0) return ok(true);
  const keys = gone.slice(0, 10).map(({ key }) => printable(key));
  const more = gone.length > keys.length ? ` and ${String(gone.length - keys.length)} more` : '';
  return session.confirm(`Remove ${formatCount(gone.length, 'value')} (${keys.join(', ')}${more})?`);
};

type Bring = (how: { reason?: string; dryRun?: boolean }) => Promise<Result<Imported>>;

const bring = async (session: Session, mode: 'merge' | 'replace', call: Bring): Promise<Outcome> => {
  if (session.dryRun || mode === 'replace') {
    const preview = await call({ ...session.reason(), dryRun: true });
    if (!preview.ok) return trouble(preview);
    if (session.dryRun) return answer(preview.data, importText(session, preview.data));
    const yes = await agreed(session, preview.data);
    if (!yes.ok) return trouble(yes);
  }
  const result = await withReason(session, call);
  return result.ok ? answer(result.data, importText(session, result.data)) : trouble(result);
};

/** Null when none is needed. */
const importPassphrase = async (
  session: Session,
  file: string,
  options: ImportOptions,
): Promise<Result<string | null>> => {
  if (options.withoutSecrets === true) return ok(null);
  const shown = await session.call('bundle.show', { file });
  if (!shown.ok || shown.data.counts.secrets === 0) return shown.ok ? ok(null) : shown;
  const given = givenPassphrase(session, options);
  if (!given.ok || given.data !== null || !session.io.interactive) return given;
  return ok(await session.io.prompts.secret("The bundle's passphrase (empty: without its secrets)"));
};

const importBundle = async (session: Session, path: string, options: ImportOptions): Promise<Outcome> => {
  const mode = modeOf(options);
  if (!mode.ok) return trouble(mode);
  const file = await session.file(path, 'read');
  if (!file.ok) return trouble(file);
  const passphrase = await importPassphrase(session, file.data, options);
  if (!passphrase.ok) return trouble(passphrase);
  const without = options.withoutSecrets === true || passphrase.data === '';
  const secrets = without ? { withoutSecrets: true } : passphrase.data === null ? {} : { passphrase: passphrase.data };
  return bring(session, mode.data.mode ?? 'merge', (how) =>
    session.call('bundle.import', { file: file.data, ...mode.data, ...secrets, ...how }),
  );
};

const listTemplates = async (session: Session): Promise<Outcome> => {
  const result = await session.call('template.list', {});
  if (!result.ok) return trouble(result);
  const rows = result.data.templates.map(({ name, bundle, problem }) => [
    printable(name),
    bundle === null ? '' : printable(bundle.definition?.id ?? ''),
    bundle === null ? printable(problem ?? '') : contents(bundle),
    bundle === null ? '' : printable(bundle.title ?? ''),
  ]);
  const columns = ['NAME', 'DEFINITION', 'HOLDS', 'TITLE'].map((title) => ({ title }));
  return answer(
    result.data,
    rows.length === 0
      ? ['There is no template yet: holdfast template save NAME']
      : table(columns, rows, session.width, session.io.strong),
  );
};

const saveTemplate = async (session: Session, name: string, options: SaveOptions): Promise<Outcome> => {
  const file = options.from === undefined ? ok(null) : await session.file(options.from, 'read');
  if (!file.ok) return trouble(file);
  const result = await session.call('template.save', {
    name,
    ...limited(options),
    ...(file.data === null ? {} : { file: file.data }),
    ...(options.replace === true ? { replace: true } : {}),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  return result.ok ? answer(result.data, written(result.data)) : trouble(result);
};

const applyTemplate = async (session: Session, name: string, options: Mode): Promise<Outcome> => {
  const mode = modeOf(options);
  if (!mode.ok) return trouble(mode);
  return bring(session, mode.data.mode ?? 'merge', (how) =>
    session.call('template.apply', { name, ...mode.data, ...how }),
  );
};

const removeTemplate = async (session: Session, name: string): Promise<Outcome> => {
  const yes = await session.confirm(`Remove the template "${printable(name)}"?`);
  if (!yes.ok) return trouble(yes);
  const result = await session.call('template.remove', { name });
  return result.ok ? answer(result.data, [`The template "${printable(name)}" is gone.`]) : trouble(result);
};

const withOnly = (command: Command): Command =>
  command
    .option('--only <prefix...>', 'only what lies at or under these keys', collect)
    .option('--part <name...>', 'only settings, integrations or records', collect)
    .option('--title <text>', 'what it is, for whoever gets it');

const withMode = (command: Command): Command =>
  command
    .option('--merge', 'keep what it does not name (the default)')
    .option('--replace', 'also remove what it does not name')
    .option('--create', 'also take what this application does not know');

export const addBundle: AddCommands = (program: Command, run: Run) => {
  const bundle = program.command('bundle').description('settings, integrations and records as one file, to share');
  withOnly(bundle.command('export').description('write a bundle; secrets are left out').argument('<file>'))
    .option('--include-secrets', 'secrets too, encrypted with a passphrase')
    .option('--template <name>', 'write this template instead of what is here')
    .option(...passphraseOption)
    .action((file: string, options: ExportOptions) => run((session) => exportBundle(session, file, options)));
  withMode(bundle.command('import').description('take a bundle in, as one change set').argument('<file>'))
    .option('--without-secrets', 'leave the secrets in it out')
    .option(...passphraseOption)
    .action((file: string, options: ImportOptions) => run((session) => importBundle(session, file, options)));
  bundle
    .command('show')
    .description('what a bundle holds')
    .argument('<file>')
    .action((file: string) => run((session) => showBundle(session, file)));
  const template = program.command('template').description('bundles that are kept by name, for every home');
  template
    .command('list')
    .description('the templates there are')
    .action(() => run(listTemplates));
  withOnly(
    template.command('save').description('keep the present values under a name, without secrets').argument('<name>'),
  )
    .option('--replace', 'write over a template of that name')
    .option('--from <file>', 'a bundle, instead of what is here')
    .action((name: string, options: SaveOptions) => run((session) => saveTemplate(session, name, options)));
  withMode(template.command('apply').description('take a template in, as one change set').argument('<name>')).action(
    (name: string, options: Mode) => run((session) => applyTemplate(session, name, options)),
  );
  template
    .command('remove')
    .description('remove a template')
    .argument('<name>')
    .action((name: string) => run((session) => removeTemplate(session, name)));
};
