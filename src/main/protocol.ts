/** The scheme `app:` of the window's page. What it answers stands in bundle.ts. */
import { protocol } from 'electron';
import { answerFrom, readBundle } from './bundle.ts';

/** At top level, before the app is ready. */
export const registerScheme = (): void =>
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);

export const serveBundle = (rendererDir: string): void => {
  const bundle = readBundle(rendererDir);
  protocol.handle('app', (request) => answerFrom(bundle, request));
};
