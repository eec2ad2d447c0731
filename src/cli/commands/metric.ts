/** `metric …`: measured numbers, added one by one or as JSON Lines, listed and summed up. */
import type { Measurement } from '../../contract/metrics.ts';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { textOf } from '../credential.ts';
import { formatCount, formatTime, formatValue, formatWhen, printable, table, type Column } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseJsonValue, parseMoment, parseWhole } from '../parse-value.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

type AddOptions = { unit?: string; at?: string; data?: string; stdin?: boolean };
type ListOptions = { hours?: string; limit?: string; after?: string };

const invalid = (field: string, problem: string) => fail({ type: 'InputInvalid', field, problem });

const numberOf = (text: string, field: string): Result<number> => {
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? ok(value) : invalid(field, 'give a number such as 12 or 0.5');
};

const hoursOf = (text: string | undefined): Result<{ hours?: number }> => {
  if (text === undefined) return ok({});
  const hours = numberOf(text, '--hours');
  if (!hours.ok) return hours;
  return hours.data > 0 && hours.data <= 876_000
    ? ok({ hours: hours.data })
    : invalid('--hours', 'give a number of hours above 0');
};

const measurementOf = (
  session: Session,
  name: string | undefined,
  value: string | undefined,
  options: AddOptions,
): Result<Measurement> => {
  if (name === undefined || value === undefined)
    return fail({ type: 'Usage', message: 'Give NAME and VALUE, or --stdin with one JSON object on each line.' });
  const number = numberOf(value, 'VALUE');
  if (!number.ok) return number;
  const at = options.at === undefined ? null : parseMoment(options.at, session.now, '--at');
  if (at?.ok === false) return at;
  const data = options.data === undefined ? null : parseJsonValue(options.data);
  if (data?.ok === false) return invalid('--data', 'it is not JSON');
  return ok({
    name,
    value: number.data,
    ...(options.unit === undefined ? {} : { unit: options.unit }),
    ...(at === null ? {} : { at: at.data }),
    ...(data === null ? {} : { data: data.data }),
  });
};

/** One JSON object a line, as `{"name": "load", "value": 0.5}`; what is in it, the command itself checks. */
const linesOf = (session: Session): Result<Measurement[]> => {
  const text = textOf(session.io.readStdin(), '--stdin');
  if (!text.ok) return text;
  const found: JsonValue[] = [];
  for (const [i, line] of text.data.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = parseJsonValue(line);
    if (!parsed.ok || !isJsonObject(parsed.data))
      return invalid('--stdin', `line ${String(i + 1)} is not a JSON object`);
    found.push(parsed.data);
  }
  // The command's own schema judges each of them.
  return ok(found as Measurement[]);
};

const add = async (
  session: Session,
  name: string | undefined,
  value: string | undefined,
  options: AddOptions,
): Promise<Outcome> => {
  const one = options.stdin === true ? null : measurementOf(session, name, value, options);
  if (one?.ok === false) return trouble(one);
  const metrics = one === null ? linesOf(session) : ok([one.data]);
  if (!metrics.ok) return trouble(metrics);
  const result = await session.call('metrics.add', {
    metrics: metrics.data,
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  if (!result.ok) return trouble(result);
  const count = formatCount(result.data.added, 'number');
  return answer(result.data, [
    result.data.dryRun ? `Dry run: ${count} would be added; nothing was written.` : `Added ${count}.`,
  ]);
};

const list = async (session: Session, name: string | undefined, options: ListOptions): Promise<Outcome> => {
  const hours = hoursOf(options.hours);
  if (!hours.ok) return trouble(hours);
  const limit = options.limit === undefined ? null : parseWhole(options.limit, '--limit', 1, 10_000);
  if (limit?.ok === false) return trouble(limit);
  const result = await session.call('metrics.list', {
    ...(name === undefined ? {} : { name }),
    ...hours.data,
    ...(limit === null ? {} : { limit: limit.data }),
    ...(options.after === undefined ? {} : { after: options.after }),
  });
  if (!result.ok) return trouble(result);
  const { metrics, next } = result.data;
  const rows = metrics.map((one) => [
    formatTime(one.at),
    printable(one.name),
    String(one.value),
    one.unit === null ? '' : printable(one.unit),
    one.data === null ? '' : formatValue(one.data),
  ]);
  const columns: Column[] = [
    { title: 'WHEN' },
    { title: 'METRIC', narrow: 'key' },
    { title: 'VALUE', align: 'right' },
    { title: 'UNIT' },
    { title: '', narrow: 'cut' },
  ];
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(
    result.data,
    lines.length === 0 ? ['No numbers.'] : lines,
    next === null ? [] : [`More: --after ${next}`],
  );
};

const round = (value: number): string => String(Number(value.toPrecision(6)));

const stats = async (session: Session, name: string | undefined, hoursText: string | undefined): Promise<Outcome> => {
  const hours = hoursOf(hoursText);
  if (!hours.ok) return trouble(hours);
  const result = await session.call('metrics.stats', { ...(name === undefined ? {} : { name }), ...hours.data });
  if (!result.ok) return trouble(result);
  const rows = result.data.stats.map((one) => [
    printable(one.name),
    String(one.count),
    ...[one.min, one.mean, one.max, one.last].map(round),
    one.unit === null ? '' : printable(one.unit),
    formatWhen(one.lastAt, session.now),
  ]);
  const columns: Column[] = [
    { title: 'METRIC', narrow: 'key' },
    ...['COUNT', 'MIN', 'MEAN', 'MAX', 'LAST'].map((title): Column => ({ title, align: 'right' })),
    { title: 'UNIT' },
    { title: 'AT' },
  ];
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(result.data, lines.length === 0 ? ['No numbers.'] : lines);
};

const prune = async (session: Session, name: string | undefined, daysText: string | undefined): Promise<Outcome> => {
  const days = daysText === undefined ? null : parseWhole(daysText, '--days', 1, 36_500);
  if (days?.ok === false) return trouble(days);
  const input = { ...(name === undefined ? {} : { name }), ...(days === null ? {} : { days: days.data }) };
  if (!session.dryRun) {
    const agreed = await session.confirm(`Remove numbers older than ${formatCount(days?.data ?? 30, 'day')} for good?`);
    if (!agreed.ok) return trouble(agreed);
  }
  const result = await session.call('metrics.prune', {
    ...input,
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  if (!result.ok) return trouble(result);
  const what = `${formatCount(result.data.removed, 'number')} from before ${formatTime(result.data.before)}`;
  return answer(result.data, [
    result.data.dryRun ? `Dry run: ${what} would be removed; nothing was written.` : `Removed ${what}.`,
  ]);
};

export const addMetric: AddCommands = (program, run) => {
  const metric = program.command('metric').description('measured numbers: add, list, sum up, prune');
  metric
    .command('add')
    .description('add a number, or many from stdin')
    .argument('[name]')
    .argument('[value]')
    .option('--unit <unit>', 'such as ms or %')
    .option('--at <time>', 'when it was measured; now unless given')
    .option('--data <json>', 'what belongs to the number')
    .option('--stdin', 'read them from stdin: a JSON object with name and value on each line, at most 1,000')
    .action((name: string | undefined, value: string | undefined, options: AddOptions) =>
      run((session) => add(session, name, value, options)),
    );
  metric
    .command('list')
    .description('numbers, newest first')
    .argument('[name]')
    .option('--hours <n>', 'only of the last n hours')
    .option('--limit <n>', 'at most this many')
    .option('--after <cursor>', 'the next page: what `next` said')
    .action((name: string | undefined, options: ListOptions) => run((session) => list(session, name, options)));
  metric
    .command('stats')
    .description('count, least, mean, most and last for each name')
    .argument('[name]')
    .option('--hours <n>', 'only of the last n hours')
    .action((name: string | undefined, options: { hours?: string }) =>
      run((session) => stats(session, name, options.hours)),
    );
  metric
    .command('prune')
    .description('remove old numbers for good')
    .argument('[name]')
    .option('--days <n>', 'older than this; 30 unless given')
    .action((name: string | undefined, options: { days?: string }) =>
      run((session) => prune(session, name, options.days)),
    );
};
