/**
 * Where Holdfast keeps its own files (known homes, preferences, drafts, user definitions): `$HOLDFAST_CONFIG_DIR`, else
 * the platform's configuration folder. Only names the folder; never creates it.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Env = { readonly [name: string]: string | undefined };

const given = (env: Env, name: string): string | null => {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
};

/** An absolute path. `XDG_CONFIG_HOME` counts only when absolute, as its specification asks. */
export const configDirOf = (env: Env, platform: NodeJS.Platform = process.platform, userDir = homedir()): string => {
  const own = given(env, 'HOLDFAST_CONFIG_DIR');
  if (own !== null) return resolve(own);
  if (platform === 'darwin') return join(userDir, 'Library', 'Application Support', 'holdfast');
  if (platform === 'win32') return join(given(env, 'APPDATA') ?? join(userDir, 'AppData', 'Roaming'), 'holdfast');
  const xdg = given(env, 'XDG_CONFIG_HOME');
  return join(xdg !== null && xdg.startsWith('/') ? xdg : join(userDir, '.config'), 'holdfast');
};
