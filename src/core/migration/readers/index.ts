/** The list of readers. To add a legacy format: one reader file and one line here (a test asks for its fixture). */
import { readEnv } from './env-reader.ts';
import { readJson } from './json-reader.ts';
import type { LegacyReader } from './types.ts';

export const readers: readonly LegacyReader[] = [
  { format: 'json', read: readJson },
  { format: 'env', read: readEnv },
];

export const readerFor = (format: LegacyReader['format']): LegacyReader => {
  const reader = readers.find((one) => one.format === format);
  if (reader === undefined) throw new Error(`no reader for ${format}`);
  return reader;
};
