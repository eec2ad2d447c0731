import { Buffer } from 'node:buffer';
import { identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ageKeyPair, bech32 } from './age-key.ts';

test('Bech32 vectors of BIP 173', () => {
  expect(bech32('a', new Uint8Array(0))).toBe('a12uel5l');
  expect(bech32('abcdef', Buffer.from('00443214c74254b635cf84653a56d7c675be77df', 'hex'))).toBe(
    'abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw',
  );
});

test('age itself derives the same recipient from the identity', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (secret) => {
      const pair = ageKeyPair(secret);
      expect(await identityToRecipient(pair.identity)).toBe(pair.recipient);
    }),
    { numRuns: 30 },
  );
});
