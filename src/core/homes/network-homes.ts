/**
 * The homes that a person made writable although they lie on a network or in a synchronised folder
 * (`--allow-network-home`). Kept in Holdfast's own folder; never in the home, which another computer may read.
 */
import { join } from 'node:path';
import Type from 'typebox';
import { readOwnFile, writeOwnFile } from '../own-file.ts';

const Allowed = Type.Object({ homes: Type.Array(Type.String()) });

const allowedPath = (configDir: string): string => join(configDir, 'network-homes.json');

/** A file that cannot be understood allows nothing. */
const readAllowed = (configDir: string): string[] => readOwnFile(allowedPath(configDir), Allowed)?.homes ?? [];

export const isNetworkHomeAllowed = (configDir: string, homeDir: string): boolean =>
  readAllowed(configDir).includes(homeDir);

/** `homeDir` is the real path. */
export const allowNetworkHome = (configDir: string, homeDir: string): void => {
  const homes = readAllowed(configDir);
  if (homes.includes(homeDir)) return;
  writeOwnFile(allowedPath(configDir), { homes: [...homes, homeDir] });
};
