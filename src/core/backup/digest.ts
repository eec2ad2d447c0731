/** SHA-256 and CRC-32 of large bytes, in slices, so that the event loop goes on in between. */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

const sliceBytes = 1024 * 1024;

export type Digest = { sha256: string; crc: number };

export const digestOf = async (bytes: Uint8Array): Promise<Digest> => {
  const hash = createHash('sha256');
  let crc = 0;
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    const slice = bytes.subarray(at, at + sliceBytes);
    hash.update(slice);
    crc = crc32(slice, crc);
    if (at + sliceBytes < bytes.length) await nextTurn();
  }
  return { sha256: hash.digest('hex'), crc };
};
