/** The door's own commands: native dialogs, and files dropped on the page. A path that a person chose becomes a handle here and goes no further. */
import { basename, join } from 'node:path';
import { app, dialog, type BrowserWindow } from 'electron';
import { fail, ok, type Result } from '../contract/result.ts';
import type { OpenApp } from '../core/app.ts';
import type { DoorCommand } from './ipc.ts';
import type { TakenFiles } from './taken-files.ts';

/** A file name as a suggestion: its last part, at most 200 characters, never empty. */
const suggestion = (input: unknown): string | null => {
  const name: unknown = typeof input === 'object' && input !== null && 'name' in input ? input.name : undefined;
  if (typeof name !== 'string') return null;
  const last = basename(name.replaceAll('\\', '/')).slice(0, 200);
  return last === '' || last === '.' || last === '..' ? null : last;
};

const saveFile = async (
  core: OpenApp,
  window: BrowserWindow,
  session: string,
  input: unknown,
): Promise<Result<unknown>> => {
  const name = suggestion(input);
  if (name === null) return fail({ type: 'InputInvalid', field: 'name', problem: 'is not a file name' });
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    defaultPath: join(app.getPath('documents'), name),
  });
  if (canceled || filePath === '') return ok(null);
  const file = core.files.register(session, { path: filePath, name: basename(filePath), use: 'write' });
  return ok({ file, name: basename(filePath) });
};

const openFile = async (core: OpenApp, window: BrowserWindow, session: string): Promise<Result<unknown>> => {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile'] });
  const [path] = filePaths;
  if (canceled || path === undefined) return ok(null);
  const file = core.files.register(session, { path, name: basename(path), use: 'read' });
  return ok({ file, name: basename(path) });
};

const openHome = async (core: OpenApp, window: BrowserWindow): Promise<Result<unknown>> => {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openDirectory', 'showHiddenFiles'],
  });
  const [path] = filePaths;
  return canceled || path === undefined ? ok(null) : core.openHomeDir(path);
};

/** The only path that a page gets: as the value of a setting, chosen by the owner, not opened by anybody here. */
const pickPath = async (window: BrowserWindow): Promise<Result<unknown>> => {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    // Windows and Linux choose either files or folders, never both.
    properties: [process.platform === 'darwin' ? 'openFile' : 'openDirectory', 'openDirectory', 'showHiddenFiles'],
  });
  const [path] = filePaths;
  return ok(canceled || path === undefined ? null : { path });
};

export const createDoorCommands = (
  core: OpenApp,
  window: BrowserWindow,
  session: string,
  taken: TakenFiles,
): ReadonlyMap<string, DoorCommand> =>
  new Map<string, DoorCommand>([
    ['door.save-file', (input) => saveFile(core, window, session, input)],
    ['door.open-file', () => openFile(core, window, session)],
    ['door.open-home', () => openHome(core, window)],
    ['door.pick-path', () => pickPath(window)],
    ['door.take-file', (input) => Promise.resolve(taken.take(input))],
  ]);
