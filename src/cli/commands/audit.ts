/** `audit …`: who changed what, when, through which door; and whether the chain of it holds. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Input, Output } from '../../contract/commands.ts';
import { isJsonObject } from '../../contract/json.ts';
import { ok, type Result } from '../../contract/result.ts';
import { formatCount, formatSide, formatValue, formatWhen, printable, table, type Column } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseMoment, parseWhole } from '../parse-value.ts';
import type { Session } from '../session.ts';
import { addRetention } from './audit-retention.ts';
import { addOutside } from './audit-outside.ts';
import type { AddCommands } from './run.ts';

export type AuditOptions = {
  type?: string;
  key?: string;
  actor?: string;
  action?: string;
  source?: string;
  since?: string;
  until?: string;
  text?: string;
  limit?: string;
  after?: string;
  seals?: boolean;
};
type Entry = Output<'audit.list'>['changes'][number];

const topId = Number.MAX_SAFE_INTEGER;

/** Options of the command line -> input of `audit.list`. */
export const auditInput = (options: AuditOptions, now: string): Result<Input<'audit.list'>> => {
  const { since, until, limit, after, ...rest } = options;
  const input: Input<'audit.list'> = { ...rest };
  const from = since === undefined ? null : parseMoment(since, now, '--since');
  if (from?.ok === false) return from;
  const to = until === undefined ? null : parseMoment(until, now, '--until', true);
  if (to?.ok === false) return to;
  const most = limit === undefined ? null : parseWhole(limit, '--limit', 1, 1000);
  if (most?.ok === false) return most;
  const below = after === undefined ? null : parseWhole(after, '--after', 0, topId);
  if (below?.ok === false) return below;
  return ok({
    ...input,
    ...(from === null ? {} : { since: from.data }),
    ...(to === null ? {} : { until: to.data }),
    ...(most === null ? {} : { limit: most.data }),
    ...(below === null ? {} : { after: below.data }),
  });
};

const marks: { [action: string]: string } = { create: '+', update: '~', delete: '-' };
const detailLength = 72;

/** The plain members of an event's facts, cut: the whole of it is in `--json`. */
const detailWords = (detail: Entry['detail']): string => {
  if (!isJsonObject(detail)) return detail === undefined || detail === null ? '' : formatValue(detail);
  const words = Object.entries(detail)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${printable(name)} ${formatValue(value)}`)
    .join(', ');
  return words.length > detailLength ? `${words.slice(0, detailLength)}…` : words;
};

const whatHappened = (entry: Entry): string => {
  const what =
    marks[entry.action] === undefined
      ? [entry.action, detailWords(entry.detail)].filter((words) => words !== '').join(': ')
      : `${formatSide('old', entry)} -> ${formatSide('new', entry)}`;
  return entry.reason === null ? what : `${what} (${printable(entry.reason)})`;
};

const subjectWords = (entry: Entry): string =>
  entry.type === 'setting' || entry.type === 'secret'
    ? printable(entry.key)
    : `${entry.type} ${printable(entry.key)}`.trimEnd();

const columns: Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'WHEN' },
  { title: 'WHO' },
  { title: 'DOOR' },
  { title: '' },
  { title: 'WHAT', narrow: 'key' },
  { title: 'CHANGE', narrow: 'wrap' },
];

const list = async (session: Session, options: AuditOptions): Promise<Outcome> => {
  const input = auditInput(options, session.now);
  if (!input.ok) return trouble(input);
  const result = await session.call('audit.list', input.data);
  if (!result.ok) return trouble(result);
  const { changes, next } = result.data;
  const rows = changes.map((entry) => [
    String(entry.id),
    formatWhen(entry.at, session.now),
    printable(entry.actor),
    entry.source,
    marks[entry.action] ?? '',
    subjectWords(entry),
    whatHappened(entry),
  ]);
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(
    result.data,
    lines.length === 0 ? ['No entries.'] : lines,
    next === null ? [] : [`More: --after ${String(next)}`],
  );
};

const jumpLines = ({ count, first }: Output<'audit.verify'>['clockJumps']): string[] =>
  first[0] === undefined
    ? []
    : [
        `The clock went back ${String(count)} ${count === 1 ? 'time' : 'times'}, first at entry ${String(first[0].id)}: the numbers are the order.`,
      ];

const settledLines = ({ count, first }: Output<'audit.verify'>['settled']): string[] =>
  first[0] === undefined
    ? []
    : [
        `${formatCount(count, 'entry', 'entries')} changed outside Holdfast and settled, first entry ${String(first[0].id)}: on ${first[0].at.slice(0, 10)} by ${printable(first[0].actor)}.`,
      ];

const verify = async (session: Session, options: { anchor?: string }): Promise<Outcome> => {
  const anchor = options.anchor === undefined ? null : await session.file(options.anchor, 'read');
  if (anchor?.ok === false) return trouble(anchor);
  const result = await session.call('audit.verify', anchor === null ? {} : { anchor: anchor.data });
  if (!result.ok) return trouble(result);
  const found = result.data;
  if (found.firstBad !== null || !found.ok) {
    const problem =
      found.firstBad === null
        ? 'the audit chain does not hold'
        : `the audit chain breaks at entry ${String(found.firstBad.id)}: ${found.firstBad.problem}`;
    // The facts stand on the error too: a script that only looks at `firstBad` finds it.
    return { ok: false, error: { type: 'StoreDamaged', problem, candidates: [] }, extra: { ...found, ok: false } };
  }
  const seals = found.sealsChecked ? 'seals checked' : 'seals not checked: the keys are locked';
  return answer(found, [
    `The chain of ${formatCount(found.entries, 'entry', 'entries')} holds (${seals}).`,
    `Sealed up to entry ${String(found.sealedUpTo)}; ${formatCount(found.unsealed, 'entry', 'entries')} not yet sealed.`,
    ...(found.sealsOfLostKeys === 0
      ? []
      : [`${formatCount(found.sealsOfLostKeys, 'seal is', 'seals are')} of a key that is no longer there.`]),
    ...(found.removed === 0
      ? []
      : [
          `${formatCount(found.removed, 'entry was', 'entries were')} removed by the limits of the history; the log names each.`,
        ]),
    ...(found.anchors === 0 ? [] : [`Compared with ${formatCount(found.anchors, 'known head', 'known heads')}.`]),
    ...settledLines(found.settled),
    ...jumpLines(found.clockJumps),
    ...(found.head === null ? [] : [`Head ${found.head}`]),
  ]);
};

const exportTo = async (
  session: Session,
  path: string,
  options: AuditOptions & { csv?: boolean },
): Promise<Outcome> => {
  const { csv, ...listed } = options;
  const input = auditInput(listed, session.now);
  if (!input.ok) return trouble(input);
  if (existsSync(resolve(session.io.cwd, path))) {
    const sure = await session.confirm(`${path} is there already. Replace it?`);
    if (!sure.ok) return trouble(sure);
  }
  const file = await session.file(path, 'write');
  if (!file.ok) return trouble(file);
  const result = await session.call('audit.export', {
    ...input.data,
    file: file.data,
    format: csv === true ? 'csv' : 'jsonl',
  });
  if (!result.ok) return trouble(result);
  const { entries, complete } = result.data;
  const what = complete ? 'the whole chain: tools/verify_audit.py checks it without Holdfast' : 'what fits the filter';
  return answer({ ...result.data, path }, [`${formatCount(entries, 'entry', 'entries')} in ${path} (${what}).`]);
};

const addFilters = (command: Command): Command =>
  command
    .option('--type <type>', 'setting, secret, integration, backup, keys, store …')
    .option('--key <key>', 'this key and everything under it')
    .option('--actor <name>', 'who')
    .option('--action <action>', 'create, update, delete, or an event such as reveal')
    .option('--source <door>', 'window, browser, cli, wizard, migration, restore, api')
    .option('--change-set <id>', 'the entries of one change set')
    .option('--since <time>', 'an ISO time, a date, or an age such as 7d')
    .option('--until <time>', 'the same; a date counts to its end')
    .option('--text <text>', 'holds words that begin like these: in key, who, what, why, values');

export const addAudit: AddCommands = (program, run) => {
  const audit = program.command('audit').description('who changed what, and whether the record of it is whole');
  addFilters(audit.command('list').description('entries, newest first'))
    .option('--limit <n>', 'at most this many')
    .option('--after <id>', 'the next page: what `next` said')
    .option('--seals', 'also the seals of the chain')
    .action((options: AuditOptions) => run((session) => list(session, options)));
  audit
    .command('verify')
    .description('recompute the chain, check its seals, and compare it with heads that are known')
    .option('--anchor <file>', 'a backup, an exported log, or a list of heads to compare with')
    .action((options: { anchor?: string }) => run((session) => verify(session, options)));
  addOutside(audit, run);
  addFilters(
    audit.command('export <file>').description('entries, oldest first, as JSON Lines that verify on their own'),
  )
    .option('--csv', 'as CSV instead, for spreadsheets')
    .option('--seals', 'also the seals of the chain (in a whole log they always are)')
    .action((file: string, options: AuditOptions & { csv?: boolean }) =>
      run((session) => exportTo(session, file, options)),
    );
  addRetention(audit, run);
};
