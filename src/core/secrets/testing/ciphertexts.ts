/** For tests only: what is encrypted in a home on disk, and by how many keys; read from its files while nobody has them open. */
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { realFs } from '../../store/fs.ts';
import { openStore } from '../../store/open.ts';
import { readKeysFile } from '../keys-file.ts';
import { encryptedVersions } from '../queries.ts';

export type Encrypted = { ciphers: Map<number, string>; dataKeys: string[] };

export const encryptedIn = async (homeDir: string): Promise<Encrypted> => {
  const dir = join(homeDir, '.holdfast');
  const keys = readKeysFile(realFs, dir);
  const opened = await openStore({
    dir,
    mode: 'reader',
    create: false,
    fs: realFs,
    flush: 'sync',
    now: () => '2026-12-01T09:00:00.000Z',
    newId: () => 'reads-only',
  });
  if (!keys.ok || keys.data === null || !opened.ok) throw new Error(`the home at ${homeDir} cannot be read`);
  const rows = await opened.data.read(encryptedVersions);
  await opened.data.close();
  return {
    ciphers: new Map(rows.map(({ id, cipher }) => [id, Buffer.from(cipher).toString('hex')])),
    dataKeys: keys.data.file.dataKeys.map(({ id }) => id),
  };
};
