/**
 * `home.leave`: gives the home back to the application. A last backup is proven outside, the files get what the store has
 * and are read back, and only then does `.holdfast/` go, by one rename first, so that it is there or not. A file that was
 * changed outside stops it: nothing is decided for its owner. Cut off anywhere, doing it again finishes it.
 */
import { Buffer } from 'node:buffer';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Input } from '../../contract/commands.ts';
import type { Left } from '../../contract/migration-after.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import type { Definition } from '../definitions/types.ts';
import { findDrift } from '../homes/drift.ts';
import { modesSeen } from '../homes/queries.ts';
import { knownNow } from '../mirrors/known.ts';
import { ruleFor } from '../mirrors/places.ts';
import { placesTheFileGives, renderFile, type RenderInput } from '../mirrors/render.ts';
import { realMirrorFs } from '../mirrors/write-file.ts';
import type { Keyring } from '../secrets/types.ts';
import { storedSettings } from '../settings/queries.ts';
import { writeError } from '../store/failures.ts';
import { realFs } from '../store/fs.ts';
import { chooseLastBackup, makeLastBackup, openableLater } from './last-backup.ts';
import { regenerateAll, type Regenerated } from './layout/regenerate.ts';
import { openLegacy } from './open-legacy.ts';
import { placeProblem, putFile } from './put-file.ts';

const maxBytes = 256 * 1024 * 1024;
/** Of a file that is gone and whose mode nobody noted. */
const newFileMode = 0o600;

type Step = Left['files'][number] & { bytes: Uint8Array; mode: number; input: RenderInput };
type Plan = { steps: Step[]; homeless: string[] };

/** `made`: the file from its layout. `modeSeen`: what it had when it was read. */
type SeenFile = { file: string; made: Regenerated | undefined; modeSeen: number | undefined };

const stepOf = async (
  ctx: Context,
  definition: Definition,
  keyring: Keyring,
  { file, made, modeSeen }: SeenFile,
): Promise<Result<Step | null>> => {
  const rule = ruleFor(definition, file);
  if (rule === null) return ok(null);
  const problem = placeProblem(realMirrorFs, ctx.homeDir, file);
  if (problem !== null) return fail({ type: 'FileInvalid', file, problem });
  const opened = await openLegacy(ctx.homeDir, file, maxBytes);
  if (opened.status === 'unreadable') return fail({ type: 'FileInvalid', file, problem: opened.reason });
  const missing = opened.status === 'missing';
  // A file that is gone comes back from its layout.
  const layout = made === undefined || made.locked ? null : Buffer.from(made.text, 'utf8');
  const bytes = missing ? layout : opened.bytes;
  const input: RenderInput = { definition, file, rule, bytes, keyring, now: ctx.clock.now(), upto: null };
  const rendered = await ctx.read((reader) => renderFile(reader, input));
  if (!rendered.ok) return rendered;
  if (!rendered.data.ok) return fail({ type: 'FileInvalid', file, problem: rendered.data.reason });
  const { changed } = rendered.data;
  const action = missing ? 'create' : changed === 0 ? 'unchanged' : 'write';
  const mode = missing ? (modeSeen ?? newFileMode) : opened.mode & 0o777;
  return ok({ file, action, changed, bytes: rendered.data.bytes, mode, input });
};

/** Live values that none of the files gives. */
const homelessOf = async (ctx: Context, steps: readonly Step[]): Promise<Result<string[]>> =>
  ctx.read((reader) => {
    const given = new Set<string>();
    for (const { input, bytes } of steps) {
      const places = placesTheFileGives(reader, { ...input, bytes });
      if (typeof places !== 'string') for (const { subject } of places) given.add(`${subject.kind}/${subject.key}`);
    }
    const kinds = ['setting', 'integration', 'field', 'record', 'user', 'user-field', 'override'] as const;
    return kinds.flatMap((kind) =>
      [...storedSettings(reader, kind).keys()].filter((key) => !given.has(`${kind}/${key}`)),
    );
  });

const makePlan = async (ctx: Context, keyring: Keyring): Promise<Result<Plan>> => {
  const definition = await ctx.definition();
  if (definition === null) return fail({ type: 'NotFound', what: 'migration', name: 'in this home' });
  const seen = await ctx.read((reader) => ({
    known: knownNow(reader),
    made: regenerateAll(reader, keyring),
    modes: modesSeen(reader),
  }));
  if (!seen.ok) return seen;
  const made = new Map(seen.data.made.map((one) => [one.file, one]));
  const steps: Step[] = [];
  for (const { file, status } of seen.data.known) {
    if (status !== 'read') continue;
    const step = await stepOf(ctx, definition, keyring, {
      file,
      made: made.get(file),
      modeSeen: seen.data.modes.get(file),
    });
    if (!step.ok) return step;
    if (step.data !== null) steps.push(step.data);
  }
  // A file that says what the store says is no trouble, whoever wrote it: also a leave that was cut off.
  const drift = findDrift(ctx.homeDir, seen.data.known).filter(
    ({ file }) => steps.find((step) => step.file === file)?.action !== 'unchanged',
  );
  if (drift.length > 0) {
    const items = drift.map(({ file, status }) => ({
      file,
      path: '',
      key: file,
      reason: `${status} outside Holdfast`,
    }));
    const what = 'Files were changed outside Holdfast; take the changes over or undo them first';
    return fail({ type: 'Conflict', what, items });
  }
  const homeless = await homelessOf(ctx, steps);
  return homeless.ok ? ok({ steps, homeless: homeless.data }) : homeless;
};

const writeFiles = async (ctx: Context, steps: readonly Step[]): Promise<Result<null>> => {
  for (const { file, mode, bytes, action } of steps) {
    if (action === 'unchanged') continue;
    const problem = putFile(realMirrorFs, ctx.homeDir, { file, mode, bytes });
    if (problem !== null) return fail(problem);
    const back = await openLegacy(ctx.homeDir, file, maxBytes);
    if (back.status !== 'read' || !Buffer.from(back.bytes).equals(Buffer.from(bytes)))
      return fail({ type: 'DiskError', what: file, code: 'not what was written', path: file });
  }
  return ok(null);
};

const contents = (holdfastDir: string): string[] =>
  readdirSync(holdfastDir, { withFileTypes: true })
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .filter((name) => !name.startsWith('owner-'))
    .toSorted();

const remove = async (ctx: Context): Promise<Result<null>> => {
  const done: { result: Result<null> | null } = { result: null };
  const ran = await ctx.exclusively(() => {
    const away = `${ctx.holdfastDir}-left-${ctx.clock.newId()}`;
    try {
      renameSync(ctx.holdfastDir, away);
      realFs.flushDir(dirname(ctx.holdfastDir));
      rmSync(away, { recursive: true, force: true });
      done.result = ok(null);
    } catch (error) {
      done.result = fail(writeError(error, { what: '.holdfast', dir: ctx.homeDir, path: '.holdfast', bytes: null }));
    }
    return Promise.resolve(done.result);
  });
  // That there is no store to open again is what was asked for.
  return done.result ?? (ran.ok ? ok(null) : ran);
};

/** Errors: `Conflict` (drift, or another process), `CheckUnmet` without a recovery code, `SecretsLocked`, `FileInvalid`, `BackupDamaged`, disk errors. */
export const leaveHome = async (ctx: Context, input: Input<'home.leave'>): Promise<Result<Left>> => {
  const keyring = await ctx.keyring('The files get their secrets back, and the last backup is proven');
  if (!keyring.ok) return keyring;
  const openable = openableLater(ctx);
  if (!openable.ok) return openable;
  const plan = await makePlan(ctx, keyring.data);
  if (!plan.ok) return plan;
  const { steps, homeless } = plan.data;
  const files = steps.map(({ file, action, changed }) => ({ file, action, changed }));
  const base = { files, homeless, removed: contents(ctx.holdfastDir) };
  if (input.dryRun === true) return ok({ ...base, dryRun: true, backup: null });
  const last = await chooseLastBackup(ctx, input);
  if (!last.ok) return last;
  if (ctx.door.running() && ctx.actor.door === 'cli')
    return fail({
      type: 'Conflict',
      what: 'Holdfast has this home open in a window or browser; close it first',
      items: [],
    });
  if (ctx.signal.aborted) return fail({ type: 'Cancelled', what: 'Leaving' });
  const noted = await ctx.commit({ kind: 'event', reason: input.reason ?? null }, (changes) => {
    const changed = files.filter((one) => one.action !== 'unchanged').map((one) => one.file);
    changes.event('home', '', 'leave', { files: changed, homeless: homeless.length });
    return ok(null);
  });
  if (!noted.ok) return noted;
  const backup = await makeLastBackup(ctx, last.data, input.reason);
  if (!backup.ok) return backup;
  ctx.progress('Writing the files', 70);
  const written = await writeFiles(ctx, steps);
  if (!written.ok) return written;
  ctx.progress('Removing .holdfast', 90);
  const removed = await remove(ctx);
  if (!removed.ok) return removed;
  ctx.holdKeyring(null);
  ctx.changed('home', 'status', 'settings', 'integrations', 'records', 'audit', 'secrets', 'backups', 'migration');
  return ok({ ...base, dryRun: false, backup: backup.data });
};
