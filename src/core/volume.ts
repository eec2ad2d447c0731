/**
 * Where a home lies: on a medium that can be written, on a file system that two computers could write at once, in a
 * folder that another program synchronises. It only looks, at the folder and the names above it; it never writes to try.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HoldfastError } from '../contract/errors.ts';

export type Volume =
  | { kind: 'local' }
  | { kind: 'read-only'; code: string }
  | { kind: 'network'; name: string }
  | { kind: 'synced'; name: string };

export type InspectVolume = (dir: string) => Volume;

/** `f_type` of statfs(2) on Linux. */
const networkTypes = new Map<number, string>([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9p'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x0bd00bd0, 'Lustre'],
]);

export const networkName = (type: number): string | null => networkTypes.get(type >>> 0) ?? null;

/** Types in the output of macOS's `mount` that are not a disk of this machine. */
const macTypes = /^(?:nfs|smbfs|afpfs|webdav|ftp|macfuse|osxfuse|fusefs|acfs)$/u;

/** The type of the mount that holds `dir`, when it is one of the network: `//me@nas/x on /Volumes/x (smbfs, …)`. */
export const macNetworkName = (mounts: string, dir: string): string | null => {
  const found = mounts
    .split('\n')
    .flatMap((line) => {
      const match = / on (?<point>\/.*) \((?<type>[a-z0-9]+)/u.exec(line);
      return match?.groups === undefined
        ? []
        : [{ point: match.groups['point'] ?? '', type: match.groups['type'] ?? '' }];
    })
    .filter(({ point }) => point === '/' || dir === point || dir.startsWith(`${point}/`))
    .toSorted((a, b) => b.point.length - a.point.length)[0];
  return found !== undefined && macTypes.test(found.type) ? found.type : null;
};

const syncedFolders: readonly { part: RegExp; name: string }[] = [
  { part: /^Dropbox(?: \(.*\))?$/u, name: 'Dropbox' },
  { part: /^OneDrive(?: ?- ?.*)?$/u, name: 'OneDrive' },
  { part: /^Google ?Drive(?:-.*)?$/u, name: 'Google Drive' },
  { part: /^Mobile Documents$/u, name: 'iCloud Drive' },
  { part: /^CloudStorage$/u, name: 'a cloud service' },
  { part: /^Nextcloud$/u, name: 'Nextcloud' },
  { part: /^ownCloud$/u, name: 'ownCloud' },
];

const syncMarkers: readonly { file: string; name: string }[] = [
  { file: '.stfolder', name: 'Syncthing' },
  { file: '.dropbox.cache', name: 'Dropbox' },
  { file: '.nextcloudsync.log', name: 'Nextcloud' },
  { file: '.owncloudsync.log', name: 'ownCloud' },
];

/** `exists` is asked for the marks that such programs leave in their top folder. */
export const syncedName = (dir: string, exists: (path: string) => boolean): string | null => {
  for (const part of dir.split(/[\\/]/u)) {
    const found = syncedFolders.find((one) => one.part.test(part));
    if (found !== undefined) return found.name;
  }
  for (let folder = dir; ; folder = dirname(folder)) {
    const found = syncMarkers.find((one) => exists(join(folder, one.file)));
    if (found !== undefined) return found.name;
    if (folder === dirname(folder)) return null;
  }
};

const codeOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) throw error;
  return code;
};

const networkNameOf = (dir: string): string | null => {
  try {
    if (process.platform === 'linux') return networkName(statfsSync(dir).type);
    if (process.platform !== 'darwin') return null;
    return macNetworkName(execFileSync('/sbin/mount', { encoding: 'utf8', timeout: 2000 }), dir);
  } catch {
    // What cannot be told is taken for a disk: the lock and the check before each append still stand.
    return null;
  }
};

/** `dir` must exist. A medium that cannot be written comes first: no permission helps there. */
export const inspectVolume: InspectVolume = (dir) => {
  try {
    accessSync(dir, constants.W_OK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return { kind: 'read-only', code };
  }
  const network = networkNameOf(dir);
  if (network !== null) return { kind: 'network', name: network };
  const synced = syncedName(dir, existsSync);
  return synced === null ? { kind: 'local' } : { kind: 'synced', name: synced };
};

const wayOut = 'a command with --allow-network-home makes it writable all the same';

/** Null when the home may be written. A clause without a full stop, as `ReadOnly` tells it. */
export const readOnlyReason = (volume: Volume, allowed: boolean): string | null => {
  switch (volume.kind) {
    case 'local':
      return null;
    case 'read-only':
      return volume.code === 'EROFS'
        ? 'it lies on a medium that is mounted read-only (EROFS)'
        : `its folder cannot be written by this user (${volume.code})`;
    case 'network':
      return allowed
        ? null
        : `it lies on a network file system (${volume.name}), where two computers could write at once; ${wayOut}`;
    case 'synced':
      return allowed
        ? null
        : `it lies in a folder that ${volume.name} synchronises, which may replace files while they are in use; ${wayOut}`;
  }
};

/** `DiskFull` before anything is begun; null when there is room, or when nobody can tell. */
export const lackOfRoom = (dir: string, what: string, neededBytes: number): HoldfastError | null => {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize < neededBytes ? { type: 'DiskFull', what, neededBytes } : null;
  } catch (error) {
    codeOf(error);
    return null;
  }
};

/** Files and bytes below a folder; nothing where there is none. Links are not followed. */
export const folderSize = (dir: string, sizeOf: (path: string) => number): { files: number; sizeBytes: number } => {
  let [files, sizeBytes] = [0, 0];
  try {
    for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      files += 1;
      sizeBytes += sizeOf(join(entry.parentPath, entry.name));
    }
  } catch (error) {
    codeOf(error);
  }
  return { files, sizeBytes };
};
