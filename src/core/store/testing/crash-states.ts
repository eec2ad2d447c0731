/**
 * What may lie on the disk after a crash. Of a recorded history, cut at any call, everything flushed is there; of the
 * rest each write may be lost, whole, short, torn by sectors or zero-filled, in any order, and each folder's names may
 * stop anywhere.
 */
import { dirname } from 'node:path';
import { applyTruncate, applyWrite, type ModelFiles, type ModelOp } from './model-fs.ts';
import type { Random } from './random.ts';

type DataOp = Extract<ModelOp, { kind: 'write' | 'truncate' }>;
type NameOp = Extract<ModelOp, { kind: 'create' | 'makeDir' | 'rename' | 'remove' }>;

const sectorBytes = 512;

export type CrashMachine = {
  /** Takes the next call of the history. */
  step: (op: ModelOp) => void;
  /** One possible state of the disk if the power failed now. */
  crash: (random: Random) => ModelFiles;
};

const dirsOf = (op: NameOp): string[] =>
  op.kind === 'rename' ? [dirname(op.from), dirname(op.to)] : [dirname(op.path)];

const applyName = (names: Map<string, number | null>, op: NameOp): void => {
  if (op.kind === 'create') names.set(op.path, op.inode);
  else if (op.kind === 'makeDir') names.set(op.path, null);
  else if (op.kind === 'remove') names.delete(op.path);
  else {
    const inode = names.get(op.from);
    // Its creation was cut off in another folder: then the rename is as well.
    if (inode === undefined) return;
    names.delete(op.from);
    names.set(op.to, inode);
  }
};

/** Sector by sector: either the new bytes or what was there. */
const tornWrite = (content: Uint8Array, op: { bytes: Uint8Array; position: number }, random: Random): Uint8Array => {
  const whole = applyWrite(content, op.bytes, op.position);
  const end = op.position + op.bytes.length;
  for (let sector = Math.floor(op.position / sectorBytes); sector * sectorBytes < end; sector++) {
    if (random.chance(0.5)) continue;
    const from = Math.max(sector * sectorBytes, op.position);
    const to = Math.min((sector + 1) * sectorBytes, end);
    whole.fill(0, from, to);
    whole.set(content.subarray(from, to), from);
  }
  return whole;
};

const applyData = (content: Uint8Array, op: DataOp, random: Random): Uint8Array => {
  if (op.kind === 'truncate') return random.chance(0.5) ? applyTruncate(content, op.size) : content;
  const fate = random.next();
  if (fate < 0.25) return content;
  if (fate < 0.5) return applyWrite(content, op.bytes, op.position);
  if (fate < 0.7) return applyWrite(content, op.bytes.subarray(0, random.below(op.bytes.length)), op.position);
  if (fate < 0.85) return tornWrite(content, op, random);
  // The size grew, the bytes never came.
  const size = op.position + 1 + random.below(op.bytes.length);
  return size > content.length ? applyTruncate(content, size) : content;
};

const shuffled = <T>(items: readonly T[], random: Random): T[] => {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T];
  }
  return mixed;
};

export const createCrashMachine = (initial: ModelFiles): CrashMachine => {
  const names = new Map<string, number | null>();
  const durable = new Map<number, Uint8Array>();
  const pendingData = new Map<number, DataOp[]>();
  let pendingNames: NameOp[] = [];
  let lastInode = 0;
  for (const [path, bytes] of initial) {
    names.set(path, bytes === null ? null : ++lastInode);
    if (bytes !== null) durable.set(lastInode, bytes);
  }
  const apply = (content: Uint8Array, op: DataOp): Uint8Array =>
    op.kind === 'write' ? applyWrite(content, op.bytes, op.position) : applyTruncate(content, op.size);
  const contentOf = (inode: number): Uint8Array => durable.get(inode) ?? new Uint8Array(0);
  const step = (op: ModelOp): void => {
    if (op.kind === 'write' || op.kind === 'truncate') {
      pendingData.set(op.inode, [...(pendingData.get(op.inode) ?? []), op]);
    } else if (op.kind === 'flush') {
      durable.set(op.inode, (pendingData.get(op.inode) ?? []).reduce(apply, contentOf(op.inode)));
      pendingData.delete(op.inode);
    } else if (op.kind === 'flushDir') {
      for (const one of pendingNames.filter((name) => dirsOf(name).includes(op.dir))) applyName(names, one);
      pendingNames = pendingNames.filter((name) => !dirsOf(name).includes(op.dir));
    } else pendingNames.push(op);
  };
  const crash = (random: Random): ModelFiles => {
    // One in eight: only the process died, the machine went on.
    const killed = random.chance(0.125);
    const left = new Map(names);
    const cuts = new Map<string, number>();
    for (const op of pendingNames) for (const dir of dirsOf(op)) cuts.set(dir, (cuts.get(dir) ?? 0) + 1);
    for (const [dir, count] of cuts) cuts.set(dir, killed ? count : random.below(count + 1));
    for (const op of pendingNames) {
      const dirs = dirsOf(op);
      if (dirs.every((dir) => (cuts.get(dir) ?? 0) > 0)) applyName(left, op);
      for (const dir of new Set(dirs)) cuts.set(dir, (cuts.get(dir) ?? 0) - 1);
    }
    const fate = (inode: number): Uint8Array => {
      const pending = pendingData.get(inode) ?? [];
      if (killed) return pending.reduce(apply, contentOf(inode));
      const order = random.chance(0.5) ? pending : shuffled(pending, random);
      return order.reduce((content, op) => applyData(content, op, random), contentOf(inode));
    };
    return new Map([...left].map(([path, inode]) => [path, inode === null ? null : fate(inode)]));
  };
  return { step, crash };
};
