/** `home.find`: what lies in this home and which definitions fit. Names, sizes and recognising keys only; opens no store. */
import type { Output } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { chooseDefinition, fitsOf } from './plan.ts';
import { scanHome } from './scan.ts';
import { useOf } from './sources.ts';

export const findHome = async (ctx: Context): Promise<Result<Output<'home.find'>>> => {
  const scan = await scanHome(ctx.homeDir);
  const all = await ctx.definitions();
  if (!all.ok) return all;
  const chosen = await chooseDefinition(ctx, undefined, scan);
  if (!chosen.ok) return chosen;
  const recognised = await fitsOf(ctx, all.data, scan);
  if (!recognised.ok) return recognised;
  return ok({
    home: ctx.homeDir,
    definition: recognised.data.length === 0 && (await ctx.definition()) === null ? null : chosen.data.id,
    definitions: recognised.data.map(({ id, score, why }) => ({
      id,
      title: all.data.find((one) => one.id === id)?.title ?? id,
      score,
      why,
    })),
    files: scan.files
      .filter((one) => one.kind === 'file')
      .map(({ file, sizeBytes }) => ({ file, sizeBytes, use: useOf(chosen.data, file) })),
  });
};
