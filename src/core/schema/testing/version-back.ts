/** For tests only: sets a store's version back without touching its tables, as no step would. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../store/checksum.ts';
import { encodeTrailer, readImage } from '../../store/image.ts';

/** `user_version` is the big-endian number at byte 60 of a SQLite file's header. */
export const moveVersionBack = (dir: string, version: number): void => {
  const path = join(dir, 'image-1.db');
  const image = readImage(new Uint8Array(readFileSync(path)), crc32);
  if (!image.ok) throw new Error(image.problem);
  const database = Buffer.from(image.database);
  database.writeUInt32BE(version, 60);
  writeFileSync(path, Buffer.concat([database, encodeTrailer(database, image.sequence, crc32)]));
};
