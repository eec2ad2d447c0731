/**
 * What an exported log looks like (docs/audit-format.md): JSON Lines with a head line, which can be verified without
 * Holdfast, or CSV for spreadsheets, whose cells never begin a formula. Pure.
 */
import { Buffer } from 'node:buffer';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { AuditEntry } from '../../contract/audit.ts';
import type { JsonValue } from '../../contract/json.ts';
import { chainStart, type ChainForm } from './chain.ts';
import type { WalkedRow } from './queries.ts';
import { canonicalOf } from './canonical.ts';

export const exportFormat = 'holdfast-audit-export';
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const End = Type.Object({ id: Type.Integer({ minimum: 0 }), hash: Hash });
const Head = Type.Object({
  format: Type.Literal(exportFormat),
  version: Type.Literal(1),
  store: Type.String({ maxLength: 100 }),
  made: Type.String({ maxLength: 40 }),
  /** True when every entry between the two ends is here. */
  complete: Type.Boolean(),
  filter: Type.Record(Type.String(), Type.Union([Type.String(), Type.Boolean(), Type.Number()])),
  /** The entry before the first: 0 and zeros at the beginning of the log. */
  start: End,
  /** The newest entry when the export was made. */
  end: End,
});
export type ExportHead = Static<typeof Head>;

export const parseHead = (line: string): ExportHead | null => {
  try {
    const value: unknown = JSON.parse(line);
    return Check(Head, value) ? value : null;
  } catch {
    return null;
  }
};

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const logStart = { id: 0, hash: hex(chainStart) };

/** `previous`: where the entry before it is not in the export, its hash. */
export const jsonLine = (row: WalkedRow, form: ChainForm, previous: Uint8Array | null): string => {
  const { id, at, changeSet, changeSetKind, actor, door, reason, action, subjectKind, subjectKey, detail, of, source } =
    row;
  const { old, new: now } = canonicalOf(row);
  const line = {
    form,
    id,
    at,
    changeSet,
    changeSetKind,
    actor,
    source: door,
    reason,
    action,
    type: subjectKind,
    key: subjectKey,
    old,
    new: now,
    detail,
    of,
    from: source,
    hash: hex(row.hash),
    ...(previous === null ? {} : { previous: hex(previous) }),
  };
  return `${JSON.stringify(line)}\n`;
};

/** A cell that begins like a formula gets an apostrophe before it, as spreadsheets show text. RFC 4180 otherwise. */
export const csvCell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const csvColumns = [
  'id',
  'at',
  'actor',
  'source',
  'action',
  'type',
  'key',
  'old',
  'new',
  'secret',
  'reason',
  'changeSet',
  'detail',
] as const;

const csvText = (value: JsonValue | undefined): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

export const csvHead = csvLine(csvColumns);

/** A secret is empty here: only that there is one is told. */
export const csvRow = (entry: AuditEntry): string => csvLine(csvColumns.map((name) => csvText(entry[name])));
