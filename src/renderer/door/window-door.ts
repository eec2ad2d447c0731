/** The desktop window's door: the preload's bridge with the native dialogs behind the same functions as the browser's. */
import type { Bridge, OpenedFile } from '../../contract/client.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Door } from '../client.ts';

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
    openHome: () => ask<{ path: string }>('door.open-home', {}),
    pickPath: () => ask<{ path: string }>('door.pick-path', {}),
    stop: null,
  };
};
