/**
 * When each user last acted on this machine. It is no value of the home: it stands in Holdfast's own folder, is written
 * at most once an hour for each user, and losing it loses nothing else.
 */
import { join } from 'node:path';
import Type from 'typebox';
import { readOwnFile, storeFileName, writeOwnFile } from '../own-file.ts';

const Seen = Type.Object({ seen: Type.Array(Type.Object({ name: Type.String(), at: Type.String() })) });

const hourMs = 3_600_000;
const seenPath = (configDir: string, storeId: string): string => join(configDir, 'last-seen', storeFileName(storeId));

export const readLastSeen = (configDir: string, storeId: string): Map<string, string> =>
  new Map(readOwnFile(seenPath(configDir, storeId), Seen)?.seen.map(({ name, at }) => [name, at]));

/** A folder that cannot be written is no reason to refuse anybody's work. */
export const noteSeen = (configDir: string, storeId: string, who: { name: string; at: string }): void => {
  const seen = readLastSeen(configDir, storeId);
  const before = seen.get(who.name);
  if (before !== undefined && Math.abs(Date.parse(who.at) - Date.parse(before)) < hourMs) return;
  seen.set(who.name, who.at);
  try {
    writeOwnFile(seenPath(configDir, storeId), { seen: [...seen].map(([name, at]) => ({ name, at })) });
  } catch {
    // Said above.
  }
};
