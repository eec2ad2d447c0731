/**
 * Small JSON files in Holdfast's own folder: conveniences such as known homes and how far a user has looked. Never a
 * secret, and nothing in them is needed to open a home, so that losing one loses nothing else.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';

/** Null for a file that is missing, cannot be read, or is not what `schema` says. */
export const readOwnFile = <T extends TSchema>(path: string, schema: T): Static<T> | null => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Value.Check(schema, parsed) ? parsed : null;
  } catch {
    return null;
  }
};

/** Whole or not at all, in a folder made where it is missing. Throws what the file system throws. */
export const writeOwnFile = (path: string, value: unknown): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${String(process.pid)}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
};

/** The name of a store as a part of a file's name. */
export const storeFileName = (storeId: string): string => `${storeId.replaceAll(/[^\w-]/gu, '_')}.json`;
