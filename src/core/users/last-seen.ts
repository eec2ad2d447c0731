/**
 * When each user last acted on this machine. It is no value of the home: it stands in Holdfast's own folder, is written
 * at most once an hour for each user, and losing it loses nothing else.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Type from 'typebox';
import Value from 'typebox/value';

const Seen = Type.Object({ seen: Type.Array(Type.Object({ name: Type.String(), at: Type.String() })) });

const hourMs = 3_600_000;
const seenPath = (configDir: string, storeId: string): string =>
  join(configDir, 'last-seen', `${storeId.replaceAll(/[^\w-]/gu, '_')}.json`);

export const readLastSeen = (configDir: string, storeId: string): Map<string, string> => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(seenPath(configDir, storeId), 'utf8'));
    return new Map(Value.Check(Seen, parsed) ? parsed.seen.map(({ name, at }) => [name, at]) : []);
  } catch {
    return new Map();
  }
};

/** A folder that cannot be written is no reason to refuse anybody's work. */
export const noteSeen = (configDir: string, storeId: string, who: { name: string; at: string }): void => {
  const seen = readLastSeen(configDir, storeId);
  const before = seen.get(who.name);
  if (before !== undefined && Math.abs(Date.parse(who.at) - Date.parse(before)) < hourMs) return;
  seen.set(who.name, who.at);
  const path = seenPath(configDir, storeId);
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ seen: [...seen].map(([name, at]) => ({ name, at })) }, null, 2);
    writeFileSync(temporary, `${text}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // Said above.
  }
};
