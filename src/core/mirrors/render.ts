/**
 * The bytes that a mirrored file should have: those it has, with only the changed values of the store put in place. What
 * it makes is read again with the application's own reader and compared with the store before anybody may write it.
 */
import { createHash } from 'node:crypto';
import { isJsonObject, jsonEqual, type JsonValue } from '../../contract/json.ts';
import { keyToSegments } from '../../contract/setting-key.ts';
import { cipherPlace, type Subject, type SubjectKind } from '../changes/write.ts';
import type { Definition, SourceRule } from '../definitions/types.ts';
import { mapSource } from '../migration/mappers.ts';
import { pathOf, type Segments } from '../migration/map-parts.ts';
import { isMapped, type Mapped } from '../migration/plan-types.ts';
import { subjectKey } from '../migration/present.ts';
import { readerFor } from '../migration/readers/index.ts';
import { decodeText } from '../migration/readers/text.ts';
import type { ReadFile } from '../migration/readers/types.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import { writeEnvWishes } from './env-edits.ts';
import { keep, writeWish } from './json-edits.ts';
import { NoPlace, wishAll, type SubjectWish } from './json-wishes.ts';
import { filesOf, placeIn } from './places.ts';
import * as sql from './queries.ts';

export type RenderInput = {
  definition: Definition;
  file: string;
  rule: SourceRule;
  /** Null: there is no file; a new one is made. */
  bytes: Uint8Array | null;
  /** Null while locked. */
  keyring: Keyring | null;
  now: string;
  /** The newest version that the file has; 0: it is as the last import read it; null: every value is compared. */
  upto: number | null;
};

export type Rendered =
  /** `changed` counts subjects; the bytes are the same where it is 0. `upto`: the newest version they hold. */
  | { ok: true; bytes: Uint8Array; sha256: string; changed: number; upto: number; changeSet: number }
  | { ok: false; reason: string };

export const lockedReason = 'locked: a secret in it changed, and the keys are locked';

/** `unkept`: places whose text the store could not keep exactly. */
type Content = { read: ReadFile & { ok: true }; mapped: Mapped[]; unkept: Set<string> };

const contentOf = (input: RenderInput, bytes: Uint8Array): Content | string => {
  const { definition, file, rule, now } = input;
  const read = readerFor(rule.format).read(bytes, rule.maxNodes);
  if (!read.ok) return `line ${String(read.error.line)}: ${read.error.message}`;
  const opened = { file, status: 'read' as const, bytes, sha256: '', mode: 0, sizeBytes: bytes.length };
  const candidates = mapSource({ definition, source: { file, rule, opened, read }, now });
  const unkept = new Set(candidates.flatMap((one) => (isMapped(one) ? [] : [one.path])));
  return { read, mapped: candidates.filter(isMapped), unkept };
};

const emptyFile = (rule: SourceRule): Uint8Array => {
  if (rule.format === 'env') return new Uint8Array();
  return Buffer.from(rule.to.kind === 'records' && rule.to.layout === 'list' ? '[]\n' : '{}\n');
};

/** Places whose value another file gives, or that the import left out: they stay as they are. */
const leftOut = (reader: Reader, input: RenderInput): Set<string> => {
  const imported = sql.importOf(reader, input.file);
  const rows = imported === undefined ? [] : sql.ledgerPlaces(reader, input.file, imported.run);
  return new Set(
    rows
      .filter(({ kind, key, version }) => {
        if (version !== null) return false;
        const subject = kind === null || key === null ? null : { kind: kind as SubjectKind, key };
        return subject === null || filesOf(reader, input.definition, subject)[0] !== input.file;
      })
      .map((row) => row.path),
  );
};

/** What the import gave each subject of the file. */
const importedVersions = (reader: Reader, file: string): Map<string, number> => {
  const imported = sql.importOf(reader, file);
  const rows = imported === undefined ? [] : sql.ledgerPlaces(reader, file, imported.run);
  return new Map(
    rows.flatMap(({ kind, key, version }) =>
      kind === null || key === null || version === null ? [] : [[`${kind}/${key}`, version] as const],
    ),
  );
};

const isLocked = Symbol('locked');

const openValue = (row: sql.LiveRow, keyring: Keyring | null): JsonValue | typeof isLocked => {
  if (row.secret === 0) return JSON.parse(row.value ?? 'null') as JsonValue;
  const place = cipherPlace({ kind: row.kind as SubjectKind, key: row.key }, row.version);
  const plain = row.cipher === null ? null : (keyring?.decrypt(place, row.cipher) ?? null);
  return plain === null ? isLocked : (JSON.parse(plain) as JsonValue);
};

const segmentsOf = (path: string): Segments => (path === '' ? [] : (keyToSegments(path) ?? [path]));

/** Every subject that the file should hold, or hold no more, where the store went on since the file was written. */
const wishesFor = (reader: Reader, input: RenderInput, content: Content): SubjectWish[] | typeof isLocked => {
  const { definition, file, rule, keyring, upto } = input;
  const live = new Map(sql.liveRows(reader, upto ?? 0).map((row) => [`${row.kind}/${row.key}`, row]));
  const touched = upto !== null && upto > 0 ? sql.touchedAfter(reader, upto) : null;
  const protectedPaths = leftOut(reader, input);
  const imported = importedVersions(reader, file);
  const own = content.mapped.filter((one) => !one.mark && !protectedPaths.has(one.path));
  const named = new Set(content.mapped.map((one) => subjectKey(one.subject)));
  const wishes: SubjectWish[] = [];
  for (const one of own) {
    const key = subjectKey(one.subject);
    const row = live.get(key);
    const since = touched === null ? row === undefined || row.version !== imported.get(key) : touched.has(key);
    if (upto !== null && !since) continue;
    const value = row === undefined ? undefined : openValue(row, keyring);
    if (value === isLocked) return isLocked;
    wishes.push({ subject: one.subject, place: segmentsOf(one.path), value, now: one.value });
  }
  for (const [key, row] of live) {
    if (named.has(key)) continue;
    const subject: Subject = { kind: row.kind as SubjectKind, key: row.key };
    const place = placeIn({ file, rule }, subject);
    if (place === null || filesOf(reader, definition, subject)[0] !== file) continue;
    // Mapped by hand from a text that no store could keep: that text stays until its value is changed.
    if (content.unkept.has(pathOf(place)) && imported.get(key) === row.version) continue;
    const value = openValue(row, keyring);
    if (value === isLocked) return isLocked;
    wishes.push({ subject, place, value, now: undefined });
  }
  return wishes.filter(({ value, now }) => !(value === undefined ? now === undefined : sameValue(rule, value, now)));
};

/** Only what a file says of a subject: a record's expiry and an integration's name may be Holdfast's own. */
const sameValue = (rule: SourceRule, value: JsonValue, now: JsonValue | undefined): boolean => {
  if (now === undefined) return false;
  const told = (one: JsonValue): JsonValue => {
    if (!isJsonObject(one)) return one;
    if (rule.to.kind === 'records') return one['data'] ?? null;
    return rule.to.kind === 'integrations' && rule.to.layout === 'enabled-list' && 'enabled' in one && 'type' in one
      ? one['enabled'] === true
      : one;
  };
  return jsonEqual(told(value), told(now));
};

const patched = (input: RenderInput, content: Content, text: string, wishes: readonly SubjectWish[]): string => {
  const { rule } = input;
  if (rule.format === 'env') {
    const written = writeEnvWishes(
      text,
      wishes.map(({ place, value, now }) => ({ key: String(place[0]), value, now })),
    );
    if (!written.ok) throw new NoPlace(written.problem);
    return written.text;
  }
  const root = content.read.json?.root;
  if (root === undefined) throw new Error('a JSON file was read without its tree');
  return writeWish(text, root, wishAll(keep(root), rule.to, wishes));
};

/** Null when the application would read exactly what the store says, else the first subject that it would not. */
const misread = (before: Content, after: Content, wishes: readonly SubjectWish[], rule: SourceRule): string | null => {
  const valuesOf = (content: Content): Map<string, Mapped> =>
    new Map(content.mapped.filter((one) => !one.mark).map((one) => [subjectKey(one.subject), one]));
  const [old, now] = [valuesOf(before), valuesOf(after)];
  for (const { subject, value } of wishes) {
    const key = subjectKey(subject);
    const found = now.get(key);
    old.delete(key);
    now.delete(key);
    if (value === undefined ? found !== undefined : !sameValue(rule, value, found?.value)) return subject.key;
  }
  for (const [key, one] of old) {
    const found = now.get(key);
    now.delete(key);
    // What belongs to something that was taken away went with it.
    const taken =
      found === undefined &&
      wishes.some(
        ({ value, subject }) => value === undefined && one.within !== null && one.subject.key.startsWith(subject.key),
      );
    if (!taken && (found === undefined || !jsonEqual(found.value, one.value))) return one.subject.key;
  }
  return now.values().next().value?.subject.key ?? null;
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What a file says, without the places that another file or the import's owner decided against; or what is wrong with it. */
export const placesTheFileGives = (reader: Reader, input: RenderInput & { bytes: Uint8Array }): Mapped[] | string => {
  const content = contentOf(input, input.bytes);
  if (typeof content === 'string') return content;
  const left = leftOut(reader, input);
  return content.mapped.filter((one) => !one.mark && !left.has(one.path));
};

/** Reads only. All of it happens at once, so that what it read and what it says it holds are the same state of the store. */
export const renderFile = (reader: Reader, input: RenderInput): Rendered => {
  const bytes = input.bytes ?? emptyFile(input.rule);
  const before = contentOf(input, bytes);
  if (typeof before === 'string') return { ok: false, reason: `it cannot be read: ${before}` };
  const { version: upto, changeSet } = sql.newest(reader);
  const wishes = wishesFor(reader, input, before);
  if (wishes === isLocked) return { ok: false, reason: lockedReason };
  if (wishes.length === 0) return { ok: true, bytes, sha256: sha256(bytes), changed: 0, upto, changeSet };
  const decoded = decodeText(bytes);
  if (!decoded.ok) throw new Error('a file that was read does not decode');
  let text: string;
  try {
    text = patched(input, before, decoded.text, wishes);
  } catch (error) {
    if (error instanceof NoPlace) return { ok: false, reason: error.message };
    throw error;
  }
  const result = Buffer.from(decoded.bom ? `\uFEFF${text}` : text, 'utf8');
  const after = contentOf(input, result);
  const wrong = typeof after === 'string' ? after : misread(before, after, wishes, input.rule);
  if (wrong !== null)
    return { ok: false, reason: `it cannot be written so that ${input.file} reads back as it should (${wrong})` };
  return { ok: true, bytes: result, sha256: sha256(result), changed: wishes.length, upto, changeSet };
};
