/** `home.find`: what lies in this home and which definitions fit. Names, sizes and recognising keys only; opens no store. */
import type { Output } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { recogniseHome } from '../definitions/recognise.ts';
import { chooseDefinition } from './plan.ts';
import { scanHome } from './scan.ts';
import { useOf } from './sources.ts';

export const findHome = async (ctx: Context): Promise<Result<Output<'home.find'>>> => {
  const scan = await scanHome(ctx.homeDir);
  const all = await ctx.definitions();
  if (!all.ok) return all;
  const chosen = await chooseDefinition(ctx, undefined, scan);
  if (!chosen.ok) return chosen;
  const recognised = await recogniseHome(ctx.homeDir, all.data, scan);
  return ok({
    home: ctx.homeDir,
    definition: recognised.length === 0 && (await ctx.definition()) === null ? null : chosen.data.id,
    definitions: recognised.map(({ definition, score, why }) => ({
      id: definition.id,
      title: definition.title,
      score,
      why,
    })),
    files: scan.files
      .filter((one) => one.kind === 'file')
      .map(({ file, sizeBytes }) => ({ file, sizeBytes, use: useOf(chosen.data, file) })),
  });
};
