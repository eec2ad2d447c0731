/**
 * The settings as they were at a time: the state after the last save made no later, in the order of the log. Found by
 * numbers and indexes, never by replaying the log.
 */
import { CompiledQuery } from 'kysely';
import type { Output } from '../../contract/commands.ts';
import { fail } from '../../contract/result.ts';
import { isUnder } from '../../contract/setting-key.ts';
import { isKnown, proven } from '../audit/retention/horizon.ts';
import { lastEntryOf, lastUntil } from '../audit/window.ts';
import { parseValue } from '../changes/view.ts';
import type { Handler } from '../context.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import { versionUpTo } from '../versions/state.ts';

type Row = {
  key: string;
  value: string | null;
  secret: number;
  hasCipher: number;
  source: string;
  at: string | null;
  actor: string | null;
  current: number;
};

/** The version of every subject of a kind that was its newest when `version` was the newest of all. */
const rowsAt = (reader: Reader, kind: string, version: number, onlyProven: boolean): Row[] =>
  reader.all<Row>(
    CompiledQuery.raw(
      `SELECT subject.key, version.value, version.secret, version.cipher IS NOT NULL AS hasCipher, source.text AS source,
         change_set.at, actor.text AS actor, coalesce(live.version = version.id, 0) AS current
       FROM subject
       CROSS JOIN version ON version.id = (SELECT max(id) FROM version WHERE subject = subject.id AND id <= ?)
       JOIN term AS source ON source.id = version.source
       -- The entry that made it may have been removed.
       LEFT JOIN audit ON audit.id = version.audit
       LEFT JOIN change_set ON change_set.id = audit.change_set
       LEFT JOIN term AS actor ON actor.id = change_set.actor
       LEFT JOIN live ON live.subject = subject.id
       WHERE subject.kind = ?${onlyProven ? ` AND ${proven}` : ''} ORDER BY subject.key`,
      [version, kind],
    ),
  );

export const settingsAtTime = (
  reader: Reader,
  time: string,
  prefix: string,
): Pick<Output<'settings.at'>, 'changeSet' | 'at' | 'settings' | 'incomplete'> => {
  const last = lastUntil(reader, time);
  const entry = last === null ? 0 : lastEntryOf(reader, last);
  const told = isKnown(reader, entry, false) ? {} : ({ incomplete: true } as const);
  if (last === null) return { changeSet: null, at: null, settings: [], ...told };
  const set = reader.first(db.selectFrom('change_set').select(['uid', 'at']).where('id', '=', last).compile());
  const settings = rowsAt(reader, 'setting', versionUpTo(reader, entry), told.incomplete === true)
    // A removal is a version without a value.
    .filter((row) => (row.value !== null || row.hasCipher === 1) && isUnder(row.key, prefix))
    .map((row) => ({
      key: row.key,
      value: row.secret === 1 ? null : parseValue(row.value),
      secret: row.secret === 1,
      ...(row.secret === 1 ? { set: true } : {}),
      source: row.source,
      changedAt: row.at,
      changedBy: row.actor,
      current: row.current === 1,
    }));
  return { changeSet: set?.uid ?? null, at: set?.at ?? null, settings, ...told };
};

/** ISO 8601 in UTC, as the log has it: other spellings would be compared as texts and found at the wrong place. */
const normal = (time: string): string | null => {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
};

export const settingsAt: Handler<'settings.at'> = async (ctx, input) => {
  const time = normal(input.time);
  if (time === null)
    return fail({ type: 'InputInvalid', field: 'time', problem: 'must be a time such as 2026-03-01T09:00:00Z' });
  return ctx.read((reader) => ({ time, ...settingsAtTime(reader, time, input.prefix ?? '') }));
};
