/**
 * What no page of ours may do, whatever it loads: no permissions, no navigation, no new windows, no webview. Must
 * hold for every web contents, so it listens on the app, not on one window.
 */
import { app, type Session, type WebContents } from 'electron';

const denyPermissions = (session: Session): void => {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
};

/** In development Vite reloads the page at its own address; nothing else may navigate, ever. */
const denyNavigation = (contents: WebContents, reloadable: string | null): void => {
  const refuse = (event: { preventDefault: () => void; readonly url: string }): void => {
    if (reloadable === null || new URL(event.url).origin !== reloadable) event.preventDefault();
  };
  contents.on('will-navigate', refuse);
  contents.on('will-frame-navigate', refuse);
  contents.on('will-redirect', refuse);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
};

/** Before any window is made. `reloadable`: the origin of Vite's server in development, else null. */
export const applySecurityPolicy = (reloadable: string | null): void => {
  app.on('session-created', denyPermissions);
  app.on('web-contents-created', (_event, contents) => denyNavigation(contents, reloadable));
};
