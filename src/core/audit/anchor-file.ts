/** A head of the log from a file that a person names: Holdfast's own list, a backup, or an export of the log. */
import { open } from 'node:fs/promises';
import { fail, ok, type Result } from '../../contract/result.ts';
import { findBackup, openingOf, readFoundBackup } from '../backup/open.ts';
import type { Context } from '../context.ts';
import { binding, parseAnchors, type Anchor } from './anchors.ts';
import { parseHead } from './export-format.ts';

const mostBytes = 4 * 1024 * 1024;
const ageMagic = 'age-encryption.org/';

/** The first bytes: all of a list of heads, and the first line of an export. */
const readStart = async (path: string, name: string): Promise<Result<string>> => {
  try {
    const handle = await open(path, 'r');
    try {
      if (!(await handle.stat()).isFile())
        return fail({ type: 'FileInvalid', file: name, problem: 'this is not a file' });
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
      return ok(buffer.subarray(0, bytesRead).toString('utf8'));
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    return code === 'ENOENT'
      ? fail({ type: 'NotFound', what: 'file', name })
      : fail({ type: 'Unreadable', path: name, code });
  }
};

type Found = { store: string; anchors: Anchor[] };

const ofBackup = async (ctx: Context, handle: string): Promise<Result<Found>> => {
  const found = await findBackup(ctx, { file: handle });
  if (!found.ok) return found;
  const content = await readFoundBackup(found.data, await openingOf(ctx, undefined));
  if (!content.ok) return content;
  const { storeId, auditHead, created } = content.data.manifest;
  const from = `the backup ${found.data.shown}`;
  return ok({ store: storeId, anchors: auditHead === null ? [] : [{ id: null, hash: auditHead, at: created, from }] });
};

const ofText = (text: string, name: string): Found | null => {
  const list = parseAnchors(text);
  if (list !== null)
    return {
      store: list.store,
      anchors: binding(list.anchors, ['recovery']).map((anchor) => ({ ...anchor, from: name })),
    };
  const head = parseHead(text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n')));
  if (head === null) return null;
  const ends = [head.start, head.end].filter((end) => end !== null && end.id > 0);
  return {
    store: head.store,
    anchors: ends.flatMap((end) => (end === null ? [] : [{ ...end, at: head.made, from: `the export ${name}` }])),
  };
};

/** Errors: `NotFound`, `Unreadable`, `FileInvalid`, `InputInvalid` for one of another store, those of opening a backup. */
export const anchorsOfFile = async (ctx: Context, handle: string, storeId: string): Promise<Result<Anchor[]>> => {
  const file = ctx.file(handle);
  if (!file.ok) return file;
  const { path, name } = file.data;
  const text = await readStart(path, name);
  if (!text.ok) return text;
  let found: Found | null;
  if (text.data.startsWith(ageMagic)) {
    const backup = await ofBackup(ctx, handle);
    if (!backup.ok) return backup;
    found = backup.data;
  } else found = ofText(text.data, name);
  if (found === null) {
    const problem = 'this is neither a list of heads, a backup, nor an exported log';
    return fail({ type: 'FileInvalid', file: name, problem });
  }
  if (found.store !== storeId)
    return fail({ type: 'InputInvalid', field: 'anchor', problem: 'it is of another store' });
  return ok(found.anchors);
};
