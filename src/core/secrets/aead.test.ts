import { Buffer } from 'node:buffer';
import { createCipheriv } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeParts, hkdf, hmac, openBytes, sealBytes, utf8 } from './aead.ts';

const vectors = '../shared/corpora/wycheproof/testvectors_v1';
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const present = existsSync(vectors);
if (!present) console.warn(`Wycheproof vectors skipped: ${vectors} is not there`);

type Group<T> = { tests: (T & { tcId: number; result: 'valid' | 'invalid' | 'acceptable' })[] };
const load = <G>(name: string): G[] =>
  (JSON.parse(readFileSync(`${vectors}/${name}.json`, 'utf8')) as { testGroups: G[] }).testGroups;

describe.skipIf(!present)('Wycheproof', () => {
  test('AES-256-GCM with 96 bits of nonce and 128 of tag', () => {
    type Vector = { key: string; iv: string; aad: string; msg: string; ct: string; tag: string };
    const groups = load<Group<Vector> & { keySize: number; ivSize: number; tagSize: number }>('aes_gcm_test');
    const ours = groups.filter((group) => group.keySize === 256 && group.ivSize === 96 && group.tagSize === 128);
    const tests = ours.flatMap((group) => group.tests);
    for (const one of tests) {
      const [key, nonce, aad, plain] = [hex(one.key), hex(one.iv), hex(one.aad), hex(one.msg)];
      const sealed = Buffer.concat([nonce, hex(one.ct), hex(one.tag)]);
      if (one.result === 'valid') {
        expect(sealBytes(key, aad, plain, nonce).toString('hex'), String(one.tcId)).toBe(sealed.toString('hex'));
        expect(openBytes(key, aad, sealed)?.toString('hex'), String(one.tcId)).toBe(one.msg);
      } else expect(openBytes(key, aad, sealed), String(one.tcId)).toBeNull();
    }
    expect(tests.length).toBeGreaterThan(30);
    expect(tests.filter((one) => one.result === 'invalid').length).toBeGreaterThan(5);
  });

  test('HKDF-SHA256 and HMAC-SHA256', () => {
    const hkdfs =
      load<Group<{ ikm: string; salt: string; info: string; size: number; okm: string }>>('hkdf_sha256_test');
    for (const one of hkdfs.flatMap((group) => group.tests)) {
      const derive = (): string => hkdf(hex(one.ikm), hex(one.salt), hex(one.info), one.size).toString('hex');
      if (one.result === 'valid') expect(derive(), String(one.tcId)).toBe(one.okm);
      else expect(derive, String(one.tcId)).toThrow();
    }
    const hmacs = load<Group<{ key: string; msg: string; tag: string }> & { tagSize: number }>('hmac_sha256_test');
    for (const one of hmacs.filter((group) => group.tagSize === 256).flatMap((group) => group.tests)) {
      const equal = hmac(hex(one.key), hex(one.msg)).toString('hex') === one.tag;
      expect(equal, String(one.tcId)).toBe(one.result === 'valid');
    }
  });
});

test('short tags are refused, even where their bytes are right', () => {
  const [key, aad, plain] = [Buffer.alloc(32, 1), Buffer.from('place'), Buffer.from('the text')];
  const nonce = Buffer.alloc(12, 2);
  for (const tagLength of [4, 8, 12, 13, 14, 15]) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
    cipher.setAAD(aad);
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    const tag = cipher.getAuthTag();
    expect(tag).toHaveLength(tagLength);
    expect(openBytes(key, aad, Buffer.concat([nonce, body, tag]))).toBeNull();
  }
  expect(openBytes(key, aad, sealBytes(key, aad, plain, nonce))).toEqual(plain);
});

test('two different lists of texts never have the same bytes', () => {
  const list = fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { maxLength: 5 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      expect(encodeParts(a).equals(encodeParts(b))).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
  expect(encodeParts(['ab', 'c']).equals(encodeParts(['a', 'bc']))).toBe(false);
  expect(encodeParts(['', 'a']).toString('hex')).toBe('000000000000000161');
});

test('a lone surrogate is refused', () => {
  expect(() => utf8('a\ud800')).toThrow('lone surrogate');
  expect(utf8('a\u{1f600}').toString('hex')).toBe('61f09f9880');
});
