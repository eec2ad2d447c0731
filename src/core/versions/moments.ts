/** The change sets as moments to go back to, and the names that some of them have. */
import { CompiledQuery } from 'kysely';
import type { NamedVersion, Moment } from '../../contract/versions.ts';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { fail, ok } from '../../contract/result.ts';
import { lastUntil } from '../audit/window.ts';
import type { Handler } from '../context.ts';
import { storedSettings } from '../settings/queries.ts';
import type { Reader, SqlValue } from '../store/types.ts';
import { setByUid } from './reference.ts';

const columns = `SELECT change_set.id AS number, change_set.uid AS changeSet, change_set.at, change_set.reason,
  actor.text AS actor, door.text AS source, kind.text AS kind,
  (SELECT count(*) FROM audit WHERE audit.change_set = change_set.id AND audit.new_version IS NOT NULL) AS changes
  FROM change_set JOIN term AS actor ON actor.id = change_set.actor JOIN term AS door ON door.id = change_set.door
  JOIN term AS kind ON kind.id = change_set.kind`;

const moments = (reader: Reader, rest: string, values: SqlValue[]): Moment[] =>
  reader.all<Moment>(CompiledQuery.raw(`${columns} ${rest}`, values));

export const momentOfSet = (reader: Reader, id: number): Moment | undefined =>
  moments(reader, 'WHERE change_set.id = ?', [id])[0];

const changesValues =
  'EXISTS (SELECT 1 FROM audit WHERE audit.change_set = change_set.id AND audit.new_version IS NOT NULL)';

const mostNumbers = 50_000;

const numbersOf = (reader: Reader): number[] =>
  reader
    .all<{ id: number }>(
      CompiledQuery.raw(
        `SELECT id FROM change_set WHERE ${changesValues} ORDER BY id DESC LIMIT ${String(mostNumbers)}`,
      ),
    )
    .map((row) => row.id)
    .toReversed();

type NameValue = { changeSet: string; pinned: boolean; note: string | null };

const nameValue = (value: JsonValue): NameValue | null =>
  isJsonObject(value) && typeof value['changeSet'] === 'string'
    ? {
        changeSet: value['changeSet'],
        pinned: value['pinned'] === true,
        note: typeof value['note'] === 'string' ? value['note'] : null,
      }
    : null;

/** Pinned ones first, then the newest. */
const namedVersions = (reader: Reader): NamedVersion[] =>
  [...storedSettings(reader, 'name').values()]
    .flatMap((row): NamedVersion[] => {
      const value = row.value === null ? null : nameValue(JSON.parse(row.value) as JsonValue);
      const set = value === null ? undefined : setByUid(reader, value.changeSet);
      const version = set === undefined ? undefined : momentOfSet(reader, set.id);
      return value === null || version === undefined
        ? []
        : [{ name: row.key, note: value.note, pinned: value.pinned, version }];
    })
    .toSorted((a, b) => Number(b.pinned) - Number(a.pinned) || b.version.number - a.version.number);

/** A search looks through so many change sets at a time, so that no answer takes long in a long history. */
const searchedAtOnce = 20_000;

const holdsText = `(change_set.reason LIKE ?1 ESCAPE '\\' OR actor.text LIKE ?1 ESCAPE '\\' OR EXISTS (SELECT 1 FROM audit
  JOIN subject ON subject.id = audit.subject WHERE audit.change_set = change_set.id AND subject.key LIKE ?1 ESCAPE '\\'))`;

type Page = { versions: Moment[]; next: number | null };

const pageBefore = (reader: Reader, before: number, limit: number): Page => {
  const rows = moments(reader, `WHERE change_set.id < ? AND ${changesValues} ORDER BY change_set.id DESC LIMIT ?`, [
    before,
    limit + 1,
  ]);
  const versions = rows.slice(0, limit);
  return { versions, next: rows.length > limit ? (versions.at(-1)?.number ?? null) : null };
};

const searchBefore = (reader: Reader, text: string, before: number, limit: number): Page => {
  const newest =
    moments(reader, 'WHERE change_set.id < ? ORDER BY change_set.id DESC LIMIT 1', [before])[0]?.number ?? 0;
  const from = newest - searchedAtOnce;
  const like = `%${text.replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;
  const versions = moments(
    reader,
    `WHERE change_set.id < ?2 AND change_set.id > ?3 AND ${changesValues} AND ${holdsText} ORDER BY change_set.id DESC LIMIT ?4`,
    [like, before, from, limit],
  );
  const full = versions.length === limit;
  return { versions, next: full ? (versions.at(-1)?.number ?? null) : from > 0 ? from + 1 : null };
};

export const list: Handler<'versions.list'> = (ctx, input) =>
  ctx.read((reader) => {
    const limit = input.limit ?? 50;
    const after = input.after ?? Number.MAX_SAFE_INTEGER;
    const before = input.until === undefined ? after : Math.min(after, (lastUntil(reader, input.until) ?? 0) + 1);
    const text = (input.text ?? '').trim();
    const page = text === '' ? pageBefore(reader, before, limit) : searchBefore(reader, text, before, limit);
    return {
      named: namedVersions(reader),
      ...page,
      ...(input.numbers === true ? { numbers: numbersOf(reader) } : {}),
    };
  });

const newestUid = (reader: Reader): string | null =>
  moments(reader, `WHERE ${changesValues} ORDER BY change_set.id DESC LIMIT 1`, [])[0]?.changeSet ?? null;

export const name: Handler<'versions.name'> = (ctx, input) =>
  ctx.commit({ kind: 'event' }, (changes) => {
    const uid = input.changeSet ?? newestUid(changes.tx);
    const set = uid === null ? undefined : setByUid(changes.tx, uid);
    const version = set === undefined ? undefined : momentOfSet(changes.tx, set.id);
    if (version === undefined) return fail({ type: 'NotFound', what: 'change set', name: uid ?? '' });
    const key = input.name.trim();
    const value = { changeSet: version.changeSet, pinned: input.pinned ?? false, note: input.note ?? null };
    changes.put({ subject: { kind: 'name', key }, value, secret: false, source: 'set' });
    return ok({ name: key, note: value.note, pinned: value.pinned, version });
  });

export const unname: Handler<'versions.unname'> = (ctx, input) =>
  ctx.commit({ kind: 'event' }, (changes) => {
    const subject = { kind: 'name' as const, key: input.name.trim() };
    const put = changes.put({ subject, value: undefined, secret: false, source: 'set' });
    return put.action === 'unchanged'
      ? fail({ type: 'NotFound', what: 'named version', name: subject.key })
      : ok({ name: subject.key });
  });
