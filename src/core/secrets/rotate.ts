/**
 * A new data key. The key file with the new key comes first, then one transaction in which every value and its history is
 * encrypted again, then the keys that nothing needs any more go. Whoever dies in between leaves all secrets readable: at
 * any moment the key file holds every key that some file of the store names. Audit and fingerprint keys stay.
 */
import { Buffer } from 'node:buffer';
import { readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { SubjectKind } from '../changes/write.ts';
import { cipherPlace } from '../changes/write.ts';
import type { Context, Handler } from '../context.ts';
import { keyIdOf } from './cipher.ts';
import { storeIdOf } from './ensure-keys.ts';
import { addDataKey, bindKeyring, dropDataKeys } from './keyring.ts';
import { keysName, saveKeysFile } from './keys-file.ts';
import type { KeysFile } from './keys-format.ts';
import { base64Head, encryptedVersions, neededKeys, putCipher } from './queries.ts';
import { needKeys } from './need-keys.ts';
import type { Keyring } from './types.ts';

/**
 * Both halves of what begins a ciphertext, as bytes and as base64: a page boundary of SQLite may cut one half, never both.
 */
const needlesOf = (id: string): Buffer[] => {
  const head = Buffer.from(`01${id}`, 'hex');
  const text = Buffer.from(base64Head(head), 'latin1');
  return [head.subarray(1, 5), head.subarray(5), text.subarray(0, 6), text.subarray(6)];
};

/** Files that bring their own keys, or hold no value. */
const passedOver = (name: string): boolean =>
  name.startsWith(keysName) || name.startsWith('backups') || name.startsWith('logs');

const pieceBytes = 1024 * 1024;

/** True when the file holds one of the needles, or cannot be read: then it may. */
const mayHold = async (path: string, needles: readonly Buffer[]): Promise<boolean> => {
  const overlap = Math.max(...needles.map((needle) => needle.length)) - 1;
  try {
    const file = await open(path, 'r');
    try {
      const piece = Buffer.alloc(pieceBytes);
      let kept = 0;
      for (;;) {
        const { bytesRead } = await file.read(piece, kept, pieceBytes - kept, null);
        const bytes = piece.subarray(0, kept + bytesRead);
        if (needles.some((needle) => bytes.includes(needle))) return true;
        if (bytesRead === 0) return false;
        kept = Math.min(overlap, bytes.length);
        bytes.copy(piece, 0, bytes.length - kept);
      }
    } finally {
      await file.close();
    }
  } catch {
    return true;
  }
};

/** True when some other file of the store (an image before, a journal, something set aside) may name this key. */
const namedInFiles = async (holdfastDir: string, id: string): Promise<boolean> => {
  const needles = needlesOf(id);
  for (const entry of readdirSync(holdfastDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || passedOver(path.slice(holdfastDir.length + 1))) continue;
    if (await mayHold(path, needles)) return true;
  }
  return false;
};

type Keys = { file: KeysFile; keyring: Keyring };

const retire = async (ctx: Context, keys: Keys): Promise<Result<Keys>> => {
  const old = keys.file.dataKeys.slice(1).map(({ id }) => id);
  const needed = await ctx.read((reader) => neededKeys(reader, old));
  if (!needed.ok) return needed;
  const gone = new Set<string>();
  for (const id of old) if (!needed.data.has(id) && !(await namedInFiles(ctx.holdfastDir, id))) gone.add(id);
  if (gone.size === 0) return ok(keys);
  const left = dropDataKeys(keys.file, keys.keyring, gone);
  const saved = saveKeysFile(ctx.keysFs, ctx.holdfastDir, left.file);
  return saved.ok ? ok(left) : saved;
};

/** Writes every value that another key encrypted; those that do not open stay as they are. */
const encryptAgain = (ctx: Context, keyring: Keyring, newest: string, reason: string | null) =>
  ctx.commit({ kind: 'event', reason }, (changes) => {
    let [values, unreadable] = [0, 0];
    for (const row of encryptedVersions(changes.tx)) {
      if (keyIdOf(row.cipher) === newest) continue;
      // The table holds no other kinds: only `changes.put` writes it.
      const place = cipherPlace({ kind: row.kind as SubjectKind, key: row.key }, row.id);
      const plain = keyring.decrypt(place, row.cipher);
      if (plain === null) unreadable += 1;
      else {
        changes.tx.run(putCipher(row.id, keyring.encrypt(place, plain)));
        values += 1;
      }
    }
    changes.event('keys', '', 'rotate', { values, unreadable });
    return ok({ values, unreadable });
  });

export const rotate: Handler<'secret.rotate'> = async (ctx, input) => {
  const keys = await needKeys(ctx);
  if (!keys.ok) return keys;
  const unlocked = await ctx.keyring('A new data key encrypts every secret again');
  if (!unlocked.ok) return unlocked;
  const storeId = await storeIdOf(ctx);
  if (storeId === null) return fail({ type: 'NotFound', what: 'store in', name: ctx.homeDir });
  if (ctx.signal.aborted) return fail({ type: 'Cancelled', what: 'The rotation' });
  ctx.progress('making a new data key', 10);
  const added = addDataKey(keys.data.file, unlocked.data, ctx.clock.now());
  const saved = saveKeysFile(ctx.keysFs, ctx.holdfastDir, added.file);
  if (!saved.ok) return saved;
  const keyring = bindKeyring(added.keyring, storeId);
  ctx.holdKeyring(keyring);
  ctx.progress('encrypting again', 40);
  const written = await encryptAgain(ctx, keyring, added.file.dataKeys[0]?.id ?? '', input.reason ?? null);
  if (!written.ok) return written;
  ctx.progress('looking for keys that nothing needs', 80);
  const left = await retire(ctx, { file: added.file, keyring: added.keyring });
  if (!left.ok) return left;
  ctx.holdKeyring(bindKeyring(left.data.keyring, storeId));
  const dataKeys = left.data.file.dataKeys.length;
  return ok({ ...written.data, retired: added.file.dataKeys.length - dataKeys, dataKeys });
};
