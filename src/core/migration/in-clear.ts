/** How many secrets of the store also stand in clear in files of the home: until those are retired, the store hides nothing. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import { retiredFiles } from './retired.ts';

export type InClear = { secrets: number; files: string[] };

/** What was imported as secret, and is one still, by file. */
const secretPlaces = (reader: Reader): { file: string; subject: number | null }[] =>
  reader.all(
    db
      .selectFrom('ledger')
      .innerJoin('term', 'term.id', 'ledger.file')
      .innerJoin('live', 'live.subject', 'ledger.subject')
      .innerJoin('version', 'version.id', 'live.version')
      .select(['term.text as file', 'ledger.subject'])
      .distinct()
      .where('version.secret', '=', 1)
      .compile(),
  );

/** Files whose text was quarantined, where nobody has looked whether it is secret. */
export const filesWithUnknown = (reader: Reader): string[] =>
  reader
    .all(
      db
        .selectFrom('ledger')
        .innerJoin('term as file', 'file.id', 'ledger.file')
        .innerJoin('term as action', 'action.id', 'ledger.action')
        .select('file.text as file')
        .distinct()
        .where('action.text', '=', 'quarantine')
        .compile(),
    )
    .map((row) => row.file);

export const secretFiles = (reader: Reader): Set<string> => new Set(secretPlaces(reader).map((one) => one.file));

export const secretsInClear = (reader: Reader, homeDir: string): InClear => {
  const retired = new Map(retiredFiles(reader).map((one) => [one.file, one]));
  const lies = (file: string): string | null => {
    const moved = retired.get(file);
    const places = [file, ...(moved === undefined || moved.encrypted ? [] : [moved.to])];
    return places.find((one) => lstatSync(join(homeDir, one), { throwIfNoEntry: false })?.isFile() === true) ?? null;
  };
  const files = new Set<string>();
  const secrets = new Set<number | null>();
  for (const { file, subject } of secretPlaces(reader)) {
    const place = lies(file);
    if (place === null) continue;
    files.add(place);
    secrets.add(subject);
  }
  return { secrets: secrets.size, files: [...files].toSorted() };
};

export const inClearWords = ({ secrets, files }: InClear): string =>
  `${String(secrets)} ${secrets === 1 ? 'secret still stands' : 'secrets still stand'} in clear in ${String(files.length)} ${files.length === 1 ? 'file' : 'files'}`;
