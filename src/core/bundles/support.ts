/**
 * The support bundle: what somebody who helps needs to know, and nothing that is the owner's. Versions, the doctor's
 * checks, counts, names of settings and how they are set, runs of migrations, the newest lines of the error log. No value;
 * folders, the account and the machine are replaced by words.
 */
import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { homedir, hostname, release, userInfo } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { fail, ok } from '../../contract/result.ts';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import type { Context, Handler } from '../context.ts';
import { runDoctor } from '../doctor/checks.ts';
import { homeStatus } from '../homes/status.ts';
import { listRuns } from '../migration/runs.ts';
import { settingsHandlers } from '../settings/commands.ts';
import { latestSchema } from '../store/schema/index.ts';
import { appVersion } from '../version.ts';
import { writeWhole } from '../whole-file.ts';

const logLines = 200;

const accountName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
};

const escapeForRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** What tells of the person or the machine becomes a word; folders go first, so that no half of one is left. */
const createRedactor = (ctx: Pick<Context, 'homeDir' | 'configDir' | 'actor'>): ((text: string) => string) => {
  const folders: [string, string][] = [
    [ctx.homeDir, '<home>'],
    [ctx.configDir, '<holdfast folder>'],
    [homedir(), '<user folder>'],
  ];
  const names: [string, string][] = [
    [hostname(), '<machine>'],
    [accountName(), '<account>'],
    [ctx.actor.user, '<account>'],
  ];
  const wanted = (all: [string, string][]) =>
    all.filter(([text]) => text.length >= 3).toSorted(([a], [b]) => b.length - a.length);
  const words = wanted(names).map(([name, instead]): [RegExp, string] => [
    new RegExp(`(?<![\\p{L}\\p{N}])${escapeForRegExp(name)}(?![\\p{L}\\p{N}])`, 'gu'),
    instead,
  ]);
  return (text) => {
    const withoutFolders = wanted(folders).reduce((all, [folder, instead]) => all.replaceAll(folder, instead), text);
    return words.reduce((all, [word, instead]) => all.replace(word, instead), withoutFolders);
  };
};

/** Texts only: the names of members are Holdfast's own. */
const redacted = (value: JsonValue, redact: (text: string) => string): JsonValue => {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((one) => redacted(one, redact));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, redacted(one, redact)]));
};

const newestLog = async (configDir: string): Promise<string[]> => {
  const text = await readFile(join(configDir, 'logs', 'holdfast.log'), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-logLines);
};

const orError = <T>(result: { ok: true; data: T } | { ok: false; error: HoldfastError }, of: (data: T) => JsonValue) =>
  result.ok ? of(result.data) : { problem: describeError(result.error), type: result.error.type };

/** JSON has no `undefined`; what the contract gives has no functions or dates. */
const plain = (value: object): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;

const partsOf = async (ctx: Context): Promise<{ [part: string]: JsonValue }> => {
  const status = await homeStatus(ctx);
  const doctor = await runDoctor(ctx);
  const runs = await listRuns(ctx);
  const listed = await settingsHandlers['settings.list'](ctx, {});
  const definition = await ctx.definition();
  return {
    app: {
      holdfast: appVersion,
      schema: latestSchema,
      node: process.versions.node,
      electron: process.versions['electron'] ?? null,
    },
    system: { platform: process.platform, release: release(), arch: process.arch },
    definition:
      definition === null
        ? null
        : { id: definition.id, version: definition.version, generic: definition.generic === true },
    status: orError(status, (data) => plain(data)),
    checks: orError(doctor, ({ checks }) => plain(checks)),
    migrations: orError(runs, (data) => plain(data)),
    settings: orError(listed, ({ settings }) =>
      settings.map(({ key, type, kind, source, secret, modified, known, set }) => ({
        key,
        type,
        kind,
        source,
        secret,
        modified,
        known,
        ...(set === undefined ? {} : { set }),
      })),
    ),
    log: await newestLog(ctx.configDir),
  };
};

export const supportBundle: Handler<'support.bundle'> = async (ctx, { file, dryRun }) => {
  const target = ctx.file(file);
  if (!target.ok) return target;
  if (target.data.use !== 'write')
    return fail({ type: 'InputInvalid', field: 'file', problem: 'this file was opened for reading' });
  const { path, name } = target.data;
  const parts = await partsOf(ctx);
  const about = { format: 'holdfast-support', version: 1, made: ctx.clock.now() };
  const text = `${JSON.stringify(redacted({ ...about, ...parts }, createRedactor(ctx)), null, 2)}\n`;
  const answer = { path: name, dryRun: dryRun === true, sizeBytes: Buffer.byteLength(text), parts: Object.keys(parts) };
  if (dryRun === true) return ok(answer);
  const written = await writeWhole(path, text, { what: 'The support bundle', name });
  return written.ok ? ok(answer) : written;
};
