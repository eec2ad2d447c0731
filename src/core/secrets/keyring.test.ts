import { Buffer } from 'node:buffer';
import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../contract/result.ts';
import { materialOf } from './cipher.ts';
import { addSlot, backupIdentityOf, bindKeyring, confirmRecovery, createKeys, unlockKeys } from './keyring.ts';
import { parseKeys, serialiseKeys, type KeysFile } from './keys-format.ts';
import type { CipherPlace, Keyring } from './types.ts';

const now = '2026-11-20T09:00:00.000Z';
const later = '2026-12-24T18:00:00.000Z';
const cheap = 2 ** 14;
const place: CipherPlace = { row: 'setting/openai_api_key', field: 'value', version: 7 };
const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.data;
};

let made: Awaited<ReturnType<typeof createKeys>>;
let keyring: Keyring;
let code = '';
beforeAll(async () => {
  made = await createKeys({
    passphrase: 'Ångström und Löwe',
    recoveryCode: true,
    now,
    storeId: 'store-1',
    scryptN: cheap,
  });
  keyring = made.keyring;
  code = made.recoveryCode?.reveal() ?? '';
});

describe('values', () => {
  test('come back in their own place, and only there', () => {
    const cipher = keyring.encrypt(place, 'sk-secret-value');
    expect(cipher).toHaveLength(1 + 8 + 16 + 12 + 'sk-secret-value'.length + 16);
    expect([cipher[0], Buffer.from(cipher.subarray(1, 9)).toString('hex')]).toEqual([1, made.file.dataKeys[0]?.id]);
    expect(keyring.decrypt(place, cipher)).toBe('sk-secret-value');
    const elsewhere: CipherPlace[] = [
      { ...place, row: 'setting/openai_api_ke' },
      { ...place, field: 'valu' },
      { ...place, version: 8 },
      { row: 'setting/openai_api_keyv', field: 'alue', version: 7 },
    ];
    for (const other of elsewhere) expect(keyring.decrypt(other, cipher)).toBeNull();
    expect(bindKeyring(keyring, 'store-2').decrypt(place, cipher)).toBeNull();
    expect(bindKeyring(keyring, 'store-1').decrypt(place, cipher)).toBe('sk-secret-value');
  });

  test('any text comes back; equal texts have different ciphertexts and one fingerprint', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const [one, two] = [keyring.encrypt(place, text), keyring.encrypt(place, text)];
        expect([keyring.decrypt(place, one), keyring.decrypt(place, two)]).toEqual([text, text]);
        expect(Buffer.from(one).equals(two)).toBe(false);
        expect(keyring.fingerprint(text)).toEqual(keyring.fingerprint(text));
      }),
      { numRuns: 50 },
    );
    expect(keyring.fingerprint('a')).toHaveLength(16);
    expect(keyring.fingerprint('a')).not.toEqual(keyring.fingerprint('b'));
  });

  test('every bit flip, every cut and every added byte of a ciphertext is refused', () => {
    const cipher = keyring.encrypt(place, '{"n":1}');
    for (let bit = 0; bit < cipher.length * 8; bit += 1) {
      const flipped = Uint8Array.from(cipher);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(keyring.decrypt(place, flipped)).toBeNull();
    }
    for (let length = 0; length < cipher.length; length += 1)
      expect(keyring.decrypt(place, cipher.subarray(0, length))).toBeNull();
    expect(keyring.decrypt(place, Buffer.concat([cipher, Buffer.of(0)]))).toBeNull();
  });

  test('other keys open nothing and give other fingerprints and seals', async () => {
    const other = await createKeys({ recoveryCode: true, now, storeId: 'store-1' });
    expect(other.keyring.decrypt(place, keyring.encrypt(place, 'x'))).toBeNull();
    expect(other.keyring.fingerprint('x')).not.toEqual(keyring.fingerprint('x'));
    expect(other.keyring.seal(Buffer.from('x'))).not.toEqual(keyring.seal(Buffer.from('x')));
  });

  test('a keyring without a store refuses values, but seals and names its backup identity', async () => {
    const early = await createKeys({ recoveryCode: true, now });
    expect(() => early.keyring.encrypt(place, 'x')).toThrow('not bound');
    expect(early.keyring.backupIdentities()).toHaveLength(1);
    const bound = bindKeyring(early.keyring, 'store-9');
    expect(bound.decrypt(place, bound.encrypt(place, 'x'))).toBe('x');
    expect(bound.seal(Buffer.from('h'))).toEqual(early.keyring.seal(Buffer.from('h')));
  });
});

describe('slots', () => {
  test('passphrase and recovery code open the same keys; how they are typed does not matter', async () => {
    const cipher = keyring.encrypt(place, 'kept');
    const credentials = [
      { passphrase: 'Ångström und Löwe'.normalize('NFD') },
      { recoveryCode: code },
      { recoveryCode: code.toLowerCase().replaceAll('-', ' ') },
    ];
    for (const credential of credentials) {
      const opened = valueOf(await unlockKeys(made.file, credential));
      expect(opened.decrypt(place, cipher)).toBe('kept');
      expect(opened.fingerprint('f')).toEqual(keyring.fingerprint('f'));
      expect(opened.seal(Buffer.from('s'))).toEqual(keyring.seal(Buffer.from('s')));
      expect(opened.backupIdentities()).toEqual([backupIdentityOf(code)]);
    }
  });

  test('a wrong one says which slots there are', async () => {
    const wrong = {
      ok: false,
      error: {
        type: 'WrongKey',
        what: 'the keys of this home',
        needs: 'the passphrase of 2026-11-20 or the recovery code of 2026-11-20',
      },
    };
    expect(await unlockKeys(made.file, { passphrase: 'ångström und löwe' })).toEqual(wrong);
    expect(await unlockKeys(made.file, { recoveryCode: 'no code' })).toEqual(wrong);
    const other = await createKeys({ recoveryCode: true, now });
    expect(await unlockKeys(made.file, { recoveryCode: other.recoveryCode?.reveal() ?? '' })).toEqual(wrong);
  });

  test('with a passphrase alone there is an identity, but no code and no recovery slot', async () => {
    const alone = await createKeys({ passphrase: 'p', now, scryptN: cheap });
    expect(alone.recoveryCode).toBeNull();
    expect(alone.file.slots.map((slot) => slot.kind)).toEqual(['passphrase']);
    expect(alone.file.identities).toHaveLength(1);
    expect(await unlockKeys(alone.file, { recoveryCode: code })).toMatchObject({
      error: { type: 'WrongKey', needs: 'the passphrase of 2026-11-20' },
    });
    expect(await confirmRecovery(alone.file, code, now)).toMatchObject({ error: { type: 'WrongKey' } });
  });

  test('a later recovery kit adds a code and an identity, and keeps the old ones', async () => {
    const added = await addSlot(made.file, keyring, { recoveryCode: true }, later);
    const newCode = added.recoveryCode?.reveal() ?? '';
    expect(added.file.identities.map((one) => one.createdAt)).toEqual([later, now]);
    expect(added.keyring.backupIdentities()).toEqual([backupIdentityOf(newCode), backupIdentityOf(code)]);
    const cipher = keyring.encrypt(place, 'kept');
    for (const recoveryCode of [code, newCode]) {
      const opened = valueOf(await unlockKeys(added.file, { recoveryCode }));
      expect(opened.decrypt(place, cipher)).toBe('kept');
      expect(opened.backupIdentities()).toEqual(added.keyring.backupIdentities());
    }
    // Only the newest kit is worth confirming.
    expect(await confirmRecovery(added.file, code, later)).toMatchObject({ error: { type: 'WrongKey' } });
    expect(valueOf(await confirmRecovery(added.file, newCode, later)).recoveryConfirmedAt).toBe(later);
  });

  test('an added passphrase opens, the old one still does', async () => {
    const added = await addSlot(made.file, keyring, { passphrase: 'second', scryptN: cheap }, later);
    expect((await unlockKeys(added.file, { passphrase: 'second' })).ok).toBe(true);
    expect((await unlockKeys(added.file, { passphrase: 'Ångström und Löwe' })).ok).toBe(true);
    expect(added.file.dataKeys).toEqual(made.file.dataKeys);
  });

  test('the full cost of scrypt works (Node refuses N = 2^17 by default)', async () => {
    const full = await createKeys({ passphrase: 'costly', now });
    expect(full.file.slots[0]).toMatchObject({ kind: 'passphrase', scryptN: 131072 });
    expect((await unlockKeys(full.file, { passphrase: 'costly' })).ok).toBe(true);
  });

  test('a recipient or a data key swapped behind our back is noticed at unlock', async () => {
    const other = await createKeys({ recoveryCode: true, now });
    const [mine, theirs] = [made.file.identities[0], other.file.identities[0]];
    if (mine === undefined || theirs === undefined) throw new Error('no identity');
    const swapped: KeysFile[] = [
      { ...made.file, identities: [{ ...mine, recipient: theirs.recipient }] },
      { ...made.file, dataKeys: other.file.dataKeys },
      { ...made.file, auditKey: made.file.fingerprintKey },
    ];
    for (const file of swapped) {
      expect(await unlockKeys(file, { recoveryCode: code })).toEqual({
        ok: false,
        error: { type: 'FileInvalid', file: '.holdfast/keys.json', problem: 'a wrapped key in it was changed' },
      });
    }
  });
});

describe('keys.json', () => {
  test('reads back as written; every bit flip is damage', () => {
    const bytes = serialiseKeys(made.file);
    expect(parseKeys(bytes)).toEqual({ file: made.file });
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const parsed = parseKeys(flipped);
      if ('file' in parsed) throw new Error(`bit ${String(bit)} flipped unnoticed`);
    }
  });

  test('a newer version is told apart from damage, and a huge file is not parsed', () => {
    const text = Buffer.from(serialiseKeys(made.file)).toString('utf8');
    expect(parseKeys(Buffer.from(text.replace('"version": 1', '"version": 2')))).toEqual({ newer: 2 });
    expect(parseKeys(new Uint8Array(1024 * 1024 + 1))).toEqual({ damaged: 'it is larger than a keys file can be' });
    expect(parseKeys(Buffer.from(text.replace('{', '{"extra":1,')))).toEqual({
      damaged: 'it does not have the form of a keys file',
    });
  });
});

test('neither keys nor codes are printed or stand in the file', () => {
  const material = materialOf(keyring);
  const raw = [material.master, ...material.dataKeys.values(), material.auditKey, material.fingerprintKey];
  const secrets = [
    code,
    'Ångström',
    ...material.identities,
    ...raw.flatMap((key) => [key.toString('hex'), key.toString('base64')]),
  ];
  const seen = [
    JSON.stringify({ made }),
    inspect(made, { showHidden: true, depth: 9 }),
    format('%s %o %j', keyring, keyring, keyring),
    Buffer.from(serialiseKeys(made.file)).toString('utf8'),
  ].join('\n');
  expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
  expect(JSON.stringify({ keyring })).toBe('{"keyring":"***"}');
  expect(inspect({ keyring })).toBe('{ keyring: *** }');
});
