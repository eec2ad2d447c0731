/** The one window: sandboxed, without Node, its background in the theme's colour from the first frame. */
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { bundleOrigin } from './sender.ts';
import { readWindowState, visibleBounds, writeWindowState } from './window-state.ts';

/** `--canvas` of the renderer's tokens. */
const canvas = { light: '#f6f7f9', dark: '#15171b' };
const backgroundColor = (): string => (nativeTheme.shouldUseDarkColors ? canvas.dark : canvas.light);

export type WindowOptions = {
  preloadPath: string;
  statePath: string;
  /** Vite's server in development, else null. */
  devUrl: string | null;
};

export const createWindow = ({ preloadPath, statePath, devUrl }: WindowOptions): BrowserWindow => {
  const state = readWindowState(statePath);
  const old =
    state === null
      ? null
      : visibleBounds(
          state.bounds,
          screen.getAllDisplays().map((one) => one.workArea),
        );
  const window = new BrowserWindow({
    width: 1200,
    height: 800,
    ...old,
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'Holdfast',
    backgroundColor: backgroundColor(),
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: devUrl !== null,
    },
  });
  if (state?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () =>
    writeWindowState(statePath, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }),
  );
  const followTheme = (): void => window.setBackgroundColor(backgroundColor());
  nativeTheme.on('updated', followTheme);
  window.on('closed', () => nativeTheme.off('updated', followTheme));
  return window;
};

export const loadPage = (window: BrowserWindow, devUrl: string | null): Promise<void> =>
  window.loadURL(devUrl ?? `${bundleOrigin}/`);
