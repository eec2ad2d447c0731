/**
 * Makes a mirrored file and the store agree again, by the owner's word on which of the two counts. What is overwritten is
 * kept: the file as an encrypted copy, the store's values as versions that can be brought back.
 */
import type { Input, Output } from '../../contract/commands.ts';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { writeLegacyBackup } from '../backup/legacy.ts';
import { recordBackup } from '../backup/record.ts';
import { changeView } from '../changes/view.ts';
import type { Put, SubjectKind } from '../changes/write.ts';
import type { Context } from '../context.ts';
import type { Definition, SourceRule } from '../definitions/types.ts';
import { defaultMaxBytes, openLegacy, type LegacyFile } from '../migration/open-legacy.ts';
import { subjectKey } from '../migration/present.ts';
import { readKeys, recipientOf } from '../secrets/ensure-keys.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import { listMirrors } from './health.ts';
import { filesOf, placeIn, ruleFor } from './places.ts';
import * as sql from './queries.ts';
import { placesTheFileGives, renderFile } from './render.ts';
import { realMirrorFs, replaceFile } from './write-file.ts';

type Repaired = Output<'mirror.repair'>;
type Ruled = { definition: Definition; rule: SourceRule; file: string };
type Opened = Extract<LegacyFile, { status: 'read' }> | null;

/** The file as it was, encrypted, before Holdfast's values go over it. */
const keepCopy = async (
  ctx: Context,
  file: string,
  opened: Opened,
  keyring: Keyring,
): Promise<Result<string | null>> => {
  if (opened === null) return ok(null);
  const keys = readKeys(ctx.holdfastDir);
  const recipient = keys.ok ? recipientOf(keys.data?.file ?? null) : null;
  if (recipient === null) return fail({ type: 'NotFound', what: 'key to encrypt the copy with in', name: 'keys.json' });
  const backup = await writeLegacyBackup({
    holdfastDir: ctx.holdfastDir,
    files: [{ path: file, mode: opened.mode, bytes: opened.bytes }],
    recipient,
    identities: keyring.backupIdentities(),
    now: ctx.clock.now(),
  });
  if (!backup.ok) return backup;
  const { path, sizeBytes, sealed, provenAt, files } = backup.data;
  const row = {
    kind: 'legacy' as const,
    key: 'recovery' as const,
    recipient,
    counts: { files },
    path,
    sizeBytes,
    sealed,
    provenAt,
  };
  const kept = await ctx.commit({ kind: 'event', reason: `before ${file} was written again` }, (changes) => {
    recordBackup(changes, { ...row, at: changes.at });
    return ok(path);
  });
  return kept;
};

const takeStore = async (
  ctx: Context,
  ruled: Ruled,
  opened: Opened,
  dryRun: boolean,
): Promise<Result<Omit<Repaired, 'mirror'>>> => {
  const { definition, rule, file } = ruled;
  const keyring = await ctx.keyring(`${file} is compared with every value, secrets included`);
  if (!keyring.ok) return keyring;
  const input = {
    definition,
    rule,
    file,
    bytes: opened?.bytes ?? null,
    keyring: keyring.data,
    now: ctx.clock.now(),
    upto: null,
  };
  const first = await ctx.read((reader) => renderFile(reader, input));
  if (!first.ok) return first;
  if (!first.data.ok) return fail({ type: 'FileInvalid', file, problem: first.data.reason });
  if (dryRun) return ok({ backup: null, changeSet: null, changes: first.data.changed });
  const copy = first.data.changed > 0 ? await keepCopy(ctx, file, opened, keyring.data) : ok(null);
  if (!copy.ok) return copy;
  // Saving the copy may have taken its time: what is written is what the store says now.
  const now = await ctx.read((reader) => renderFile(reader, input));
  if (!now.ok) return now;
  const rendered = now.data;
  if (!rendered.ok) return fail({ type: 'FileInvalid', file, problem: rendered.reason });
  const store = await ctx.store();
  if (!store.ok) return store;
  if (rendered.changed > 0 || opened === null) {
    // Should this process end right after the rename, the file is known for Holdfast's own.
    const noted = await store.data.transact((tx) => {
      const [term, state] = [sql.termOf(tx, file), sql.mirrorState(tx, file)];
      if (term !== null && state !== undefined) sql.saveState(tx, term, { ...state, next: rendered.sha256 });
      return ok(null);
    });
    if (!noted.ok) return noted;
    const written = replaceFile(realMirrorFs, ctx.homeDir, file, rendered.bytes, opened?.sha256 ?? null);
    if (!written.ok) return fail({ type: 'FileInvalid', file, problem: written.reason });
  }
  const settled = await store.data.transact((tx) => {
    const term = sql.termOf(tx, file);
    if (term === null) throw new Error('a mirrored file without a name in the store');
    sql.saveState(tx, term, { sha256: rendered.sha256, next: null, upto: rendered.upto, at: ctx.clock.now() });
    sql.clearDue(tx, term, rendered.changeSet);
    return ok(null);
  });
  return settled.ok ? ok({ backup: copy.data, changeSet: null, changes: rendered.changed }) : settled;
};

/** Only what the file says of a subject is taken from it: a record's expiry and an integration's name are Holdfast's own. */
const merged = (rule: SourceRule, live: JsonValue | undefined, inFile: JsonValue): JsonValue => {
  if (!isJsonObject(live) || !isJsonObject(inFile)) return inFile;
  if (rule.to.kind === 'records') return { ...inFile, expiresAt: live['expiresAt'] ?? null };
  return rule.to.kind === 'integrations' && rule.to.layout === 'enabled-list' && 'enabled' in live
    ? { ...live, enabled: inFile['enabled'] ?? false }
    : inFile;
};

/** Everything the file says, and everything that belongs to it and that it says no more. */
const putsFrom = (reader: Reader, ruled: Ruled, bytes: Uint8Array, now: string): Put[] | string => {
  const { definition, rule, file } = ruled;
  const mapped = placesTheFileGives(reader, { ...ruled, bytes, keyring: null, now, upto: null });
  if (typeof mapped === 'string') return mapped;
  const live = new Map(sql.liveRows(reader, 0).map((row) => [`${row.kind}/${row.key}`, row]));
  const puts = mapped.map((one): Put => {
    const row = live.get(subjectKey(one.subject));
    const before = row === undefined || row.value === null ? undefined : (JSON.parse(row.value) as JsonValue);
    const secret = row === undefined ? one.secret : row.secret === 1;
    return { subject: one.subject, value: merged(rule, before, one.value), secret, source: 'file' };
  });
  const named = new Set(mapped.map((one) => subjectKey(one.subject)));
  const removed = [...live].flatMap(([key, row]): Put[] => {
    const subject = { kind: row.kind as SubjectKind, key: row.key };
    const belongs = !named.has(key) && placeIn({ file, rule }, subject) !== null;
    if (!belongs || filesOf(reader, definition, subject)[0] !== file) return [];
    return [{ subject, value: undefined, secret: row.secret === 1, source: 'file' }];
  });
  return [...removed, ...puts];
};

const takeFile = async (
  ctx: Context,
  ruled: Ruled,
  opened: Opened,
  input: Input<'mirror.repair'>,
): Promise<Result<Omit<Repaired, 'mirror'>>> => {
  const { file } = ruled;
  if (opened === null) return fail({ type: 'NotFound', what: 'legacy file', name: file });
  const keyring = await ctx.keyring(`Values of ${file} may be secret`);
  if (!keyring.ok) return keyring;
  if (input.dryRun === true) {
    const puts = await ctx.read((reader) => {
      const found = putsFrom(reader, ruled, opened.bytes, ctx.clock.now());
      return typeof found === 'string'
        ? found
        : found.filter((put) => changeView(reader, put, keyring.data).action !== 'unchanged').length;
    });
    if (!puts.ok) return puts;
    if (typeof puts.data === 'string') return fail({ type: 'FileInvalid', file, problem: puts.data });
    return ok({ backup: null, changeSet: null, changes: puts.data });
  }
  return ctx.commit({ kind: 'edit', reason: input.reason ?? `taken from ${file}` }, (changes) => {
    const puts = putsFrom(changes.tx, ruled, opened.bytes, changes.at);
    if (typeof puts === 'string') return fail({ type: 'FileInvalid', file, problem: puts });
    const written = puts.filter((put) => changes.put(put).action !== 'unchanged').length;
    const { version } = sql.newest(changes.tx);
    sql.saveState(changes.tx, changes.term(file), { sha256: opened.sha256, next: null, upto: version, at: changes.at });
    return ok({ backup: null, changeSet: written > 0 ? changes.uid : null, changes: written });
  });
};

/** Errors: `NotFound`, `FileInvalid`, `SecretsLocked`, and what the save answers; then nothing was overwritten. */
export const repairMirror = async (ctx: Context, input: Input<'mirror.repair'>): Promise<Result<Repaired>> => {
  const { file, take } = input;
  const definition = await ctx.definition();
  const rule = definition === null ? null : ruleFor(definition, file);
  const mirrors = await listMirrors(ctx);
  if (!mirrors.ok) return mirrors;
  if (definition === null || rule === null || mirrors.data.every((one) => one.file !== file || !one.on))
    return fail({ type: 'NotFound', what: 'mirrored file', name: file });
  const opened = await openLegacy(ctx.homeDir, file, rule.maxBytes ?? defaultMaxBytes);
  if (opened.status === 'unreadable') return fail({ type: 'FileInvalid', file, problem: opened.reason });
  const there = opened.status === 'read' ? opened : null;
  const ruled = { definition, rule, file };
  const done =
    take === 'store'
      ? await takeStore(ctx, ruled, there, input.dryRun === true)
      : await takeFile(ctx, ruled, there, input);
  if (!done.ok) return done;
  const after = await listMirrors(ctx);
  if (!after.ok) return after;
  const mirror = after.data.find((one) => one.file === file);
  ctx.changed('status', 'migration', 'settings', 'integrations', 'audit');
  return mirror === undefined
    ? fail({ type: 'NotFound', what: 'mirrored file', name: file })
    : ok({ mirror, ...done.data });
};
