/** `definition …`: what Holdfast knows about applications; checking a file, making one from a home's files, saving it. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Output } from '../../contract/commands.ts';
import type { JsonObject } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { facts, formatCount, printable, table, type Column } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

type Shown = Output<'definition.show'>;

const origins: Record<Shown['origin'], string> = { home: 'this home', own: 'yours', 'built-in': 'built in' };

const fitWords = ({ current, score }: { current: boolean; score: number }): string => {
  if (current) return 'in use here';
  return score === 0 ? '' : formatCount(score, 'point');
};

const list = async (session: Session): Promise<Outcome> => {
  const result = await session.call('definition.list', {});
  if (!result.ok) return trouble(result);
  const rows = result.data.definitions.map((one) => [
    printable(one.id),
    printable(one.title),
    String(one.version),
    origins[one.origin],
    String(one.settings),
    fitWords(one),
  ]);
  const columns: Column[] = [
    { title: 'ID', narrow: 'key' },
    { title: 'APPLICATION', narrow: 'wrap' },
    { title: 'VERSION', align: 'right' },
    { title: 'FROM' },
    { title: 'SETTINGS', align: 'right' },
    { title: 'FITS THIS HOME' },
  ];
  return answer(result.data, table(columns, rows, session.width, session.io.strong));
};

/** Members of the file's own JSON, which may leave any of them out. */
const objectIn = (definition: JsonObject, name: string): JsonObject => {
  const value = definition[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
};

const textOf = (value: unknown): string => (typeof value === 'string' ? printable(value) : '');

const sourceRows = (definition: JsonObject): string[][] => {
  const sources = Array.isArray(definition['sources']) ? definition['sources'] : [];
  return sources.flatMap((source) => {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) return [];
    const to = objectIn(source, 'to');
    const where = to['prefix'] ?? to['collection'] ?? to['layout'] ?? '';
    return [[source['file'], source['format'], to['kind'], where].map(textOf)];
  });
};

const settingRows = (definition: JsonObject): string[][] =>
  Object.entries(objectIn(definition, 'catalog')).map(([key, entry]) => {
    const known: JsonObject = typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry : {};
    const type = known['type'];
    return [
      printable(key),
      typeof type === 'string' ? type : Array.isArray(type) ? type.map(textOf).join(' or ') : 'any',
      known['x-secret'] === true ? 'yes' : '',
      textOf(known['title']),
    ];
  });

const sourceColumns: Column[] = [
  { title: 'FILE', narrow: 'key' },
  { title: 'FORMAT' },
  { title: 'BECOMES' },
  { title: 'UNDER', narrow: 'wrap' },
];
const settingColumns: Column[] = [
  { title: 'SETTING', narrow: 'key' },
  { title: 'TYPE' },
  { title: 'SECRET' },
  { title: 'TITLE', narrow: 'wrap' },
];

const names = (value: JsonObject): string => Object.keys(value).map(printable).join(', ');

const partLines = (definition: JsonObject, session: Session): string[] => {
  const settings = settingRows(definition);
  return [
    '',
    ...table(sourceColumns, sourceRows(definition), session.width, session.io.strong),
    ...(settings.length === 0 ? [] : ['', ...table(settingColumns, settings, session.width, session.io.strong)]),
  ];
};

const show = async (session: Session, id: string): Promise<Outcome> => {
  const result = await session.call('definition.show', { id });
  if (!result.ok) return trouble(result);
  const one = result.data;
  const integrations = names(objectIn(one.definition, 'integrationTypes'));
  const collections = names(objectIn(one.definition, 'collections'));
  const rows: [string, string | null][] = [
    ['Application', `${printable(one.title)} (${printable(one.id)}, version ${String(one.version)})`],
    ['From', one.origin === 'built-in' ? origins[one.origin] : `${origins[one.origin]}: ${printable(one.file)}`],
    ['Fits this home', one.why.length === 0 ? null : one.why.map(printable).join('; ')],
    ['Integrations', integrations === '' ? null : integrations],
    ['Collections', collections === '' ? null : collections],
  ];
  return answer(one, [...facts(rows, session.width), ...partLines(one.definition, session)]);
};

const check = async (session: Session, path: string): Promise<Outcome> => {
  const file = await session.file(path, 'read');
  if (!file.ok) return trouble(file);
  const result = await session.call('definition.check', { file: file.data });
  if (!result.ok) return trouble(result);
  const found = result.data;
  const [first] = found.problems;
  if (first !== undefined) {
    const { path: where, problem, line, column } = first;
    const error = {
      type: 'FileInvalid' as const,
      file: found.file,
      problem: `${where} ${problem}`.trim(),
      line,
      column,
    };
    const rest = found.problems
      .slice(1)
      .map(
        (one) =>
          `${printable(found.file)}:${String(one.line)}:${String(one.column)}: ${printable(`${one.path} ${one.problem}`.trim())}`,
      );
    return { ok: false, error, extra: { problems: found.problems }, notes: rest };
  }
  return answer(found, [
    `${printable(found.file)} is sound: ${printable(found.title ?? '')} (${printable(found.id ?? '')}), ${formatCount(found.settings, 'setting')}.`,
    ...found.notes.map(printable),
  ]);
};

/** Never over a file that is there. */
const writeNew = (session: Session, path: string, definition: JsonObject): Result<string> => {
  const full = resolve(session.io.cwd, path);
  try {
    writeFileSync(full, `${JSON.stringify(definition, null, 2)}\n`, { flag: 'wx' });
    return ok(full);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    return code === 'EEXIST'
      ? fail({ type: 'InputInvalid', field: '--output', problem: `${path} is there already; name a new file` })
      : fail({ type: 'DiskError', what: 'The definition', code, path });
  }
};

const inferredLines = (inferred: Output<'definition.infer'>, session: Session): string[] => {
  const out = inferred.files.filter((one) => one.status !== 'read');
  return [
    `${printable(inferred.title)} (${printable(inferred.id)}), ${formatCount(inferred.secrets.length, 'secret')} found`,
    ...partLines(inferred.definition, session),
    ...out.map(
      (one) => `Not read: ${printable(one.file)}${one.reason === undefined ? '' : `: ${printable(one.reason)}`}`,
    ),
  ];
};

const infer = async (session: Session, output: string | undefined): Promise<Outcome> => {
  const result = await session.call('definition.infer', {});
  if (!result.ok) return trouble(result);
  const lines = inferredLines(result.data, session);
  if (output === undefined || session.dryRun)
    return answer(result.data, lines, [
      'Next: holdfast definition infer --output FILE, change it, then definition save FILE',
    ]);
  const written = writeNew(session, output, result.data.definition);
  if (!written.ok) return trouble(written);
  return answer(
    { ...result.data, output: written.data },
    [...lines, '', `Written: ${printable(written.data)}`],
    ['Next: change what you like, then: holdfast definition save FILE'],
  );
};

type SaveOptions = { own?: boolean; replace?: boolean };

const save = async (session: Session, path: string, options: SaveOptions): Promise<Outcome> => {
  const file = await session.file(path, 'read');
  if (!file.ok) return trouble(file);
  const result = await session.call('definition.save', {
    file: file.data,
    where: options.own === true ? 'own' : 'home',
    ...(options.replace === true ? { replace: true } : {}),
    ...(session.dryRun ? { dryRun: true } : {}),
    ...session.reason(),
  });
  if (!result.ok)
    return trouble(
      result,
      result.error.type === 'Conflict' ? { notes: ['To put this one in its place: --replace'] } : {},
    );
  const { title, file: name, replaced, id } = result.data;
  const before =
    replaced === null
      ? []
      : [
          `${session.dryRun ? 'It would replace' : 'It replaces'} ${printable(replaced.id)}, version ${String(replaced.version)}; that one is kept as ${printable(replaced.kept)}.`,
        ];
  const said = session.dryRun ? 'Dry run: nothing was changed.' : `${printable(title)} is saved in ${printable(name)}.`;
  return answer(
    result.data,
    [said, ...before],
    session.dryRun ? [] : [`Next: holdfast migrate --dry-run --definition ${printable(id)}`],
  );
};

const anywhere =
  (work: (session: Session) => Promise<Outcome>) =>
  (session: Session): Promise<Outcome> => {
    session.homeIsOptional();
    return work(session);
  };

export const addDefinition: AddCommands = (program, run) => {
  const definition = program.command('definition').description('what Holdfast knows about applications');
  definition
    .command('list')
    .description('all definitions, those that fit this home first')
    .action(() => run(anywhere(list)));
  definition
    .command('show')
    .description('one definition: its files and settings')
    .argument('<id>')
    .action((id: string) => run(anywhere((session) => show(session, id))));
  definition
    .command('check')
    .description('everything that is wrong with a definition, with line and column')
    .argument('<file>')
    .action((file: string) => run(anywhere((session) => check(session, file))));
  definition
    .command('infer')
    .description('make a definition from the files of this home; writes nothing but --output')
    .option('--output <file>', 'a new file for it')
    .action((options: { output?: string }) => run((session) => infer(session, options.output)));
  definition
    .command('save')
    .description('check a definition and use it for this home')
    .argument('<file>')
    .option('--own', 'for every home, in your own configuration folder')
    .option('--replace', 'put it in the place of one that is there')
    .action((file: string, options: SaveOptions) => run((session) => save(session, file, options)));
};
