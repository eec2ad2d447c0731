/** What the keys' commands read of secrets: where they lie, when they changed, and which data keys they need. */
import { Buffer } from 'node:buffer';
import { CompiledQuery } from 'kysely';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import { keyIdOf } from './cipher.ts';

export type LiveSecret = {
  kind: string;
  key: string;
  version: number;
  cipher: Uint8Array | null;
  print: Uint8Array | null;
  at: string;
};

const live = db
  .selectFrom('live')
  .innerJoin('subject', 'subject.id', 'live.subject')
  .innerJoin('version', 'version.id', 'live.version')
  .innerJoin('audit', 'audit.id', 'version.audit')
  .innerJoin('change_set', 'change_set.id', 'audit.change_set')
  .select(['subject.kind', 'subject.key', 'version.id as version', 'version.cipher', 'version.print', 'change_set.at'])
  .where('version.secret', '=', 1)
  .orderBy('subject.kind')
  .orderBy('subject.key')
  .compile();

export const liveSecrets = (reader: Reader): LiveSecret[] => reader.all(live);

const ciphers = db
  .selectFrom('version')
  .innerJoin('subject', 'subject.id', 'version.subject')
  .select(['version.id', 'subject.kind', 'subject.key', 'version.cipher'])
  .where('version.cipher', 'is not', null)
  .orderBy('version.id')
  .compile();

/** Every encrypted value, live or of the history. */
export const encryptedVersions = (reader: Reader) =>
  reader.all(ciphers).flatMap((row) => (row.cipher === null ? [] : [{ ...row, cipher: row.cipher }]));

export const putCipher = (id: number, cipher: Uint8Array) =>
  db.updateTable('version').set({ cipher }).where('id', '=', id).compile();

const sealedRaws = CompiledQuery.raw(
  "SELECT substr(raw, 1, 9) AS head FROM ledger WHERE raw IS NOT NULL AND substr(raw, 1, 1) <> x'00'",
) as CompiledQuery<{ head: Uint8Array }>;
const layouts = CompiledQuery.raw(`SELECT tokens AS text FROM layout WHERE tokens LIKE '%"hidden"%'`) as CompiledQuery<{
  text: string;
}>;

/** Base64 of `bytes`, where it begins a text of its own. */
export const base64Head = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Which of these data keys anything in the store still needs: values, what was put aside, layouts of files. */
export const neededKeys = (reader: Reader, ids: readonly string[]): Set<string> => {
  const needed = new Set(encryptedVersions(reader).map((row) => keyIdOf(row.cipher)));
  for (const { head } of reader.all(sealedRaws)) needed.add(keyIdOf(head));
  const texts = reader.all(layouts).map((row) => row.text);
  for (const id of ids) {
    const head = base64Head(Buffer.from(`01${id}`, 'hex'));
    if (texts.some((text) => text.includes(head))) needed.add(id);
  }
  return needed;
};
