/**
 * What the window must refuse, asked of the real window. Each test stands in the table of docs/security.md. One window
 * for all of them: they only look, or try what is refused.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type ElectronApplication } from '@playwright/test';
import { contentSecurityPolicy } from '../../src/contract/csp.ts';
import { electronPath, environment, launchWindow, rootDir, type Launched } from '../launch.ts';

test.describe.configure({ mode: 'default' });

const dir = mkdtempSync(join(tmpdir(), 'holdfast-security-'));
const home = join(dir, 'deeptempo');
const configDir = join(dir, 'config');
let launched: Launched;
let close = (): Promise<void> => Promise.resolve();

const electronOf = ({ electron }: Launched): ElectronApplication => {
  if (electron === null) throw new Error('not a window');
  return electron;
};

test.beforeAll(async () => {
  cpSync(join(rootDir, 'resources', 'sample-homes', 'deeptempo'), home, { recursive: true });
  launched = await launchWindow(home, configDir);
  ({ close } = launched);
});
test.afterAll(async () => {
  await close();
  rmSync(dir, { recursive: true, force: true });
});

test('the page is sandboxed and isolated, without Node or Blink features', async () => {
  const preferences = await electronOf(launched).evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => {
      // Electron has it, its types do not.
      const given = (
        window.webContents as unknown as { getLastWebPreferences: () => Record<string, unknown> | null }
      ).getLastWebPreferences();
      return [
        given?.['sandbox'],
        given?.['contextIsolation'],
        given?.['nodeIntegration'],
        given?.['nodeIntegrationInSubFrames'],
        given?.['webSecurity'],
        given?.['webviewTag'],
        given?.['allowRunningInsecureContent'],
        given?.['experimentalFeatures'],
        given?.['enableBlinkFeatures'] ?? '',
      ];
    }),
  );
  expect(preferences).toEqual([[true, true, false, false, true, false, false, false, '']]);
  const seen = await launched.page.evaluate(() => {
    const names = ['require', 'process', 'module', 'Buffer', '__dirname', 'global', 'electron'];
    return { node: names.filter((name) => name in globalThis), bridge: Object.keys(window.holdfast ?? {}).toSorted() };
  });
  expect(seen).toEqual({ node: [], bridge: ['call', 'on'] });
});

test("Chromium's own sandbox is off only for root", async () => {
  const off = await electronOf(launched).evaluate(({ app }) => app.commandLine.hasSwitch('no-sandbox'));
  expect(off).toBe(process.getuid?.() === 0);
});

test('the page comes from app://bundle with the policy, and nothing else does', async () => {
  const answer = await launched.page.evaluate(async () => {
    const ask = async (path: string): Promise<[number, string | null]> => {
      const response = await fetch(path);
      return [response.status, response.headers.get('content-security-policy')];
    };
    return {
      at: location.origin,
      page: await ask('/'),
      above: await ask('/%2e%2e/preload/index.cjs'),
      none: await ask('/nothing.js'),
    };
  });
  const policy = contentSecurityPolicy();
  expect(answer).toEqual({ at: 'app://bundle', page: [200, policy], above: [404, policy], none: [404, policy] });
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
});

test('no text becomes code: eval, Function, timers, inline scripts', async () => {
  // From a timer: what page.evaluate itself runs is allowed by the debugger.
  const outcomes = await launched.page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const attempts: (() => unknown)[] = [
          // oxlint-disable-next-line no-eval -- that it is refused is the test
          () => globalThis.eval('1'),
          // oxlint-disable-next-line typescript/no-implied-eval -- the same
          () => new Function('return 1')(),
          () => {
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            return 'ran' in window;
          },
          () => {
            document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.ran = true">');
            return true;
          },
        ];
        setTimeout(() => {
          resolve(
            attempts.map((attempt) => {
              try {
                return attempt() === false ? 'nothing ran' : 'ran';
              } catch (error) {
                return error instanceof Error ? error.name : 'thrown';
              }
            }),
          );
        });
      }),
  );
  expect(outcomes).toEqual(['EvalError', 'EvalError', 'TypeError', 'TypeError']);
});

test('nothing is loaded from or sent to anywhere else', async () => {
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(request.url ?? '');
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'image/svg+xml' });
    response.end('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const outcomes = await launched.page.evaluate(
    (origin) => {
      const load = <T extends 'img' | 'script' | 'link'>(
        tag: T,
        members: Partial<HTMLElementTagNameMap[T]>,
      ): Promise<string> =>
        new Promise((done) => {
          const element = document.createElement(tag);
          element.addEventListener('load', () => done('loaded'));
          element.addEventListener('error', () => done('refused'));
          try {
            Object.assign(element, members);
          } catch {
            done('refused');
          }
          document.head.append(element);
        });
      const sent = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'sent').catch(() => 'refused');
      return Promise.all([
        sent(fetch(`${origin}/fetch`)),
        sent(fetch('file:///etc/hostname')),
        load('img', { src: `${origin}/image` }),
        load('script', { src: `${origin}/script` }),
        load('link', { rel: 'stylesheet', href: `${origin}/style` }),
      ]);
    },
    `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
  );
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  expect({ outcomes, received }).toEqual({
    outcomes: ['refused', 'refused', 'refused', 'refused', 'refused'],
    received: [],
  });
});

test('navigation away is refused', async () => {
  const electron = electronOf(launched);
  await electron.evaluate(({ BrowserWindow }) => {
    const seen: [string, boolean][] = [];
    Object.assign(globalThis, { seenNavigations: seen });
    BrowserWindow.getAllWindows()[0]?.webContents.on('will-frame-navigate', (event) =>
      seen.push([event.url, event.defaultPrevented]),
    );
  });
  const targets = ['https://example.invalid/', 'app://other/', 'app://bundle/index.html?again'];
  for (const target of targets) {
    await launched.page.evaluate((url) => {
      setTimeout(() => location.assign(url));
    }, target);
    await expect
      .poll(() =>
        electron.evaluate(() =>
          (globalThis as unknown as { seenNavigations: [string, boolean][] }).seenNavigations.at(-1),
        ),
      )
      .toEqual([target, true]);
  }
  expect(new URL(launched.page.url()).pathname).toBe('/');
  expect(await launched.page.evaluate(() => location.origin)).toBe('app://bundle');
});

test('a new window is refused', async () => {
  const opened = await launched.page.evaluate(() => [
    window.open('https://example.invalid/'),
    window.open('about:blank', '_blank', 'popup'),
  ]);
  expect(opened).toEqual([null, null]);
  expect(await electronOf(launched).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('permissions are refused', async () => {
  const answers = await launched.page.evaluate(async () => {
    const state = async (name: string): Promise<string> =>
      (await navigator.permissions.query({ name: name as PermissionName })).state;
    return {
      notification: await Notification.requestPermission(),
      geolocation: await state('geolocation'),
      camera: await state('camera'),
      microphone: await state('microphone'),
      midi: await state('midi'),
    };
  });
  expect(answers).toEqual({
    notification: 'denied',
    geolocation: 'denied',
    camera: 'denied',
    microphone: 'denied',
    midi: 'denied',
  });
});

test('another page with the same preload gets no answer', async () => {
  const answer = await electronOf(launched).evaluate(
    async ({ BrowserWindow }, preload) => {
      const stranger = new BrowserWindow({
        show: false,
        webPreferences: { preload, sandbox: true, contextIsolation: true },
      });
      await stranger.loadURL('data:text/html,stranger');
      const result: unknown = await stranger.webContents.executeJavaScript("window.holdfast.call('home.status', {})");
      stranger.destroy();
      return result;
    },
    join(rootDir, 'out', 'preload', 'index.cjs'),
  );
  expect(answer).toEqual({ ok: false, error: { type: 'Forbidden', action: 'call', role: 'foreign frame' } });
});

test('a path is no file handle, and a command that is none is refused', async () => {
  const answers = await launched.page.evaluate(async () => {
    const call = async (name: string, input: unknown): Promise<string> => {
      const result = await window.holdfast?.call(name, input);
      return result === undefined || result.ok ? 'answered' : result.error.type;
    };
    return [
      await call('backup.create', { output: '/tmp/backup' }),
      await call('backup.verify', { backup: { file: `file_${'A'.repeat(32)}` } }),
      await call('door.save-file', { name: '..' }),
      await call('constructor', {}),
    ];
  });
  expect(answers).toEqual(['InputInvalid', 'NotFound', 'InputInvalid', 'NotFound']);
});

test('a second start only brings the first to the front; DevTools stay shut meanwhile', async () => {
  await electronOf(launched).evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.openDevTools(),
  );
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), rootDir, '--home', home];
  const second = spawn(electronPath(), args, { env: environment(configDir), stdio: 'ignore' });
  const [code] = (await once(second, 'exit')) as [number | null];
  expect(code).toBe(0);
  const windows = await electronOf(launched).evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => ({ devTools: window.webContents.isDevToolsOpened() })),
  );
  expect(windows).toEqual([{ devTools: false }]);
});
