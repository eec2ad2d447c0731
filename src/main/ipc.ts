/**
 * The window's wire: `holdfast:call` in, `holdfast:event` out; the only file that knows ipcMain. Adds no logic of its
 * own: a call goes to the core as it is, or to a native dialog. Answers only the top frame of our own page.
 */
import { ipcMain, type BrowserWindow, type WebFrameMain } from 'electron';
import { fail, type Result } from '../contract/result.ts';
import type { HoldfastEvent } from '../contract/events.ts';
import type { Actor } from '../core/context.ts';
import type { AppPort } from '../core/app-types.ts';
import { isOurFrame } from './sender.ts';

export type DoorCommand = (input: unknown) => Promise<Result<unknown>>;

export type Ipc = {
  app: AppPort;
  window: BrowserWindow;
  actor: Actor;
  origin: string;
  /** The commands that only this door has, by name: native dialogs. */
  doorCommands: ReadonlyMap<string, DoorCommand>;
  /** After a call was answered well, for what native parts show (the theme). */
  onAnswer: (name: string, result: Result<unknown>) => void;
};

/** Only JSON comes in, as through the other doors; undefined members fall away. */
const asJson = (input: unknown): Result<unknown> => {
  try {
    return { ok: true, data: JSON.parse(JSON.stringify(input ?? {})) as unknown };
  } catch {
    return fail({ type: 'InputInvalid', field: '', problem: 'is not JSON' });
  }
};

const jobIdOf = (options: unknown): { jobId?: string } => {
  const jobId: unknown =
    typeof options === 'object' && options !== null && 'jobId' in options ? options.jobId : undefined;
  return typeof jobId === 'string' ? { jobId } : {};
};

const answer = async (ipc: Ipc, name: string, input: unknown, options: unknown): Promise<Result<unknown>> => {
  const json = asJson(input);
  if (!json.ok) return json;
  const own = ipc.doorCommands.get(name);
  if (own !== undefined) return own(json.data);
  const result = await ipc.app.dispatch({
    name,
    input: json.data,
    actor: ipc.actor,
    credential: null,
    ...jobIdOf(options),
  });
  if (result.ok) ipc.onAnswer(name, result);
  return result;
};

/** Returns the function that sends an event to the page, and ends with the window. */
export const serveIpc = (ipc: Ipc): ((event: HoldfastEvent) => void) => {
  const isOurs = (frame: WebFrameMain | null): boolean => isOurFrame(frame, ipc.origin);
  ipcMain.handle('holdfast:call', (event, name: unknown, input: unknown, options: unknown) => {
    if (!isOurs(event.senderFrame) || typeof name !== 'string')
      return fail({ type: 'Forbidden', action: 'call', role: 'foreign frame' });
    return answer(ipc, name, input, options);
  });
  const send = (event: HoldfastEvent): void => {
    if (!ipc.window.isDestroyed() && isOurs(ipc.window.webContents.mainFrame))
      ipc.window.webContents.send('holdfast:event', event);
  };
  const off = ipc.app.onEvent(send);
  ipc.window.on('closed', () => {
    off();
    ipcMain.removeHandler('holdfast:call');
    ipc.app.dropSession(ipc.actor.session);
  });
  return send;
};
