/**
 * The homes that a person made writable although they lie on a network or in a synchronised folder
 * (`--allow-network-home`). Kept in Holdfast's own folder; never in the home, which another computer may read.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Type from 'typebox';
import Value from 'typebox/value';

const Allowed = Type.Object({ homes: Type.Array(Type.String()) });

const allowedPath = (configDir: string): string => join(configDir, 'network-homes.json');

/** A file that cannot be understood allows nothing. */
const readAllowed = (configDir: string): string[] => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(allowedPath(configDir), 'utf8'));
    return Value.Check(Allowed, parsed) ? parsed.homes : [];
  } catch {
    return [];
  }
};

export const isNetworkHomeAllowed = (configDir: string, homeDir: string): boolean =>
  readAllowed(configDir).includes(homeDir);

/** `homeDir` is the real path. */
export const allowNetworkHome = (configDir: string, homeDir: string): void => {
  const homes = readAllowed(configDir);
  if (homes.includes(homeDir)) return;
  mkdirSync(configDir, { recursive: true, mode: 0o700 });
  const temporary = `${allowedPath(configDir)}.${String(process.pid)}.tmp`;
  writeFileSync(temporary, `${JSON.stringify({ homes: [...homes, homeDir] }, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, allowedPath(configDir));
};
