/** The desktop window's door: the preload's bridge with the native dialogs behind the same functions as the browser's. */
import type { Bridge, OpenedFile } from '../../contract/client.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Door } from '../client.ts';

const partBytes = 1024 * 1024;

const base64Of = (bytes: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    // A data address: what comes after the comma is Base64.
    reader.addEventListener('load', () => {
      const address = typeof reader.result === 'string' ? reader.result : '';
      resolve(address.slice(address.indexOf(',') + 1));
    });
    reader.addEventListener('error', () => reject(reader.error ?? new Error('the file cannot be read')));
    reader.readAsDataURL(bytes);
  });

/** Piece by piece over the bridge, which knows neither paths nor files. */
const sendFile = async (bridge: Bridge, file: File): Promise<Result<OpenedFile>> => {
  let handle: string | null = null;
  for (let at = 0; ; at += partBytes) {
    // Gone or taken away since it was chosen: the browser does not tell why.
    const part = await base64Of(file.slice(at, at + partBytes)).catch(() => null);
    if (part === null) return fail({ type: 'Unreadable', path: file.name, code: 'EIO' });
    const answer = (await bridge.call('door.take-file', { name: file.name, file: handle, part })) as Result<OpenedFile>;
    if (!answer.ok || at + partBytes >= file.size) return answer;
    handle = answer.data.file;
  }
};

export const createWindowDoor = (bridge: Bridge): Door => {
  const ask = <T>(name: string, input: unknown): Promise<Result<T | null>> =>
    bridge.call(name, input) as Promise<Result<T | null>>;
  return {
    kind: 'window',
    host: null,
    call: bridge.call as Door['call'],
    on: bridge.on,
    connection: () => 'connected',
    onConnection: () => () => undefined,
    saveFile: async (name) => {
      const answer = await ask<OpenedFile>('door.save-file', { name });
      if (!answer.ok || answer.data === null) return answer as Result<null>;
      return ok({ ...answer.data, finish: () => Promise.resolve(ok(null)) });
    },
    openFile: () => ask<OpenedFile>('door.open-file', {}),
    takeFile: (file) => sendFile(bridge, file),
    openHome: () => ask<{ path: string }>('door.open-home', {}),
    pickPath: () => ask<{ path: string }>('door.pick-path', {}),
    stop: null,
  };
};
