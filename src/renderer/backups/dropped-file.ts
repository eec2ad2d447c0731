/** What was dropped on the page: one file that can be a backup, or what it is instead, in a sentence. Pure but for the file's first bytes. */
import { maxUploadBytes } from '../../contract/client.ts';
import { messages } from '../messages.en.ts';

const say = messages.backupDrop;
/** Every backup begins with it: nothing else has to be sent anywhere to be known. */
const start = 'age-encryption.org/v1\n';

export type Dropped = { file: File } | { problem: string };
type Item = { webkitGetAsEntry: () => { isDirectory: boolean; name: string } | null };
export type Transfer = { types: readonly string[]; items: ArrayLike<Item>; files: ArrayLike<File> };

export const holdsFiles = (transfer: Transfer | null): transfer is Transfer =>
  transfer !== null && transfer.types.includes('Files');

/** Reads the transfer before it waits for anything: it is empty after the event. */
export const lookAtDrop = async ({ items, files }: Transfer): Promise<Dropped> => {
  const folder = Array.from(items, (item) => item.webkitGetAsEntry()).find((entry) => entry?.isDirectory === true);
  const [file, ...more] = Array.from(files);
  if (more.length > 0) return { problem: say.several };
  if (folder !== null && folder !== undefined) return { problem: say.folder(folder.name) };
  if (file === undefined) return { problem: say.nothing };
  // A folder where the browser does not tell, or a file that is gone again: reading fails.
  const head = await file
    .slice(0, start.length)
    .text()
    .catch(() => null);
  if (head === null) return { problem: say.unreadable(file.name) };
  if (head !== start) return { problem: say.notBackup(file.name) };
  return file.size > maxUploadBytes ? { problem: say.huge(file.name) } : { file };
};
