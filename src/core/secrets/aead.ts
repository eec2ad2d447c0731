/**
 * AES-256-GCM and HKDF as Holdfast uses them everywhere: 12 random bytes of nonce, always 16 bytes of tag, and associated
 * data that is a length-prefixed list of texts, so that no two lists have the same bytes. It must never accept a shorter
 * tag or encode a text that UTF-8 cannot hold.
 */
import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

export const nonceBytes = 12;
export const tagBytes = 16;

/** UTF-8; throws on a lone surrogate, which would come back as another text. */
export const utf8 = (text: string): Buffer => {
  if (/\p{Surrogate}/u.test(text)) throw new Error('a text with a lone surrogate cannot be encrypted');
  return Buffer.from(text, 'utf8');
};

/** Each part as four bytes of length (big endian) and its bytes. */
export const encodeParts = (parts: readonly string[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const bytes = utf8(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );

/** nonce, ciphertext, tag. */
export const sealBytes = (
  key: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
  nonce: Uint8Array = randomBytes(nonceBytes),
): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(aad, { plaintextLength: plain.length });
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
};

/** Null when anything differs from what was sealed. */
export const openBytes = (key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer | null => {
  if (sealed.length < nonceBytes + tagBytes) return null;
  const bodyEnd = sealed.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(aad, { plaintextLength: bodyEnd - nonceBytes });
  decipher.setAuthTag(sealed.subarray(bodyEnd));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, bodyEnd)), decipher.final()]);
  } catch {
    return null;
  }
};

export const hkdf = (key: Uint8Array, salt: Uint8Array, info: string | Uint8Array, length = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length));

export const hmac = (key: Uint8Array, bytes: Uint8Array): Buffer => createHmac('sha256', key).update(bytes).digest();
