/**
 * A plan kept in a file, to be looked at, passed on and run later: which definition, the owner's choices, and a digest of
 * every input. It holds no value of any file. A run with it is refused when any input has changed since.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import Type from 'typebox';
import { Check } from 'typebox/value';
import type { Input } from '../../contract/commands.ts';
import { Choices, OnConflict, Totals, type MigrationResult } from '../../contract/migration.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { writeWhole } from '../whole-file.ts';
import type { PlanInput } from './plan.ts';

const format = 'holdfast plan 1';
const maxPlanBytes = 16 * 1024 * 1024;

const SavedPlan = Type.Object({
  format: Type.Literal(format),
  savedAt: Type.String(),
  home: Type.String(),
  definition: Type.String(),
  choices: Choices,
  onConflict: OnConflict,
  planDigest: Type.String({ pattern: '^[0-9a-f]{64}(?:-[0-9a-f]{8})*$' }),
  sources: Type.Array(Type.Object({ file: Type.String(), sha256: Type.Union([Type.String(), Type.Null()]) })),
  totals: Totals,
});

const readWhole = async (path: string, name: string): Promise<Result<string>> => {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) return fail({ type: 'FileInvalid', file: name, problem: 'this is not a file' });
      if (facts.size > maxPlanBytes)
        return fail({ type: 'FileInvalid', file: name, problem: 'a saved plan has at most 16 MiB' });
      return ok(await handle.readFile('utf8'));
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

/** Writes what `result` was made from. Errors: `NotFound` for a foreign handle, disk errors. */
export const savePlan = async (
  ctx: Context,
  file: string,
  input: PlanInput,
  result: MigrationResult,
): Promise<Result<{ path: string }>> => {
  const target = ctx.file(file);
  if (!target.ok) return target;
  const saved = {
    format,
    savedAt: ctx.clock.now(),
    home: ctx.homeDir,
    definition: result.definition,
    choices: input.choices ?? {},
    onConflict: input.onConflict ?? 'ask',
    planDigest: result.planDigest,
    sources: result.sources
      .filter((source) => source.status !== 'left-alone')
      .map(({ file: name, sha256 }) => ({ file: name, sha256 })),
    totals: result.totals,
  };
  const written = await writeWhole(target.data.path, `${JSON.stringify(saved, null, 2)}\n`, { what: 'The plan' });
  return written.ok ? ok({ path: target.data.name }) : written;
};

type PlannedInput = Pick<Input<'migration.run'>, 'definition' | 'choices' | 'onConflict' | 'expect' | 'plan'>;

/** The input with what a saved plan says in place of it. Errors: `FileInvalid`, `NotFound`, `Unreadable`, `InputInvalid`. */
export const withSavedPlan = async <T extends PlannedInput>(ctx: Context, input: T): Promise<Result<T>> => {
  if (input.plan === undefined) return ok(input);
  if (input.definition !== undefined || input.choices !== undefined || input.onConflict !== undefined)
    return fail({ type: 'InputInvalid', field: 'plan', problem: 'a saved plan brings its own definition and choices' });
  const file = ctx.file(input.plan);
  if (!file.ok) return file;
  const text = await readWhole(file.data.path, file.data.name);
  if (!text.ok) return text;
  let value: unknown;
  try {
    value = JSON.parse(text.data);
  } catch {
    return fail({ type: 'FileInvalid', file: file.data.name, problem: 'this is not JSON' });
  }
  if (!Check(SavedPlan, value))
    return fail({
      type: 'FileInvalid',
      file: file.data.name,
      problem: 'this is not a plan that migrate --save-plan wrote',
    });
  const { definition, choices, onConflict, planDigest } = value;
  return ok({ ...input, definition, choices, onConflict, expect: planDigest });
};
