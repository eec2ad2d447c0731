/** Homes that cannot be opened as they are, made by the command line and a few wrong bytes, before a door opens them. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliAnswer, Prepare } from './door.ts';
import { passphrase } from './steps.ts';

type Before = Parameters<Prepare['run']>[0];

const done = async (answer: Promise<CliAnswer>): Promise<void> => {
  const { code, stderr } = await answer;
  if (code !== 0) throw new Error(`the command line ended with ${String(code)}: ${stderr}`);
};

const storeDir = (home: string): string => join(home, '.holdfast');
const setRegion = ({ cli }: Before, value: string): Promise<void> => done(cli('config', 'set', 's3.region', value));

/** Files that hold the store: name and hash. */
export const storeFiles = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir)
      .filter((name) => /^(?:image|journal)-\d/u.test(name))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(dir, name)))
          .digest('hex'),
      ]),
  );

/** Migrated by `migrate` with a passphrase; its file lies beside the home. */
export const migrated = async (before: Before): Promise<{ unlocked: string[] }> => {
  const file = join(before.home, '..', 'passphrase');
  writeFileSync(file, `${passphrase}\n`, { mode: 0o600 });
  const unlocked = ['--passphrase-file', file];
  await done(before.cli(...unlocked, '--yes', 'migrate'));
  return { unlocked };
};

/** What an earlier recovery set aside: the store of now, whole. */
const setAside = (home: string): void => {
  const dir = join(storeDir(home), 'quarantine', '20260101T090000000Z');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const name of Object.keys(storeFiles(storeDir(home)))) cpSync(join(storeDir(home), name), join(dir, name));
};

/** A wrong bit in the payload of the third save from the end: two intact ones come after it (docs/store.md). */
const spoilJournal = (home: string): void => {
  const newest = Object.keys(storeFiles(storeDir(home)))
    .filter((name) => name.startsWith('journal-'))
    .toSorted()
    .at(-1);
  const path = join(storeDir(home), newest ?? '');
  const bytes = readFileSync(path);
  const frames: number[] = [];
  for (let at = 64; at + 24 < bytes.length && bytes.readUInt32LE(at) > 0; at += 24 + bytes.readUInt32LE(at))
    frames.push(at);
  const at = (frames.at(-3) ?? 64) + 26;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
};

/** Three saves are lost; a backup, an older store in quarantine and the legacy files are there. */
export const damagedJournal: Prepare = {
  run: async (before) => {
    const { unlocked } = await migrated(before);
    setAside(before.home);
    await setRegion(before, 'eu-north-1');
    await done(before.cli(...unlocked, 'backup', 'create'));
    for (const region of ['eu-west-1', 'eu-west-2', 'eu-west-3']) await setRegion(before, region);
    spoilJournal(before.home);
  },
};

/** No image is whole: only the backup opens. */
export const damagedImages: Prepare = {
  run: async (before) => {
    const { unlocked } = await migrated(before);
    await setRegion(before, 'eu-north-1');
    await done(before.cli(...unlocked, 'backup', 'create'));
    for (const name of Object.keys(storeFiles(storeDir(before.home))).filter((one) => one.startsWith('image-'))) {
      const path = join(storeDir(before.home), name);
      const bytes = readFileSync(path);
      // What kind of page the second one is: SQLite itself sees that.
      bytes.writeUInt8(bytes.readUInt8(4096) ^ 1, 4096);
      writeFileSync(path, bytes);
    }
  },
};

/** As an older Holdfast leaves it: with the tables of schema 1. */
export const olderSchema: Prepare = {
  run: async (before) => {
    const { unlocked } = await migrated(before);
    await done(before.cli(...unlocked, '--yes', 'schema', 'downgrade', '1'));
  },
};
