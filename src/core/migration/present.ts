/** What the store holds now and what the last imports left: all that a plan has to compare with. Queries only. */
import type { Subject } from '../changes/write.ts';
import { byHandActions, readByHand, type ByHand } from './by-hand.ts';
import { takeMirrorBases } from '../mirrors/bases.ts';
import { livePage, pageRows, pages } from './live-rows.ts';
import { atOnce, type Steps } from '../slices.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';

export type StoredValue = {
  version: number;
  subjectId: number;
  value: string | null;
  secret: boolean;
  print: Uint8Array | null;
};

/** What the last import of a file did with one place. */
export type Imported = {
  ledgerId: number;
  file: string;
  path: string;
  reason: string | null;
  action: string;
  /** Null when the value was left out and the store knows no such subject. */
  subjectId: number | null;
  subject: string | null;
  /** The version it wrote or found; null when the store kept another value. */
  version: StoredValue | null;
  raw: Uint8Array | null;
};

export type Present = {
  live: ReadonlyMap<string, StoredValue>;
  /** File -> hash at its last import. */
  hashes: ReadonlyMap<string, string>;
  /** `placeKey` -> that import. */
  imported: ReadonlyMap<string, Imported>;
  /** `subjectKey` -> the same imports, oldest first: two files may have given one subject. */
  bySubject: ReadonlyMap<string, readonly Imported[]>;
  /** `placeKey` -> what was decided about a quarantined text; undone decisions are not among them. */
  byHand: ReadonlyMap<string, readonly ByHand[]>;
  /** Changes whenever any value does. */
  mark: string;
};

export const subjectKey = (subject: Subject): string => `${subject.kind}/${subject.key}`;
export const placeKey = (file: string, path: string): string => `${file}\n${path}`;

/** The last import of this place, if it was the same subject then. */
export const importedAt = (
  present: Present,
  item: { file: string; path: string; subject: Subject },
): Imported | undefined => {
  if (present.imported.size === 0) return undefined;
  const before = present.imported.get(placeKey(item.file, item.path));
  return before === undefined || (before.subject !== null && before.subject !== subjectKey(item.subject))
    ? undefined
    : before;
};

export const nothingPresent: Present = {
  live: new Map(),
  hashes: new Map(),
  imported: new Map(),
  bySubject: new Map(),
  byHand: new Map(),
  mark: '0/0',
};

const storedValue = (row: {
  version: number;
  subjectId: number;
  value: string | null;
  secret: number;
  print: Uint8Array | null;
}): StoredValue => ({
  ...row,
  secret: row.secret === 1,
});

/** The newest run that read each file. */
export const lastReads = (reader: Reader): { run: number; file: string; fileTerm: number; sha256: string | null }[] =>
  reader.all(
    db
      .selectFrom('source_file')
      .innerJoin('term', 'term.id', 'source_file.file')
      .select(['source_file.run', 'term.text as file', 'source_file.file as fileTerm', 'source_file.sha256'])
      .where('source_file.id', 'in', (eb) =>
        eb
          .selectFrom('source_file as newest')
          .select((inner) => inner.fn.max('newest.id').as('id'))
          .where('newest.status', '=', 'read')
          .groupBy('newest.file'),
      )
      .compile(),
  );

/** In the order of the rows, whatever file they are of: a home may have thousands of files, or one with very many values. */
const imports = (reader: Reader, after: number) =>
  reader.all(
    db
      .selectFrom('ledger')
      .innerJoin('term as action', 'action.id', 'ledger.action')
      .leftJoin('subject', 'subject.id', 'ledger.subject')
      .leftJoin('version', 'version.id', 'ledger.version')
      .select([
        'ledger.id as ledgerId',
        'ledger.run',
        'ledger.file as fileTerm',
        'ledger.path',
        'action.text as action',
        'ledger.subject as subjectId',
        'ledger.raw',
        'ledger.reason',
      ])
      .select([
        'subject.kind',
        'subject.key',
        'version.id as version',
        'version.value',
        'version.secret',
        'version.print',
      ])
      .where('action.text', 'not in', ['quarantine', ...byHandActions])
      .where('ledger.id', '>', after)
      .orderBy('ledger.id')
      .limit(pageRows)
      .compile(),
  );

const storeMark = (reader: Reader): string => {
  const last =
    reader.first(
      db
        .selectFrom('version')
        .select((eb) => eb.fn.max('id').as('id'))
        .compile(),
    )?.id ?? 0;
  const runs =
    reader.first(
      db
        .selectFrom('migration_run')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .compile(),
    )?.n ?? 0;
  return `${String(last)}/${String(runs)}`;
};

export const readMark = storeMark;

const bySubject = (imported: Iterable<Imported>): Map<string, Imported[]> => {
  const found = new Map<string, Imported[]>();
  for (const one of imported) {
    if (one.subject === null) continue;
    const list = found.get(one.subject);
    if (list === undefined) found.set(one.subject, [one]);
    else list.push(one);
  }
  for (const list of found.values()) list.sort((a, b) => a.ledgerId - b.ledgerId);
  return found;
};

/** Reads the store in steps, so that a large one need not be read at once. */
export function* presentSteps(reader: () => Reader): Steps<Present> {
  const mark = storeMark(reader());
  const imported = new Map<string, Imported>();
  const hashes = new Map<string, string>();
  const reads = lastReads(reader());
  yield;
  for (const { file, sha256 } of reads) if (sha256 !== null) hashes.set(file, sha256);
  const lastReadOf = new Map(reads.map((one) => [one.fileTerm, one]));
  yield* pages(
    (after) => imports(reader(), after),
    ({ kind, key, version, value, secret, print, run, fileTerm, ...row }) => {
      const last = lastReadOf.get(fileTerm);
      if (last?.run === run) {
        const found =
          version === null ? null : { version, subjectId: row.subjectId ?? 0, value, secret: secret === 1, print };
        const subject = kind === null || key === null ? null : `${kind}/${key}`;
        imported.set(placeKey(last.file, row.path), { ...row, file: last.file, subject, version: found });
      }
      return row.ledgerId;
    },
  );
  takeMirrorBases(reader(), { imported, hashes });
  yield;
  const live = new Map<string, StoredValue>();
  yield* pages(
    (after) => reader().all(livePage(after).select('version.print').compile()),
    ({ kind, key, ...row }) => {
      live.set(`${kind}/${key}`, storedValue(row));
      return row.subjectId;
    },
  );
  const lastRuns = new Map(reads.map((one) => [one.file, one.run]));
  return {
    live,
    hashes,
    imported,
    bySubject: bySubject(imported.values()),
    byHand: readByHand(reader(), lastRuns),
    mark,
  };
}

export const readPresent = (reader: Reader): Present => atOnce(presentSteps(() => reader));
