/**
 * The key file of a home, looked at together with its store: a missing one is not "no keys yet" while anything is
 * encrypted, and another home's does not count. What is encrypted must never be met by new keys.
 */
import { CompiledQuery } from 'kysely';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import { realFs } from '../store/fs.ts';
import { db } from '../store/sql.ts';
import type { Reader, Store } from '../store/types.ts';
import { readKeysFile, type KeysOnDisk } from './keys-file.ts';

const encryptedVersion = db.selectFrom('version').select('id').where('cipher', 'is not', null).limit(1).compile();
/** A text that the ledger keeps in clear begins with a zero byte (migration/raw-text.ts). */
const encryptedRemains = CompiledQuery.raw(
  "SELECT id FROM ledger WHERE raw IS NOT NULL AND substr(raw, 1, 1) <> x'00' LIMIT 1",
);

/** Any ciphertext, also of values that were replaced or kept aside. */
export const hasCiphertext = (reader: Reader): boolean =>
  reader.first(encryptedVersion) !== undefined || reader.first(encryptedRemains) !== undefined;

const missing = (): Failure =>
  fail({
    type: 'SecretsLocked',
    what: 'The key file .holdfast/keys.json is missing, and this home has values that were encrypted with it',
    choices: [
      'put keys.json back from a copy of the home',
      'restore one of its backups with --recovery-code-file FILE, which brings the keys back',
    ],
  });

const foreign = (): Failure =>
  fail({
    type: 'WrongKey',
    what: 'the secrets of this home',
    needs: 'its own key file; the .holdfast/keys.json that lies here belongs to another home',
  });

/** Null where the home has no keys and needs none yet. `SecretsLocked` and `WrongKey` for a missing and a foreign file. */
export const homeKeys = async (
  holdfastDir: string,
  store: () => Promise<Result<Store>>,
): Promise<Result<KeysOnDisk | null>> => {
  const keys = readKeysFile(realFs, holdfastDir);
  if (!keys.ok) return keys;
  const opened = await store();
  if (!opened.ok) return keys;
  if (keys.data === null) return (await opened.data.read(hasCiphertext)) ? missing() : ok(null);
  const { storeId } = keys.data.file;
  return storeId === null || storeId === opened.data.info().storeId ? keys : foreign();
};
