/**
 * Which home a command works on: `--home`, else `$HOLDFAST_HOME`, else the only known home, else the current folder if
 * it looks like one. Only looks; never creates or remembers anything.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Output } from '../contract/commands.ts';
import { fail, ok, type Result } from '../contract/result.ts';

export type HomeQuestion = {
  flag: string | undefined;
  env: { readonly [name: string]: string | undefined };
  cwd: string;
  /** The homes Holdfast has been shown before. */
  listHomes: () => Promise<Result<Output<'home.list'>>>;
  /** What the definitions say about a folder. */
  find: (dir: string) => Promise<Result<Output<'home.find'>>>;
};

const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';

const folder = (path: string, field: string): Result<string> => {
  try {
    return statSync(path).isDirectory()
      ? ok(realpathSync(path))
      : fail({ type: 'InputInvalid', field, problem: `${path} is a file, not a folder` });
  } catch (error) {
    const code = errnoOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? fail({ type: 'NotFound', what: 'home', name: path })
      : fail({ type: 'Unreadable', path, code });
  }
};

const looksLikeHome = async ({ cwd, find }: HomeQuestion): Promise<boolean> => {
  if (existsSync(join(cwd, '.holdfast'))) return true;
  const found = await find(cwd);
  return found.ok && found.data.definitions.some((one) => one.id !== 'generic' && one.score > 0);
};

/** The absolute real path of a folder that is there. `Usage` when nothing tells which home is meant. */
export const chooseHome = async (question: HomeQuestion): Promise<Result<string>> => {
  const { flag, env, cwd } = question;
  if (flag !== undefined) {
    if (flag === '') return fail({ type: 'Usage', message: '--home needs a folder.' });
    return folder(resolve(cwd, flag), '--home');
  }
  const variable = env['HOLDFAST_HOME'];
  if (variable !== undefined && variable !== '') return folder(resolve(cwd, variable), 'HOLDFAST_HOME');
  const homes = await question.listHomes();
  const known = homes.ok ? homes.data.homes.filter((home) => home.origin === 'known') : [];
  const [only] = known;
  if (only !== undefined && known.length === 1) return folder(only.path, 'The only known home');
  if (await looksLikeHome(question)) return ok(realpathSync(cwd));
  return fail({
    type: 'Usage',
    message:
      known.length === 0
        ? 'Which home? Give --home DIR, set HOLDFAST_HOME, or go to a folder that holds one.'
        : `Which home? Give --home DIR; known are ${known.map((home) => home.path).join(', ')}.`,
  });
};
