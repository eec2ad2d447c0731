/**
 * The renderer's only way to data: one shape over the window's bridge and the browser host's wire. Screens ask it,
 * never `fetch` or `window.holdfast`.
 */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Bridge, Client, OpenedFile } from '../contract/client.ts';
import type { Result } from '../contract/result.ts';
import { openBrowserDoor } from './door/browser-door.ts';
import { createWindowDoor } from './door/window-door.ts';

/** `no-session`: this tab has no (valid) session; `gone`: the host does not answer; `stopped`: it was stopped from here. */
export type Connection = 'connected' | 'no-session' | 'gone' | 'stopped';

/** A place that the owner chose for a file. `finish` brings it there once the command has written it. */
export type Sink = OpenedFile & { finish: () => Promise<Result<null>> };

export type Door = Client & {
  kind: 'window' | 'browser';
  /** The machine's name, where the door knows it. */
  host: string | null;
  connection: () => Connection;
  onConnection: (listener: () => void) => () => void;
  /** Null data: the owner closed the dialog. */
  saveFile: (name: string) => Promise<Result<Sink | null>>;
  openFile: () => Promise<Result<OpenedFile | null>>;
  /** A file that was dropped on the page: its bytes go to the door, which gives a handle for them. */
  takeFile: (file: File) => Promise<Result<OpenedFile>>;
  /** A native folder dialog; null where the door has none (a page never names a path). */
  openHome: (() => Promise<Result<{ path: string } | null>>) | null;
  /** The path of a file or folder that the owner chose, as a setting's value; null where the door has no such dialog. */
  pickPath: (() => Promise<Result<{ path: string } | null>>) | null;
  /** Ends the browser host; null in the window, which is closed instead. */
  stop: (() => Promise<Result<{ stopped: true }>>) | null;
};

declare global {
  interface Window {
    holdfast?: Bridge;
  }
}

export const openDoor = (): Promise<Door> =>
  window.holdfast === undefined ? openBrowserDoor() : Promise.resolve(createWindowDoor(window.holdfast));

const DoorContext = createContext<Door | null>(null);
export const DoorProvider = DoorContext.Provider;

export const useDoor = (): Door => {
  const door = useContext(DoorContext);
  if (door === null) throw new Error('useDoor outside DoorProvider');
  return door;
};

export const useConnection = (door: Door): Connection => useSyncExternalStore(door.onConnection, door.connection);
