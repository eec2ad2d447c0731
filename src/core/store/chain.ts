/**
 * Reads an image and the journals after it, and checks that they belong together: each journal begins at the sequence
 * and the checksum where the one before ended. It reads only, and never repairs.
 */
import type { HoldfastError } from '../../contract/errors.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Checksum } from './checksum.ts';
import { errnoOf, unreadable } from './failures.ts';
import { imageName, imagePath, journalName, journalPath, type StoreFiles } from './files.ts';
import { createImageSum, readImage } from './image.ts';
import { journalVersion, scanJournal, type JournalScan } from './journal.ts';
import type { StoreFs } from './types.ts';

export type Place = { fs: StoreFs; dir: string; checksum: Checksum };

export type ChainImage = { generation: number; database: Uint8Array; sequence: number; fileBytes: number };
/** Images that were passed over, newest first, each with the reason. */
export type BadImage = { generation: number; problem: string };
export type ChainJournal = { generation: number; scan: JournalScan; fileBytes: number };

/** Problems are sentences without a full stop; the caller adds what can be opened instead. */
export const damaged = (problem: string): HoldfastError => ({ type: 'StoreDamaged', problem, candidates: [] });

/** The newest image whose checksum is right. A file that is gone by now throws ENOENT: the caller looks again. */
export const pickImage = async (
  place: Place,
  files: StoreFiles,
): Promise<Result<{ image: ChainImage; bad: BadImage[] }>> => {
  const bad: BadImage[] = [];
  for (const generation of files.images) {
    const path = imagePath(place.dir, generation);
    let bytes: Uint8Array;
    const sum = createImageSum(place.checksum);
    try {
      bytes = await place.fs.readFileInPieces(path, sum.add);
    } catch (error) {
      // A bad sector spoils one file; a missing right is for the person to see, not to be worked around.
      if (errnoOf(error) !== 'EIO') {
        if (errnoOf(error) === 'ENOENT') throw error;
        return fail(unreadable(error, place.dir, path));
      }
      bad.push({ generation, problem: 'it cannot be read (EIO)' });
      continue;
    }
    const reading = readImage(bytes, place.checksum, sum.value());
    if (reading.ok) {
      const { database, sequence } = reading;
      return ok({ image: { generation, database, sequence, fileBytes: bytes.length }, bad });
    }
    bad.push({ generation, problem: reading.problem });
  }
  const [first] = bad;
  if (first === undefined) return fail(damaged('there are journals but no image'));
  return fail(damaged(bad.map((one) => `${imageName(one.generation)}: ${one.problem}`).join('; ')));
};

const readJournal = (place: Place, generation: number): Result<ChainJournal> => {
  const path = journalPath(place.dir, generation);
  let bytes: Uint8Array;
  try {
    bytes = place.fs.readFile(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw error;
    if (errnoOf(error) === 'EIO') return fail(damaged(`${journalName(generation)}: it cannot be read (EIO)`));
    return fail(unreadable(error, place.dir, path));
  }
  const reading = scanJournal(bytes, place.checksum);
  if (reading.kind === 'newer') {
    const [found, supported] = [reading.version, journalVersion];
    return fail({ type: 'StoreFromNewerApp', of: 'journal format', found, supported, candidates: [] });
  }
  if (reading.kind === 'bad') return fail(damaged(`${journalName(generation)}: ${reading.problem}`));
  if (reading.scan.header.generation !== generation) {
    return fail(
      damaged(`${journalName(generation)}: it says that it is journal ${String(reading.scan.header.generation)}`),
    );
  }
  return ok({ generation, scan: reading.scan, fileBytes: bytes.length });
};

/** All journals from the image's own to the newest, each joined to the one before. */
export const readJournals = (place: Place, files: StoreFiles, image: ChainImage): Result<ChainJournal[]> => {
  const last = Math.max(image.generation, files.journals.at(-1) ?? 0, files.images[0] ?? 0);
  const journals: ChainJournal[] = [];
  let sequence = image.sequence;
  let crc: number | null = null;
  for (let generation = image.generation; generation <= last; generation++) {
    const name = journalName(generation);
    if (!files.journals.includes(generation)) return fail(damaged(`${name} is missing`));
    const read = readJournal(place, generation);
    if (!read.ok) return read;
    const { scan } = read.data;
    if (scan.header.baseSequence !== sequence) {
      return fail(
        damaged(`${name} begins after save ${String(scan.header.baseSequence)}, not after ${String(sequence)}`),
      );
    }
    if (crc !== null && scan.header.previousJournalCrc !== crc)
      return fail(damaged(`${name} does not follow the journal before it`));
    if (scan.tail.kind === 'damaged') return fail(damaged(`${name}: ${scan.tail.problem}`));
    if (scan.tail.kind === 'torn' && generation < last) {
      return fail(
        damaged(`${name}: ${String(scan.tail.bytes)} bytes at its end are not a save, and another journal follows`),
      );
    }
    sequence = scan.lastSequence;
    crc = scan.lastCrc;
    journals.push(read.data);
  }
  return ok(journals);
};
