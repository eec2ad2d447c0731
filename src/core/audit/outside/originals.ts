/**
 * Where the rows may still stand as they were: kept older images of the store, each with the saves after it. Nothing of
 * them is believed by itself; only what gives an entry its hash again is taken.
 */
import { crc32 } from '../../store/checksum.ts';
import { realFs } from '../../store/fs.ts';
import { openImageReader, type ImageReader } from '../../store/image-reader.ts';
import { salvage, storeFilesIn } from '../../store/salvage.ts';
import { subjectById, versionById, type StoredVersion } from './queries.ts';

export type Originals = {
  versions: (id: number) => StoredVersion[];
  subjects: (id: number) => { kind: string; key: string }[];
  close: () => void;
};

export const noOriginals: Originals = { versions: () => [], subjects: () => [], close: () => undefined };

const generationIn = (path: string): number => Number(/image-(\d+)\.db$/u.exec(path)?.[1] ?? 0);

export const openOriginals = async (holdfastDir: string, present: { imagePath: string; storeId: string }) => {
  const place = { fs: realFs, dir: holdfastDir, checksum: crc32 };
  const readers: ImageReader[] = [];
  for (const generation of storeFilesIn(place).images) {
    if (generation >= generationIn(present.imagePath)) continue;
    const found = await salvage(place, generation);
    if (typeof found === 'string' || found.storeId !== present.storeId) continue;
    const opened = await openImageReader(found.database);
    if (opened.ok) readers.push(opened.data);
  }
  const each = <T>(look: (reader: ImageReader) => T | null): T[] =>
    readers.map(look).filter((found): found is NonNullable<typeof found> => found !== null);
  const originals: Originals = {
    versions: (id) => each((reader) => versionById(reader, id)),
    subjects: (id) => each((reader) => subjectById(reader, id)),
    close: () => {
      for (const reader of readers) reader.close();
    },
  };
  return originals;
};
