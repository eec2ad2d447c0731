/** Which home the window was started for. Electron's own switches stand in the same list and are passed over. */
import { resolve } from 'node:path';

/** `--home DIR` or `--home=DIR`, else `$HOLDFAST_HOME`; absolute; null when neither is given. */
export const homeOf = (
  argv: readonly string[],
  env: { readonly [name: string]: string | undefined },
  cwd: string,
): string | null => {
  const at = argv.indexOf('--home');
  const given = at >= 0 ? argv[at + 1] : argv.find((arg) => arg.startsWith('--home='))?.slice('--home='.length);
  const dir = given ?? env['HOLDFAST_HOME'];
  return dir === undefined || dir === '' ? null : resolve(cwd, dir);
};
