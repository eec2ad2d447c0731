/** What was set aside: where it lies and how much it is. Nothing here removes anything. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { folderSize } from '../volume.ts';

const quarantineDir = (holdfastDir: string): string => join(holdfastDir, 'quarantine');

export const quarantineSize = (holdfastDir: string): { files: number; sizeBytes: number } =>
  folderSize(quarantineDir(holdfastDir), (path) => lstatSync(path, { throwIfNoEntry: false })?.size ?? 0);
