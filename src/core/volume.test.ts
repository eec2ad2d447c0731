/** Where a home lies: what is told from types, names and marks, and the real file system where root allows to make one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folderSize, inspectVolume, macNetworkName, networkName, readOnlyReason, syncedName } from './volume.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-volume-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('file systems that two computers can write are known by their type', () => {
  const types = [0x6969, 0xff534d42, -11317950, 0xfe534d42, 0x65735546, 0x01021997, 0xef53, 0x01021994, 0x9123683e];
  expect(types.map(networkName)).toEqual(['NFS', 'CIFS', 'CIFS', 'SMB', 'FUSE', '9p', null, null, null]);
});

test('on macOS by the innermost mount', () => {
  const mounts = [
    '/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)',
    '//maria@nas/home on /Volumes/home dir (smbfs, nodev, nosuid, mounted by maria)',
    '/dev/disk5 on /Volumes/home dir/inner (apfs, local)',
  ].join('\n');
  expect(
    ['/Users/maria', '/Volumes/home dir/app', '/Volumes/home dir/inner/app', '/Volumes/home directory'].map((dir) =>
      macNetworkName(mounts, dir),
    ),
  ).toEqual([null, 'smbfs', null, null]);
});

test('synchronised folders by name or by the mark of their program', () => {
  const marked = new Set(['/data/notes/.stfolder']);
  const name = (dir: string) => syncedName(dir, (path) => marked.has(path));
  expect(
    [
      '/home/m/Dropbox/app',
      '/home/m/Dropbox (Personal)/app',
      '/Users/m/Library/Mobile Documents/app',
      '/Users/m/Library/CloudStorage/OneDrive-Firm/app',
      '/home/m/OneDrive - Firm/app',
      '/home/m/Google Drive/app',
      '/home/m/Nextcloud/app',
      '/data/notes/app/deep',
      '/data/notes-old/app',
      '/home/m/dropbox-scripts/app',
    ].map(name),
  ).toEqual([
    'Dropbox',
    'Dropbox',
    'iCloud Drive',
    'a cloud service',
    'OneDrive',
    'Google Drive',
    'Nextcloud',
    'Syncthing',
    null,
    null,
  ]);
});

test('permission helps against a network, never against a read-only medium', () => {
  const medium = { kind: 'read-only', code: 'EROFS' } as const;
  const network = { kind: 'network', name: 'NFS' } as const;
  expect([
    readOnlyReason({ kind: 'local' }, false),
    readOnlyReason(network, true),
    readOnlyReason(medium, true),
    readOnlyReason(network, false),
  ]).toEqual([
    null,
    null,
    'it lies on a medium that is mounted read-only (EROFS)',
    'it lies on a network file system (NFS), where two computers could write at once; a command with --allow-network-home makes it writable all the same',
  ]);
});

test('a folder that is not there has no size', () => {
  expect(folderSize(join(root, 'none'), () => 1)).toEqual({ files: 0, sizeBytes: 0 });
});

describe('a real medium', () => {
  test('that a Syncthing folder lies on', () => {
    mkdirSync(join(root, '.stfolder'));
    mkdirSync(join(root, 'app'));
    expect(inspectVolume(join(root, 'app'))).toEqual({ kind: 'synced', name: 'Syncthing' });
  });

  test('that is mounted read-only', ({ skip }) => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', root], { stdio: 'pipe' });
    } catch {
      skip('a read-only file system cannot be mounted here (needs root)');
    }
    const seen = inspectVolume(root);
    execFileSync('umount', [root]);
    expect(seen).toEqual({ kind: 'read-only', code: 'EROFS' });
  });
});
