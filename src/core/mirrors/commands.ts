/** `mirror.*` and `migration.drift`. */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Input } from '../../contract/commands.ts';
import type { Mirror } from '../../contract/mirrors.ts';
import type { Context, Handlers } from '../context.ts';
import { defaultMaxBytes, openLegacy } from '../migration/open-legacy.ts';
import { readerFor } from '../migration/readers/index.ts';
import { findDriftValues } from './drift-values.ts';
import { listMirrors } from './health.ts';
import { ruleFor } from './places.ts';
import { repairMirror } from './repair.ts';
import { fileProblem, realMirrorFs } from './write-file.ts';

const find = async (ctx: Context, file: string): Promise<Result<Mirror>> => {
  const mirrors = await listMirrors(ctx);
  if (!mirrors.ok) return mirrors;
  const found = mirrors.data.find((one) => one.file === file);
  return found === undefined ? fail({ type: 'NotFound', what: 'legacy file', name: file }) : ok(found);
};

/** Why a file cannot be mirrored at all; what may pass, such as a full disk, only leaves it behind. */
const unfit = async (ctx: Context, file: string): Promise<Result<null>> => {
  const definition = await ctx.definition();
  const rule = definition === null ? null : ruleFor(definition, file);
  if (rule === null) return fail({ type: 'NotFound', what: 'legacy file', name: file });
  const problem = fileProblem(realMirrorFs, ctx.homeDir, file);
  if (problem !== null) return fail({ type: 'FileInvalid', file, problem });
  const opened = await openLegacy(ctx.homeDir, file, rule.maxBytes ?? defaultMaxBytes);
  if (opened.status === 'unreadable') return fail({ type: 'FileInvalid', file, problem: opened.reason });
  const read = opened.status === 'read' ? readerFor(rule.format).read(opened.bytes, rule.maxNodes) : null;
  if (read?.ok !== false) return ok(null);
  const { message, line, column } = read.error;
  return fail({ type: 'FileInvalid', file, problem: message, line, column });
};

const setMirror = async (ctx: Context, input: Input<'mirror.set'>): Promise<Result<Mirror>> => {
  const { file, on } = input;
  const before = await find(ctx, file);
  if (!before.ok) return before;
  if (on && !before.data.on) {
    const fit = await unfit(ctx, file);
    if (!fit.ok) return fit;
    const { secrets } = before.data;
    if (secrets > 0 && input.yes !== true) {
      const [stand, it] = secrets === 1 ? ['1 secret stands', 'it'] : [`${String(secrets)} secrets stand`, 'them'];
      const unmet = `${stand} in clear in ${file} as long as it is mirrored, for everybody who can read the file; say yes to ${it}`;
      return fail({ type: 'CheckUnmet', unmet: [unmet] });
    }
  }
  if (input.dryRun === true) return ok({ ...before.data, on });
  const set = await ctx.commit({ kind: 'edit', reason: input.reason ?? null }, (changes) => {
    changes.put({ subject: { kind: 'mirror', key: file }, value: { on }, secret: false, source: 'set' });
    return ok(null);
  });
  if (!set.ok) return set;
  ctx.changed('status', 'migration', 'audit');
  return find(ctx, file);
};

export const mirrorHandlers = {
  'mirror.list': async (ctx) => {
    const mirrors = await listMirrors(ctx);
    return mirrors.ok ? ok({ mirrors: mirrors.data }) : mirrors;
  },
  'mirror.set': setMirror,
  'mirror.repair': repairMirror,
  'migration.drift': (ctx, input) => findDriftValues(ctx, input.file),
} satisfies Partial<Handlers>;
