/**
 * CRC-32 (IEEE, as in zip and `zlib.crc32`) behind a type, so that the crash test can take it away and show that the
 * test notices. Production code must never pass anything but `crc32`.
 */
import { crc32 as zlibCrc32 } from 'node:zlib';

/** `seed` continues an earlier CRC. */
export type Checksum = (bytes: Uint8Array, seed?: number) => number;

export const crc32: Checksum = (bytes, seed = 0) => zlibCrc32(bytes, seed);
