/** `config show|get|search|explain|history|at`: looking at settings; nothing here changes one. */
import type { Command } from 'commander';
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { formatCount, formatSide, formatTime, formatValue, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseMoment } from '../parse-value.ts';
import type { Session } from '../session.ts';
import { showRuntime, type RuntimeOptions } from './config-lock.ts';
import { parseWhole, type Run } from './run.ts';

type SettingView = Output<'settings.list'>['settings'][number];

const showRows = (settings: readonly SettingView[]): string[][] =>
  settings.map((one) => [
    one.modified ? '*' : '',
    printable(one.key),
    formatValue(one.value, one.secret, one.set),
    one.source === 'file' && one.file !== undefined
      ? `${printable(one.file)}${one.line === undefined ? '' : `:${String(one.line)}`}`
      : one.source,
  ]);

const show = async (session: Session, prefix: string | undefined): Promise<Outcome> => {
  const result = await session.call('settings.list', prefix === undefined ? {} : { prefix });
  if (!result.ok) return trouble(result);
  const { settings } = result.data;
  if (settings.length === 0) return answer({ settings }, ['No settings here.']);
  const modified = settings.filter((one) => one.modified).length;
  const columns = [
    { title: '' },
    { title: 'KEY', narrow: 'key' as const },
    { title: 'VALUE', narrow: 'cut' as const },
    { title: 'SOURCE', narrow: 'wrap' as const },
  ];
  return answer({ settings }, [
    ...table(columns, showRows(settings), session.width, session.io.strong),
    '',
    `${formatCount(settings.length, 'setting')}, ${String(modified)} modified (*)`,
  ]);
};

const search = async (session: Session, words: readonly string[]): Promise<Outcome> => {
  const result = await session.call('settings.search', { query: words.join(' ') });
  if (!result.ok) return trouble(result);
  const { settings, query } = result.data;
  const ignored = query.ignored.map((one) => session.io.faint(`${printable(one)} is no filter and was left out.`));
  if (settings.length === 0) return answer(result.data, ['No setting fits.'], ignored);
  const columns = [
    { title: '' },
    { title: 'KEY', narrow: 'key' as const },
    { title: 'TITLE', narrow: 'wrap' as const },
    { title: 'VALUE', narrow: 'cut' as const },
    { title: 'SOURCE', narrow: 'wrap' as const },
  ];
  const rows = showRows(settings).map(([mark = '', key = '', value = '', source = ''], i) => [
    mark,
    key,
    printable(settings[i]?.title ?? ''),
    value,
    source,
  ]);
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(result.data, [...lines, '', `${formatCount(settings.length, 'setting')}, the best fit first`], ignored);
};

/** A value alone, ready for `$(...)`; a terminal never gets raw control characters. */
const valueText = (value: JsonValue, terminal: boolean): string => {
  if (typeof value !== 'string') return JSON.stringify(value, null, terminal && typeof value === 'object' ? 2 : 0);
  return terminal ? value.split('\n').map(printable).join('\n') : value;
};

/** A prefix with every secret under it in clear; each one leaves its own audit entry. */
const revealAll = async (session: Session, found: Output<'settings.get'>): Promise<Outcome> => {
  const listed = await session.call('settings.list', { prefix: found.key });
  if (!listed.ok) return trouble(listed);
  const values: { key: string; value: JsonValue }[] = [];
  for (const view of listed.data.settings) {
    const clear =
      view.secret && view.set === true
        ? await session.call('settings.reveal', { key: view.key, ...session.reason() })
        : null;
    if (clear?.ok === false) return trouble(clear);
    values.push({ key: view.key, value: clear === null ? view.value : clear.data.value });
  }
  const { nestedValue } = await import('../../core/settings/views.ts');
  const value = nestedValue(found.key, values);
  return answer({ ...found, value }, [valueText(value, session.io.terminal)]);
};

const get = async (session: Session, key: string, reveal: boolean): Promise<Outcome> => {
  const result = await session.call('settings.get', { key });
  if (!result.ok) return trouble(result);
  const { secret, set, value } = result.data;
  // A prefix that holds secrets is marked secret, too, but is neither set nor not.
  if (secret && set === undefined && reveal) return revealAll(session, result.data);
  if (!secret || set === undefined) return answer(result.data, [valueText(value, session.io.terminal)]);
  if (!reveal || !set) {
    const hint = session.io.terminal && !reveal ? [session.io.faint('The value itself: --reveal (audited).')] : [];
    return answer(result.data, [formatValue(null, true, set)], hint);
  }
  const clear = await session.call('settings.reveal', { key, ...session.reason() });
  if (!clear.ok) return trouble(clear);
  return answer({ ...result.data, value: clear.data.value }, [valueText(clear.data.value, session.io.terminal)]);
};

const explain = async (session: Session, key: string): Promise<Outcome> => {
  const result = await session.call('settings.explain', { key });
  if (!result.ok) return trouble(result);
  const secret = (layer: Output<'settings.explain'>['layers'][number]): boolean => layer.set !== undefined;
  const rows = result.data.layers.map((layer) => [
    layer.wins ? '>' : '',
    layer.source,
    formatValue(layer.value, secret(layer), layer.set),
    layer.file === undefined
      ? ''
      : `${printable(layer.file)}${layer.line === undefined ? '' : `:${String(layer.line)}`}`,
    layer.at === undefined ? '' : formatTime(layer.at),
  ]);
  const columns = [
    { title: '' },
    { title: 'SOURCE' },
    { title: 'VALUE', narrow: 'wrap' as const },
    { title: 'WHERE', narrow: 'wrap' as const },
    { title: 'SINCE' },
  ];
  return answer(result.data, [
    `Why ${printable(result.data.key)} has its value (later lines win):`,
    '',
    ...table(columns, rows, session.width, session.io.strong),
  ]);
};

const history = async (session: Session, key: string, limitText: string | undefined): Promise<Outcome> => {
  const limit = limitText === undefined ? null : parseWhole(limitText, '--limit', 1, 1000);
  if (limit?.ok === false) return trouble(limit);
  const result = await session.call('settings.history', { key, ...(limit === null ? {} : { limit: limit.data }) });
  if (!result.ok) return trouble(result);
  const rows = result.data.versions.map((one) => [
    formatTime(one.at),
    printable(one.actor),
    one.source,
    formatSide('old', one),
    formatSide('new', one),
    one.reason === null ? '' : printable(one.reason),
  ]);
  const columns = [
    { title: 'WHEN' },
    { title: 'WHO' },
    { title: 'DOOR' },
    { title: 'OLD', narrow: 'wrap' as const },
    { title: 'NEW', narrow: 'wrap' as const },
    { title: 'REASON', narrow: 'wrap' as const },
  ];
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(result.data, lines.length === 0 ? [`${printable(key)} was never changed.`] : lines);
};

export const incompleteText =
  'Entries of that time were removed by the limits of the history: only what is sure to have stood there is shown.';

const at = async (session: Session, timeText: string, prefix: string | undefined): Promise<Outcome> => {
  const time = parseMoment(timeText, session.now, 'TIME', true);
  if (!time.ok) return trouble(time);
  const result = await session.call('settings.at', { time: time.data, ...(prefix === undefined ? {} : { prefix }) });
  if (!result.ok) return trouble(result);
  const { changeSet, at: savedAt, settings } = result.data;
  if (changeSet === null || savedAt === null)
    return answer(
      result.data,
      result.data.incomplete === true ? [incompleteText] : [`Nothing was stored yet at ${formatTime(time.data)}.`],
    );
  const rows = settings.map((one) => [
    one.current ? '' : '*',
    printable(one.key),
    formatValue(one.value, one.secret, one.set),
    one.changedAt === null ? '' : formatTime(one.changedAt),
    printable(one.changedBy ?? ''),
  ]);
  const columns = [
    { title: '' },
    { title: 'KEY', narrow: 'key' as const },
    { title: 'VALUE', narrow: 'cut' as const },
    { title: 'SINCE' },
    { title: 'BY' },
  ];
  const changed = settings.filter((one) => !one.current).length;
  return answer(result.data, [
    ...table(columns, rows, session.width, session.io.strong),
    '',
    `${formatCount(settings.length, 'setting')} as of the save of ${formatTime(savedAt)}; ${String(changed)} differ now (*)`,
    ...(result.data.incomplete === true ? [incompleteText] : []),
  ]);
};

export const addReading = (config: Command, run: Run): void => {
  config
    .command('show')
    .description('settings with value and source')
    .argument('[prefix]', 'only settings at or under this key')
    .option('--runtime', 'as the process that has the home open loaded them, with what changed since')
    .option('--reload', 'with --runtime: load them now')
    .option('--max-age <seconds>', 'with --runtime: load them again when they are older')
    .action((prefix: string | undefined, options: RuntimeOptions & { runtime?: boolean }) =>
      run((session) => (options.runtime === true ? showRuntime(session, prefix, options) : show(session, prefix))),
    );
  config
    .command('get')
    .description('one value, alone on stdout; for a prefix the nested object')
    .argument('<key>')
    .option('--reveal', 'a secret in clear; leaves an audit entry')
    .action((key: string, options: { reveal?: boolean }) =>
      run((session) => get(session, key, options.reveal === true)),
    );
  config
    .command('explain')
    .description('why a setting has its value: every layer, with file and line')
    .argument('<key>')
    .action((key: string) => run((session) => explain(session, key)));
  config
    .command('search')
    .description('settings by words of title, key, description or value; mistyped words count, too')
    .argument(
      '<query...>',
      'words, and @modified @secret @invalid @restart @critical @source:file @type:integer @category:s3 @changed:7d @user:anna',
    )
    .action((words: string[]) => run((session) => search(session, words)));
  config
    .command('history')
    .description('what a setting was before, newest first')
    .argument('<key>')
    .option('--limit <n>', 'at most this many')
    .action((key: string, options: { limit?: string }) => run((session) => history(session, key, options.limit)));
};

export const addTime = (config: Command, run: Run): void => {
  config
    .command('at')
    .description('the stored values as they were at a time')
    .argument('<time>', 'an ISO time, a date (its end), today, yesterday, or an age such as 7d')
    .argument('[prefix]', 'only settings at or under this key')
    .action((time: string, prefix: string | undefined) => run((session) => at(session, time, prefix)));
};
