/**
 * `audit.export`: what fits the filter, oldest first, written piece by piece under a temporary name. The entry that says so
 * is written before the file gets its name, so that no export goes unnoticed.
 */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context, Handler } from '../context.ts';
import { searchEntries } from '../search/find.ts';
import { diskFailure, errnoCode } from '../secrets/disk-failure.ts';
import type { Reader, Store } from '../store/types.ts';
import { chainStart } from './chain.ts';
import { entryOf } from './entry.ts';
import { csvHead, csvRow, exportFormat, hex, jsonLine, logStart, type ExportHead } from './export-format.ts';
import { entryIds } from './page.ts';
import { chainHead, entriesById, hashesOf, walkedByIds } from './queries.ts';
import { formOf } from './canonical.ts';
import { removedRanges } from './retention/queries.ts';

type Request = Input<'audit.export'>;
type Filter = Omit<Request, 'file' | 'format'>;
const idsAtOnce = 4096;
const rowsAtOnce = 500;
const cancelled = (): Result<never> => fail({ type: 'Cancelled', what: 'The export' });

/** The numbers of what fits, oldest first, up to the head that stood when it began. */
const fittingIds = async (ctx: Context, store: Store, filter: Filter, upTo: number): Promise<Result<number[]>> => {
  const ids: number[] = [];
  const { text, ...rest } = filter;
  let after: number | undefined = upTo + 1;
  while (after !== undefined) {
    if (ctx.signal.aborted) return cancelled();
    const below: number = after;
    const search = { index: ctx.logIndex, store, limit: idsAtOnce, signal: ctx.signal };
    const page: Result<{ ids: number[] }> =
      (text ?? '') === ''
        ? ok({ ids: await store.read((reader) => entryIds(reader, { ...rest, after: below }, idsAtOnce)) })
        : await searchEntries({ ...search, filter: { ...filter, after: below } });
    if (!page.ok) return page;
    ids.push(...page.data.ids);
    after = page.data.ids.length < idsAtOnce ? undefined : page.data.ids.at(-1);
  }
  return ok(ids.reverse());
};

/** The hash of the entry before each: its own, or where it was removed the one that the log names. */
const hashesBefore = (reader: Reader, ids: readonly number[]): Map<number, Uint8Array> => {
  const numbers = ids.map((id) => id - 1);
  const found = hashesOf(reader, numbers);
  const missing = new Set(numbers.filter((id) => id > 0 && !found.has(id)));
  if (missing.size > 0)
    for (const { to, hash } of removedRanges(reader)) if (missing.has(to)) found.set(to, Buffer.from(hash, 'hex'));
  return found;
};

export const jsonPiece = (reader: Reader, ids: readonly number[], last: number): string => {
  const before = hashesBefore(reader, ids);
  let previousId = last;
  return walkedByIds(reader, ids)
    .map((row) => {
      const previous = row.id === 1 ? chainStart : (before.get(row.id - 1) ?? chainStart);
      const follows = row.id === previousId + 1;
      previousId = row.id;
      // An entry that fits no form was tampered with: it is written as it is, and fails there as it does here.
      return jsonLine(row, formOf(previous, row) ?? 2, follows ? null : previous);
    })
    .join('');
};

const csvPiece = (reader: Reader, ids: readonly number[]): string =>
  entriesById(reader, ids)
    .toReversed()
    .map((row) => csvRow(entryOf(row)))
    .join('');

type Plan = { store: Store; ids: readonly number[]; head: string; format: 'jsonl' | 'csv' };

/** Bytes written; null when it was cancelled. */
const writePieces = async (ctx: Context, file: FileHandle, { store, ids, head, format }: Plan) => {
  let size = 0;
  const write = async (text: string): Promise<void> => {
    const bytes = Buffer.from(text, 'utf8');
    await file.writeFile(bytes);
    size += bytes.length;
  };
  await write(head);
  for (let at = 0; at < ids.length; at += rowsAtOnce) {
    if (ctx.signal.aborted) return null;
    const some = ids.slice(at, at + rowsAtOnce);
    const last = at === 0 ? 0 : (ids[at - 1] ?? 0);
    await write(
      await store.read((reader) => (format === 'csv' ? csvPiece(reader, some) : jsonPiece(reader, some, last))),
    );
    ctx.progress('Writing entries', (100 * Math.min(at + rowsAtOnce, ids.length)) / ids.length);
  }
  await file.sync();
  return size;
};

const noteExport = (
  ctx: Context,
  name: string,
  answer: Output<'audit.export'>,
  filter: Filter,
): Promise<Result<null>> =>
  ctx.commit({ kind: 'event' }, (changes) => {
    const { format, entries, complete, end } = answer;
    changes.event('audit', name, 'export', { format, entries, complete, upTo: end.id, filter: { ...filter } });
    return ok(null);
  });

export const exportLog: Handler<'audit.export'> = async (ctx, { file, format = 'jsonl', ...filter }) => {
  const target = ctx.file(file);
  if (!target.ok) return target;
  if (target.data.use !== 'write')
    return fail({ type: 'InputInvalid', field: 'file', problem: 'this file was opened for reading' });
  const store = await ctx.store();
  if (!store.ok) return store;
  const newest = await store.data.read(chainHead);
  const end = newest === null ? logStart : { id: newest.id, hash: hex(newest.hash) };
  const complete = format === 'jsonl' && Object.keys(filter).every((name) => name === 'seals');
  const wanted: Filter = complete ? { seals: true } : filter;
  const ids = await fittingIds(ctx, store.data, wanted, end.id);
  if (!ids.ok) return ids;
  const head: ExportHead = {
    format: exportFormat,
    version: 1,
    store: store.data.info().storeId,
    made: ctx.clock.now(),
    complete,
    filter: { ...wanted },
    start: logStart,
    end,
  };
  const { path, name } = target.data;
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  let handle: FileHandle | null = null;
  try {
    handle = await open(temporary, 'wx', 0o600);
    const text = format === 'csv' ? csvHead : `${JSON.stringify(head)}\n`;
    const sizeBytes = await writePieces(ctx, handle, { store: store.data, ids: ids.data, head: text, format });
    if (sizeBytes === null) return cancelled();
    await handle.close();
    handle = null;
    const answer = { path: name, format, entries: ids.data.length, sizeBytes, complete, end };
    const noted = await noteExport(ctx, name, answer, filter);
    if (!noted.ok) return noted;
    await rename(temporary, path);
    return ok(answer);
  } catch (error) {
    if (errnoCode(error) === null) throw error;
    return diskFailure(error, 'the export', path, null);
  } finally {
    await handle?.close();
    await rm(temporary, { force: true });
  }
};
