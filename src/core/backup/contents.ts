/** What lies in a store, live or in a backup: counts, audit head, and every live subject. Only reads. */
import { Buffer } from 'node:buffer';
import { auditHead, homeCounts } from '../homes/queries.ts';
import { openImageReader } from '../store/image-reader.ts';
import { keyIdOf } from '../secrets/cipher.ts';
import { parseKeys } from '../secrets/keys-format.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import type { BackupContent } from './format.ts';

export type StoreFacts = { counts: Record<string, number>; auditHead: string | null };

export const factsOf = (reader: Reader): StoreFacts => {
  const head = auditHead(reader);
  return { counts: homeCounts(reader), auditHead: head === null ? null : Buffer.from(head).toString('hex') };
};

export type LiveSubject = {
  kind: string;
  key: string;
  version: number;
  value: string | null;
  secret: number;
  cipher: Uint8Array | null;
  print: Uint8Array | null;
  source: string;
};

export const liveSubjects = (reader: Reader): LiveSubject[] =>
  reader.all(
    db
      .selectFrom('live')
      .innerJoin('subject', 'subject.id', 'live.subject')
      .innerJoin('version', 'version.id', 'live.version')
      .innerJoin('term', 'term.id', 'version.source')
      .select(['subject.kind', 'subject.key', 'version.id as version', 'version.value', 'version.secret'])
      .select(['version.cipher', 'version.print', 'term.text as source'])
      .orderBy('subject.kind')
      .orderBy('subject.key')
      .compile(),
  );

const sameCounts = (a: Record<string, number>, b: Record<string, number>): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
};

/**
 * Opens what a backup holds as a restore would: the key file reads, SQLite finds every page in order, counts and audit
 * head are those written down when it was made, and the key file holds the key that each secret names. Null when it is proven, else what is wrong.
 */
export const proveContent = async ({ manifest, store, keys }: BackupContent): Promise<string | null> => {
  const parsed = parseKeys(keys);
  if (!('file' in parsed)) return 'its key file cannot be read';
  const image = await openImageReader(store);
  if (!image.ok) {
    return image.error.type === 'StoreDamaged'
      ? `its store cannot be opened (${image.error.problem})`
      : `its store has schema ${String(manifest.schema)}, which this Holdfast does not open`;
  }
  try {
    const [problem] = image.data.integrityCheck();
    if (problem !== undefined) return `its store is damaged (${problem})`;
    const facts = factsOf(image.data);
    if (facts.auditHead !== manifest.auditHead) return 'its audit log does not end where it did when it was made';
    if (!sameCounts(facts.counts, manifest.counts)) return 'its store does not hold as much as it did when it was made';
    const known = new Set(parsed.file.dataKeys.map((dataKey) => dataKey.id));
    const lost = liveSubjects(image.data).find(({ cipher }) => cipher !== null && !known.has(keyIdOf(cipher)));
    return lost === undefined ? null : `the secret ${lost.key} was encrypted with a key that is not in it`;
  } finally {
    image.data.close();
  }
};
