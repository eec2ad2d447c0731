/**
 * For tests: kinds of damage done to a good home with real files, each with what `status` must answer. The good home has
 * two images, two journals (the newest with two saves), keys, a backup of its legacy files, and was closed in good order.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../core/store/checksum.ts';
import { encodeTrailer, trailerBytes } from '../../core/store/image.ts';
import { createFrameSealer, encodeJournalHeader, scanJournal } from '../../core/store/journal.ts';
import { lastSaveName } from '../../core/store/last-save.ts';

/** A state of the home, or the type of the error. */
export type Answer = 'CONFIGURED' | 'NO_DATABASE' | 'StoreDamaged' | 'StoreFromNewerApp' | 'Unreadable';
export type DamageKind = {
  name: string;
  damage: (home: string) => void;
  status: Answer;
  /** A notice that must be among those shown. */
  notice?: string;
};

const inStore = (home: string, name: string): string => join(home, '.holdfast', name);
const generationsOf = (home: string, kind: 'image' | 'journal'): number[] =>
  readdirSync(join(home, '.holdfast'))
    .flatMap((name) => (name.startsWith(`${kind}-`) ? [Number(/\d+/u.exec(name)?.[0])] : []))
    .toSorted((a, b) => b - a);
const image = (home: string, nth = 0): string => inStore(home, `image-${String(generationsOf(home, 'image')[nth])}.db`);
const journal = (home: string, nth = 0): string =>
  inStore(home, `journal-${String(generationsOf(home, 'journal')[nth])}.log`);
const keys = (home: string): string => inStore(home, 'keys.json');

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
};
const toFolder = (path: string): void => {
  rmSync(path, { recursive: true });
  mkdirSync(path);
};
const toLink = (path: string): void => {
  renameSync(path, `${path}.elsewhere`);
  symlinkSync(`${path}.elsewhere`, path);
};
const toPipe = (path: string): void => {
  rmSync(path);
  // Node cannot make one itself.
  execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', path]);
};
/** Changes the database inside an image and makes its trailer right again. */
const rewriteImage = (path: string, change: (database: Buffer) => Buffer): void => {
  const bytes = readFileSync(path);
  const sequence = Number(bytes.readBigUInt64LE(bytes.length - trailerBytes + 16));
  const database = change(Buffer.from(bytes.subarray(0, bytes.length - trailerBytes)));
  writeFileSync(path, Buffer.concat([database, encodeTrailer(database, sequence, crc32)]));
};
const replaceText = (bytes: Buffer, from: string, to: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');

const scanOf = (path: string) => {
  const reading = scanJournal(new Uint8Array(readFileSync(path)), crc32);
  if (reading.kind !== 'ok') throw new Error(`${path} is not a whole journal`);
  return reading.scan;
};
/** A save with right checksums that nobody can repeat. */
const appendNonsense = (path: string): void => {
  const { header, lastSequence, lastCrc } = scanOf(path);
  const payload = Buffer.from([1, 3, ...Buffer.from('???'), 2, 200, 1, 0, 0]);
  const frame = Buffer.concat([Buffer.alloc(24), payload]);
  createFrameSealer(header.salt, crc32).seal(frame, {
    sequence: lastSequence + 1,
    previousCrc: lastCrc,
    transactions: 1,
  });
  appendFileSync(path, frame);
};
const newVersion = (path: string): void => {
  const bytes = readFileSync(path);
  bytes.writeUInt32LE(7, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
  writeFileSync(path, bytes);
};
const lockOf = (home: string, more: Record<string, unknown>): void => {
  const lock = {
    pid: 4711,
    host: 'another-machine',
    bootId: 'another-boot',
    since: '2026-03-01T09:00:00.000Z',
    appVersion: '0.1.0',
    generation: 999,
    socketPath: '/nowhere/0.sock',
    ...more,
  };
  writeFileSync(inStore(home, 'owner-999'), JSON.stringify(lock), { mode: 0o600 });
};

const images: DamageKind[] = [
  { name: 'newest image gone', damage: (home) => rmSync(image(home)), status: 'CONFIGURED' },
  {
    name: 'all images gone',
    damage: (home) => [image(home), image(home, 1)].forEach((path) => rmSync(path)),
    status: 'StoreDamaged',
  },
  {
    name: 'newest image empty',
    damage: (home) => truncateSync(image(home), 0),
    status: 'CONFIGURED',
    notice: 'bad-image',
  },
  {
    name: 'newest image cut in half',
    damage: (home) => truncateSync(image(home), 40_000),
    status: 'CONFIGURED',
    notice: 'bad-image',
  },
  {
    name: 'newest image with a flipped bit',
    damage: (home) => flip(image(home), 50_000),
    status: 'CONFIGURED',
    notice: 'bad-image',
  },
  {
    name: 'newest image without its trailer',
    damage: (home) => truncateSync(image(home), readFileSync(image(home)).length - trailerBytes),
    status: 'CONFIGURED',
    notice: 'bad-image',
  },
  {
    name: 'newest image a text',
    damage: (home) => writeFileSync(image(home), 'hello'),
    status: 'CONFIGURED',
    notice: 'bad-image',
  },
  {
    name: 'both images with a flipped bit',
    damage: (home) => [image(home), image(home, 1)].forEach((path) => flip(path, 50_000)),
    status: 'StoreDamaged',
  },
  { name: 'newest image a folder', damage: (home) => toFolder(image(home)), status: 'Unreadable' },
  { name: 'newest image a symbolic link', damage: (home) => toLink(image(home)), status: 'Unreadable' },
  { name: 'newest image a pipe', damage: (home) => toPipe(image(home)), status: 'Unreadable' },
  {
    name: 'image of a newer schema',
    damage: (home) => {
      rewriteImage(image(home), (bytes) => (bytes.writeUInt32BE(99, 60), bytes));
    },
    status: 'StoreFromNewerApp',
  },
  {
    name: 'image of another store',
    damage: (home) => {
      rewriteImage(image(home), (bytes) => {
        // Its row in "meta": the key, and right behind it the id.
        const id = /store_id([\w-]{8,})/u.exec(bytes.toString('latin1'))?.[1]?.slice(0, 8);
        if (id === undefined) throw new Error('the image has no store id');
        return replaceText(bytes, `store_id${id}`, 'store_idXXXXXXXX');
      });
    },
    status: 'StoreDamaged',
  },
  {
    name: 'image without a store id',
    damage: (home) => {
      rewriteImage(image(home), (bytes) => replaceText(bytes, 'store_id', 'store_ix'));
    },
    status: 'StoreDamaged',
  },
  {
    name: 'image that is no database, with a right trailer',
    damage: (home) => {
      rewriteImage(image(home), () => Buffer.alloc(8192, 'no database '));
    },
    status: 'StoreDamaged',
  },
  {
    name: 'image of a far generation without its journal',
    damage: (home) => cpSync(image(home), inStore(home, 'image-99.db')),
    status: 'StoreDamaged',
  },
];

const journals: DamageKind[] = [
  { name: 'newest journal gone', damage: (home) => rmSync(journal(home)), status: 'StoreDamaged' },
  { name: 'older journal gone', damage: (home) => rmSync(journal(home, 1)), status: 'CONFIGURED' },
  {
    name: 'all journals gone',
    damage: (home) => [journal(home), journal(home, 1)].forEach((path) => rmSync(path)),
    status: 'StoreDamaged',
  },
  { name: 'newest journal empty', damage: (home) => truncateSync(journal(home), 0), status: 'StoreDamaged' },
  { name: 'newest journal with a damaged header', damage: (home) => flip(journal(home), 20), status: 'StoreDamaged' },
  { name: 'journal of a newer format', damage: (home) => newVersion(journal(home)), status: 'StoreFromNewerApp' },
  {
    name: 'journal cut in a save',
    damage: (home) => truncateSync(journal(home), readFileSync(journal(home)).length - 5),
    status: 'StoreDamaged',
  },
  {
    name: 'journal cut at the end of a save',
    damage: (home) => truncateSync(journal(home), scanOf(journal(home)).frames.at(-1)?.offset),
    status: 'StoreDamaged',
  },
  {
    name: 'journal with a flipped bit in its first save',
    damage: (home) => flip(journal(home), 100),
    status: 'StoreDamaged',
  },
  {
    name: 'journal with a flipped bit in its last save',
    damage: (home) => flip(journal(home), -3),
    status: 'StoreDamaged',
  },
  {
    name: 'journal with an unfinished save',
    damage: (home) => appendFileSync(journal(home), 'unfinished'),
    status: 'CONFIGURED',
    notice: 'torn-tail',
  },
  {
    name: 'journal with a megabyte of zeros behind it',
    damage: (home) => appendFileSync(journal(home), Buffer.alloc(1024 * 1024)),
    status: 'CONFIGURED',
    notice: 'torn-tail',
  },
  {
    name: 'journal with a save that cannot be repeated',
    damage: (home) => appendNonsense(journal(home)),
    status: 'StoreDamaged',
  },
  { name: 'journal a folder', damage: (home) => toFolder(journal(home)), status: 'Unreadable' },
  { name: 'journal a symbolic link', damage: (home) => toLink(journal(home)), status: 'Unreadable' },
  { name: 'journal a pipe', damage: (home) => toPipe(journal(home)), status: 'Unreadable' },
  {
    name: 'journal of a far generation',
    damage: (home) => renameSync(journal(home), inStore(home, 'journal-77.log')),
    status: 'StoreDamaged',
  },
  {
    name: 'journal under another one’s name',
    damage: (home) => cpSync(journal(home, 1), journal(home)),
    status: 'StoreDamaged',
  },
  {
    name: 'journal of another store',
    damage: (home) => {
      const { header } = scanOf(journal(home));
      writeFileSync(journal(home), encodeJournalHeader({ ...header, storeTag: new Uint8Array(8) }, crc32).bytes);
    },
    status: 'StoreDamaged',
  },
];

const others: DamageKind[] = [
  {
    name: 'all store files gone, the mark left',
    damage: (home) => {
      for (const name of readdirSync(join(home, '.holdfast')))
        if (/^(?:image|journal)-/u.test(name)) rmSync(inStore(home, name));
    },
    status: 'StoreDamaged',
  },
  {
    name: 'the mark a text',
    damage: (home) => writeFileSync(inStore(home, lastSaveName), 'hello'),
    status: 'CONFIGURED',
    notice: 'last-save',
  },
  {
    name: 'the mark a folder',
    damage: (home) => toFolder(inStore(home, lastSaveName)),
    status: 'CONFIGURED',
    notice: 'last-save',
  },
  {
    name: 'files of an interrupted checkpoint',
    damage: (home) => {
      for (const name of ['image-3.db.tmp', 'journal-3.log.tmp']) writeFileSync(inStore(home, name), 'half');
    },
    status: 'CONFIGURED',
  },
  { name: 'the store’s folder empty', damage: (home) => toFolder(join(home, '.holdfast')), status: 'NO_DATABASE' },
  {
    name: 'a file where the store’s folder should be',
    damage: (home) => {
      rmSync(join(home, '.holdfast'), { recursive: true });
      writeFileSync(join(home, '.holdfast'), 'hello');
    },
    status: 'Unreadable',
  },
  { name: 'keys empty', damage: (home) => truncateSync(keys(home), 0), status: 'CONFIGURED', notice: 'keys' },
  { name: 'keys no JSON', damage: (home) => writeFileSync(keys(home), '{{{'), status: 'CONFIGURED', notice: 'keys' },
  { name: 'keys gone, their copy left', damage: (home) => rmSync(keys(home)), status: 'CONFIGURED', notice: 'keys' },
  {
    name: 'keys and their copy damaged',
    damage: (home) => [keys(home), `${keys(home)}.bak`].forEach((path) => writeFileSync(path, 'x')),
    status: 'CONFIGURED',
    notice: 'keys',
  },
  { name: 'keys a folder', damage: (home) => toFolder(keys(home)), status: 'CONFIGURED', notice: 'keys' },
  {
    name: 'a file where the backups should be',
    damage: (home) => {
      rmSync(inStore(home, 'backups'), { recursive: true });
      writeFileSync(inStore(home, 'backups'), 'hello');
    },
    status: 'CONFIGURED',
    notice: 'backups-unreadable',
  },
  {
    name: 'a backup that is none',
    damage: (home) => writeFileSync(inStore(home, 'backups/strange.age'), 'hello'),
    status: 'CONFIGURED',
  },
  {
    name: 'a lock that cannot be read',
    damage: (home) => writeFileSync(inStore(home, 'owner-999'), 'hello'),
    // Reading goes on without the lock.
    status: 'CONFIGURED',
  },
  {
    name: 'a lock of another machine',
    damage: (home) => {
      lockOf(home, {});
    },
    // Reading goes on without the lock.
    status: 'CONFIGURED',
  },
  {
    name: 'legacy files replaced by folders',
    damage: (home) => toFolder(join(home, 'general_config.json')),
    status: 'CONFIGURED',
    notice: 'drift',
  },
];

export const damageKinds: readonly DamageKind[] = [...images, ...journals, ...others];
