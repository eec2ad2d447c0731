/** `record …`: JSON documents in collections. A document comes as an argument, from a file or from stdin. */
import type { Input, Output } from '../../contract/commands.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { RecordFilter } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { facts, formatCount, formatValue, formatWhen, printable, table, type Column } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseWhole } from '../parse-value.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';
import { put, type PutOptions } from './record-put.ts';
import { collect, type AddCommands } from './run.ts';

type ListOptions = {
  where?: string[];
  text?: string;
  limit?: string;
  after?: string;
  expired?: boolean;
  all?: boolean;
  newest?: boolean;
};
type RecordView = Output<'records.get'>;
type Collection = Output<'records.collections'>['collections'][number];

/** `field=value`; the value may hold more equals signs. */
const filterOf = (text: string): Result<RecordFilter> => {
  const at = text.indexOf('=');
  return at < 1
    ? fail({ type: 'InputInvalid', field: '--where', problem: 'give field=value, such as status=done' })
    : ok({ field: text.slice(0, at), value: text.slice(at + 1) });
};

const listInput = (collection: string, options: ListOptions): Result<Input<'records.list'>> => {
  const where: RecordFilter[] = [];
  for (const text of options.where ?? []) {
    const filter = filterOf(text);
    if (!filter.ok) return filter;
    where.push(filter.data);
  }
  const limit = options.limit === undefined ? null : parseWhole(options.limit, '--limit', 1, 1000);
  if (limit?.ok === false) return limit;
  const show = options.all === true ? 'all' : options.expired === true ? 'expired' : 'live';
  return ok({
    collection,
    ...(where.length === 0 ? {} : { where }),
    ...(options.text === undefined ? {} : { text: options.text }),
    ...(options.after === undefined ? {} : { after: options.after }),
    ...(limit === null ? {} : { limit: limit.data }),
    ...(show === 'live' ? {} : { show }),
    ...(options.newest === true ? { sort: 'newest' } : {}),
  });
};

const expiryWords = (record: RecordView, now: string): string => {
  if (record.expiresAt === null) return '';
  return `${record.expired ? 'expired' : 'expires'} ${formatWhen(record.expiresAt, now)}`;
};

const memberNames = (records: readonly RecordView[], declared: readonly string[]): string[] => {
  if (declared.length > 0) return [...declared];
  return [...new Set(records.flatMap(({ data }) => (isJsonObject(data) ? Object.keys(data) : [])))].slice(0, 4);
};

const cell = (record: RecordView, name: string): string => {
  const value = isJsonObject(record.data) && Object.hasOwn(record.data, name) ? record.data[name] : undefined;
  return value === undefined ? '' : formatValue(value);
};

const list = async (session: Session, collection: string, options: ListOptions): Promise<Outcome> => {
  const input = listInput(collection, options);
  if (!input.ok) return trouble(input);
  const result = await session.call('records.list', input.data);
  if (!result.ok) return trouble(result);
  const { records, next } = result.data;
  if (session.globals.json === true) return answer(result.data, []);
  const collections = await session.call('records.collections', {});
  if (!collections.ok) return trouble(collections);
  const names = memberNames(records, collections.data.collections.find(({ id }) => id === collection)?.columns ?? []);
  const columns: Column[] = [
    { title: 'ID', narrow: 'key' },
    ...names.map((name): Column => ({ title: printable(name).toUpperCase(), narrow: 'cut' })),
    { title: 'CHANGED' },
    { title: '', narrow: 'wrap' },
  ];
  const rows = records.map((one) => [
    printable(one.id),
    ...names.map((name) => cell(one, name)),
    formatWhen(one.updatedAt, session.now),
    [expiryWords(one, session.now), one.problems.length > 0 ? 'does not fit' : '']
      .filter((words) => words !== '')
      .join(', '),
  ]);
  const lines = table(columns, rows, session.width, session.io.strong);
  const more = next === null ? [] : [`More: --after ${printable(next)}`];
  return answer(result.data, lines.length === 0 ? ['No records.'] : lines, more);
};

const collectionRow = (one: Collection): string[] => [
  printable(one.id),
  printable(one.title),
  String(one.count),
  one.expired === 0 ? '' : String(one.expired),
  one.expiresAfterDays === null ? '' : formatCount(one.expiresAfterDays, 'day'),
];

const collections = async (session: Session): Promise<Outcome> => {
  const result = await session.call('records.collections', {});
  if (!result.ok) return trouble(result);
  const columns: Column[] = [
    { title: 'COLLECTION', narrow: 'key' },
    { title: 'TITLE', narrow: 'wrap' },
    { title: 'RECORDS', align: 'right' },
    { title: 'EXPIRED', align: 'right' },
    { title: 'KEPT FOR' },
  ];
  const lines = table(columns, result.data.collections.map(collectionRow), session.width, session.io.strong);
  return answer(result.data, lines.length === 0 ? ['No collections.'] : lines);
};

const get = async (session: Session, collection: string, id: string): Promise<Outcome> => {
  const result = await session.call('records.get', { collection, id });
  if (!result.ok) return trouble(result);
  const one = result.data;
  const json = JSON.stringify(one.data, null, 2).split('\n').map(printable);
  if (!session.io.terminal) return answer(one, json);
  const problems = one.problems.map(({ field, problem }): [string, string] => [
    'Does not fit',
    `${printable(field)} ${problem}`,
  ]);
  return answer(one, [
    ...facts(
      [
        ['Created', formatWhen(one.createdAt, session.now)],
        ['Changed', formatWhen(one.updatedAt, session.now)],
        ['Expires', one.expiresAt === null ? 'never' : expiryWords(one, session.now)],
        ...problems,
      ],
      session.width,
    ),
    '',
    ...json,
  ]);
};

const remove = async (session: Session, collection: string, ids: string[]): Promise<Outcome> => {
  const result = await session.call('records.delete', {
    collection,
    ids,
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  return result.ok ? answer(result.data, changeText(result.data, 'Deleted', session)) : trouble(result);
};

const expire = async (session: Session, collection: string | undefined): Promise<Outcome> => {
  const result = await session.call('records.expire', {
    ...(collection === undefined ? {} : { collection }),
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  if (!result.ok) return trouble(result);
  const { removed, dryRun, changeSet } = result.data;
  if (removed.length === 0) return answer(result.data, ['Nothing is past its time.']);
  const rows = removed.map((one) => [
    printable(one.collection),
    printable(one.id),
    formatWhen(one.expiresAt, session.now),
  ]);
  const columns: Column[] = [{ title: 'COLLECTION' }, { title: 'ID', narrow: 'key' }, { title: 'EXPIRED' }];
  const count = formatCount(removed.length, 'record');
  return answer(result.data, [
    ...table(columns, rows, session.width, session.io.strong),
    '',
    dryRun
      ? `Dry run: ${count} would be removed; nothing was written.`
      : `Removed ${count} in change set ${changeSet ?? '-'}. To take that back: holdfast config undo`,
  ]);
};

export const addRecord: AddCommands = (program, run) => {
  const record = program.command('record').description('documents in collections: list, change, expire');
  record
    .command('collections')
    .description('all collections with their counts')
    .action(() => run(collections));
  record
    .command('list')
    .description('the records of a collection')
    .argument('<collection>')
    .option('--where <field=value>', 'only where a member has this value; may be repeated; paths with dots', collect)
    .option('--text <text>', 'only those that hold this text')
    .option('--limit <n>', 'at most this many')
    .option('--after <id>', 'the next page: what `next` said')
    .option('--newest', 'the newest change first')
    .option('--expired', 'those that are past their time instead')
    .option('--all', 'live ones and those past their time')
    .action((collection: string, options: ListOptions) => run((session) => list(session, collection, options)));
  record
    .command('get')
    .description('one record; in a pipe its document alone')
    .argument('<collection>')
    .argument('<id>')
    .action((collection: string, id: string) => run((session) => get(session, collection, id)));
  record
    .command('put')
    .description('make a record or replace it; without an id it gets a new one')
    .argument('<collection>')
    .argument('[id]')
    .option('--data <json>', 'the document')
    .option('--from-file <file>', 'read the document from a file')
    .option('--stdin', 'read the document from stdin')
    .option('--patch', 'change only the members given; null removes one')
    .option('--expires <time>', 'an ISO time, a date, or never')
    .option('--create', 'also in a collection that nobody knows yet')
    .action((collection: string, id: string | undefined, options: PutOptions) =>
      run((session) => put(session, collection, id, options)),
    );
  record
    .command('delete')
    .description('remove records, all or none; config undo brings them back')
    .argument('<collection>')
    .argument('<id...>')
    .action((collection: string, ids: string[]) => run((session) => remove(session, collection, ids)));
  record
    .command('expire')
    .description('remove what is past its time; config undo brings it back')
    .argument('[collection]', 'only in this one')
    .action((collection: string | undefined) => run((session) => expire(session, collection)));
};
