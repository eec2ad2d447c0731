/**
 * For tests only: what a process that is killed leaves on the disk. Before every call of Node's that changes a file, and
 * in the middle of every write, the folders are copied as they are then. Nothing fails and nothing is replaced: the real
 * code runs on real files. Import it before all else, since modules keep the functions that they found.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import fs, { cpSync, existsSync, readdirSync, readFileSync, type PathLike } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import promises, { type FileHandle } from 'node:fs/promises';

type Watch = (call: string) => void;
let watch: Watch | null = null;
/** Copying is itself file calls. */
const note = (call: string): void => {
  const watching = watch;
  watch = null;
  watching?.(call);
  watch = watching;
};

const syncCalls = ['openSync', 'ftruncateSync', 'renameSync', 'rmSync', 'unlinkSync', 'linkSync', 'mkdirSync'] as const;
const laterCalls = ['open', 'rename', 'rm', 'unlink', 'link', 'mkdir', 'writeFile'] as const;

/** Any function of Node's, passed through as it is: its own types do not matter here. */
type Through = (this: unknown, ...args: unknown[]) => unknown;
const noted = (name: string, call: Through): Through =>
  function through(this: unknown, ...args: unknown[]): unknown {
    note(name);
    return call.apply(this, args);
  };

for (const name of syncCalls) Object.assign(fs, { [name]: noted(name, fs[name] as unknown as Through) });
for (const name of laterCalls) Object.assign(promises, { [name]: noted(name, promises[name] as unknown as Through) });

const writeSync = fs.writeSync as (fd: number, bytes: Uint8Array, from: number, length: number, at: number) => number;
fs.writeSync = ((fd: number, bytes: Uint8Array | string, from: number, length: number, at: number): number => {
  if (watch === null || typeof bytes === 'string' || typeof at !== 'number' || length < 2)
    return writeSync(fd, bytes as Uint8Array, from, length, at);
  note('writeSync');
  const half = writeSync(fd, bytes, from, length >> 1, at);
  note('writeSync, half of it');
  return half + writeSync(fd, bytes, from + half, length - half, at + half);
}) as typeof fs.writeSync;

/** The class of what `open` gives is found on the first one. */
const handleOf = async (): Promise<FileHandle> => {
  const handle = await promises.open(join(import.meta.dirname, basename(import.meta.filename)));
  await handle.close();
  return handle;
};
type Write = (
  this: FileHandle,
  bytes: Uint8Array,
  from: number,
  length: number,
) => Promise<{ bytesWritten: number; buffer?: Uint8Array }>;
const prototype = Object.getPrototypeOf(await handleOf()) as { write: Write };
const { write } = prototype;
prototype.write = async function halfByHalf(bytes, from, length) {
  if (watch === null || length < 2) return write.call(this, bytes, from, length);
  note('write');
  const half = await write.call(this, bytes, from, length >> 1);
  note('write, half of it');
  const rest = await write.call(this, bytes, from + half.bytesWritten, length - half.bytesWritten);
  return { bytesWritten: half.bytesWritten + rest.bytesWritten, buffer: bytes };
};
syncBuiltinESMExports();

export type DiskState = {
  /** The call that was about to be made; null: the work was answered. */
  call: string | null;
  homeDir: string;
  configDir: string;
};

const digestOf = (dir: string): string => {
  const hash = createHash('sha256');
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })
    .map((one) => ({ one, path: join(one.parentPath, one.name) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(entry.path.slice(dir.length)).update(entry.one.isFile() ? readFileSync(entry.path) : Buffer.of(0));
  return hash.digest('hex');
};

/** The folders as they are; a lock stays behind, as the lock of a process that is dead would be taken over. */
const copyTo = (from: string, to: string): void => {
  if (!existsSync(from)) return;
  const filter = (path: PathLike): boolean => !/^(?:owner-|\.owner)/u.test(basename(String(path)));
  cpSync(from, to, { recursive: true, filter });
};

/** All states that differ, in order; the last one is that of the answer. */
export const diskStatesOf = async (
  home: { root: string; homeDir: string; configDir: string },
  work: () => Promise<void>,
): Promise<DiskState[]> => {
  const states: DiskState[] = [];
  let last = '';
  let number = 0;
  const keep = (call: string | null): void => {
    const digest = digestOf(home.homeDir);
    if (digest === last && call !== null) return;
    last = digest;
    number += 1;
    const to = join(home.root, `state-${String(number)}`);
    copyTo(home.homeDir, to);
    copyTo(home.configDir, `${to}-config`);
    states.push({ call, homeDir: to, configDir: `${to}-config` });
  };
  watch = keep;
  try {
    await work();
  } finally {
    watch = null;
  }
  keep(null);
  return states;
};
