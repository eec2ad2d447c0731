/**
 * The heads of the log that Holdfast remembers outside the home: after each session one, in its own folder
 * (`anchors/<store id>.json`). Who cuts or replaces the log there leaves these behind, so it shows at the next open.
 * What an opened older copy makes plausible (recovery) is marked: anchors before the mark no longer count.
 */
import { Buffer } from 'node:buffer';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Result } from '../../contract/result.ts';
import type { Reader } from '../store/types.ts';
import { writeWhole } from '../whole-file.ts';
import { chainHead, hashAt } from './queries.ts';
import { removedRanges } from './retention/queries.ts';

const anchorsFormat = 'holdfast-anchors';
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Remembered = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  hash: Hash,
  at: Type.String({ maxLength: 40 }),
  /** Why the log may be another one from here on. */
  after: Type.Optional(Type.Union([Type.Literal('recovery'), Type.Literal('found')])),
});
const AnchorsFile = Type.Object({
  format: Type.Literal(anchorsFormat),
  version: Type.Literal(1),
  store: Type.String({ maxLength: 100 }),
  anchors: Type.Array(Remembered, { maxItems: 10_000 }),
});
export type AnchorsFile = Static<typeof AnchorsFile>;
type Remembered = Static<typeof Remembered>;

/** `id` null: only the hash is known, as in a backup. `from` names it for people. */
export type Anchor = { id: number | null; hash: string; at: string; from: string };

/** The oldest go first: a newer one stands for all before it. */
const kept = 200;

/** Null when the id is no name for a file: then there is nothing remembered either. */
const pathOf = (configDir: string, storeId: string): string | null =>
  /^[\w-]{1,100}$/u.test(storeId) ? join(configDir, 'anchors', `${storeId}.json`) : null;

export const parseAnchors = (text: string): AnchorsFile | null => {
  try {
    const value: unknown = JSON.parse(text);
    return Check(AnchorsFile, value) ? value : null;
  } catch {
    return null;
  }
};

/** A file that is not there or cannot be understood remembers nothing. */
export const readAnchors = async (configDir: string, storeId: string): Promise<Remembered[]> => {
  const path = pathOf(configDir, storeId);
  if (path === null) return [];
  const text = await readFile(path, 'utf8').catch(() => null);
  const file = text === null ? null : parseAnchors(text);
  return file?.store === storeId ? file.anchors : [];
};

/** Those that the present log must still have. Tampering that was found stays in the file, but is told once. */
export const binding = (anchors: readonly Remembered[], marks: readonly Remembered['after'][]): Anchor[] => {
  const since = anchors.findLastIndex(({ after }) => after !== undefined && marks.includes(after));
  return anchors
    .slice(Math.max(since, 0))
    .map(({ id, hash, at }) => ({ id, hash, at, from: 'the head that Holdfast remembered' }));
};

/** Notes the present head. Nothing is written when it is remembered already. */
export const rememberHead = async (
  configDir: string,
  storeId: string,
  head: { id: number; hash: Uint8Array; at: string } | null,
  after?: Remembered['after'],
): Promise<Result<null> | null> => {
  const path = pathOf(configDir, storeId);
  if (path === null || head === null) return null;
  const before = await readAnchors(configDir, storeId);
  const hash = Buffer.from(head.hash).toString('hex');
  const last = before.at(-1);
  if (last?.id === head.id && last.hash === hash && after === undefined) return null;
  const anchors = [...before, { id: head.id, hash, at: head.at, ...(after === undefined ? {} : { after }) }].slice(
    -kept,
  );
  const file: AnchorsFile = { format: anchorsFormat, version: 1, store: storeId, anchors };
  await mkdir(join(configDir, 'anchors'), { recursive: true, mode: 0o700 });
  return writeWhole(path, `${JSON.stringify(file)}\n`, { what: 'The head of the audit log' });
};

type CutLog = { problem: string; anchor: number; found: number };

/** What the open compares: the newest head that is remembered, with the entry of that number. */
export const findCut = async (
  configDir: string,
  storeId: string,
  read: <T>(fn: (reader: Reader) => T) => Promise<T>,
): Promise<CutLog | null> => {
  const last = binding(await readAnchors(configDir, storeId), ['recovery', 'found']).at(-1);
  if (last?.id == null) return null;
  const anchor = last.id;
  return read((reader) => {
    const found = chainHead(reader)?.id ?? 0;
    const hash = hashAt(reader, anchor);
    const range =
      hash === null ? removedRanges(reader).find(({ from, to }) => from <= anchor && anchor <= to) : undefined;
    // Removed by the log's own account, which verification checks: only the last hash of it is still known.
    if (range !== undefined && (range.to !== anchor || range.hash === last.hash)) return null;
    if (hash === null)
      return {
        problem: `the audit log was cut after entry ${String(found)}: on ${last.at} it had ${String(anchor)} entries`,
        anchor,
        found,
      };
    if (Buffer.from(hash).toString('hex') === last.hash) return null;
    return {
      problem: `the audit log is another one than on ${last.at}: entry ${String(anchor)} differs`,
      anchor,
      found,
    };
  });
};
