/** Lists what lies in a home: names and sizes only. Follows no link, enters no store, opens no file, stops at a limit. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export type ScannedFile = { file: string; sizeBytes: number; kind: 'file' | 'folder' | 'link' | 'other' };

/** `complete` is false when there was more than is listed. */
export type Scan = { files: ScannedFile[]; complete: boolean };

const skippedFolders = new Set(['.holdfast', '.git', 'node_modules']);
const maxDepth = 4;
const maxEntries = 100_000;

/** Files, links and other things by path relative to the home, sorted; folders only as part of paths. */
export const scanHome = async (homeDir: string): Promise<Scan> => {
  const files: ScannedFile[] = [];
  let complete = true;
  const visit = async (folder: string, depth: number): Promise<void> => {
    // A folder that cannot be listed is as if empty: the plan then says which expected file is missing or unreadable.
    const names: string[] = await readdir(join(homeDir, folder)).catch(() => []);
    for (const name of names.toSorted()) {
      if (files.length >= maxEntries) {
        complete = false;
        return;
      }
      const file = folder === '' ? name : `${folder}/${name}`;
      const stat = await lstat(join(homeDir, file)).catch(() => null);
      if (stat === null) continue;
      if (!stat.isDirectory()) {
        const kind = stat.isFile() ? 'file' : stat.isSymbolicLink() ? 'link' : 'other';
        files.push({ file, sizeBytes: stat.isFile() ? stat.size : 0, kind });
      } else if (!skippedFolders.has(name)) {
        if (name.endsWith('.json') || name.endsWith('.env')) files.push({ file, sizeBytes: 0, kind: 'folder' });
        else if (depth < maxDepth) await visit(file, depth + 1);
        else complete = false;
      }
    }
  };
  await visit('', 1);
  return { files, complete };
};
