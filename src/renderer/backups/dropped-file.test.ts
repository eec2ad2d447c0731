import { expect, test } from 'vitest';
import { maxUploadBytes } from '../../contract/client.ts';
import { messages } from '../messages.en.ts';
import { holdsFiles, lookAtDrop, type Transfer } from './dropped-file.ts';

const say = messages.backupDrop;
const age = 'age-encryption.org/v1\n-> X25519 ...';
const drop = (...files: File[]): Transfer => ({
  types: ['Files'],
  files,
  items: files.map(() => ({ webkitGetAsEntry: () => null })),
});

test('one file that begins like a backup is one', async () => {
  const file = new File([age], 'b.age');
  expect(await lookAtDrop(drop(file))).toEqual({ file });
});

test('everything else is said in a sentence', async () => {
  const other = new File(['PK\x03\x04'], 'photo.zip');
  expect(await lookAtDrop(drop(other))).toEqual({ problem: say.notBackup('photo.zip') });
  expect(await lookAtDrop(drop(new File([], 'empty')))).toEqual({ problem: say.notBackup('empty') });
  expect(await lookAtDrop(drop(new File([age], 'a'), new File([age], 'b')))).toEqual({ problem: say.several });
  expect(await lookAtDrop(drop())).toEqual({ problem: say.nothing });
  const folder = { webkitGetAsEntry: () => ({ isDirectory: true, name: 'backups' }) };
  expect(await lookAtDrop({ ...drop(other), items: [folder] })).toEqual({ problem: say.folder('backups') });
});

test('one that cannot be read, and one that is too large, are said before anything is sent', async () => {
  const gone = new File([age], 'gone.age');
  gone.slice = () => {
    const blob = new Blob();
    blob.text = () => Promise.reject(new DOMException('gone', 'NotReadableError'));
    return blob;
  };
  expect(await lookAtDrop(drop(gone))).toEqual({ problem: say.unreadable('gone.age') });
  const large = new File([age], 'large.age');
  Object.defineProperty(large, 'size', { value: maxUploadBytes + 1 });
  expect(await lookAtDrop(drop(large))).toEqual({ problem: say.huge('large.age') });
});

test('text that is dragged is no file', () => {
  expect(holdsFiles(null)).toBe(false);
  expect(holdsFiles({ ...drop(), types: ['text/plain'] })).toBe(false);
  expect(holdsFiles(drop())).toBe(true);
});
