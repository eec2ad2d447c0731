/** A small app in memory for the host's tests: it keeps what reached it and answers what the test says. Only for tests. */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HoldfastEvent } from '../../contract/events.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { AppCall, AppPort } from '../../core/app-types.ts';
import { createFileRegistry } from '../../core/files.ts';

export type TestApp = AppPort & {
  calls: AppCall[];
  dropped: string[];
  listeners: Set<(event: HoldfastEvent) => void>;
  answer: (call: AppCall) => Promise<Result<unknown>>;
};

export const createTestApp = (): TestApp => {
  const files = createFileRegistry();
  const app: TestApp = {
    calls: [],
    dropped: [],
    listeners: new Set(),
    answer: () => Promise.resolve(ok(null)),
    files,
    dispatch: (call) => {
      app.calls.push(call);
      return app.answer(call);
    },
    onEvent: (listener) => {
      app.listeners.add(listener);
      return () => app.listeners.delete(listener);
    },
    dropSession: (session) => {
      app.dropped.push(session);
      files.drop(session);
    },
  };
  return app;
};

/** What no request may ever get: it lies beside the renderer build, and behind a link in it. */
export const canary = 'CANARY-beside-the-build';

/** A folder with `renderer/` and the canary beside it. */
export const createBuild = (): { rootDir: string; rendererDir: string } => {
  const rootDir = mkdtempSync(join(tmpdir(), 'hf-host-test-'));
  const rendererDir = join(rootDir, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rootDir, 'secret.txt'), canary);
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>Holdfast</title>');
  writeFileSync(join(rendererDir, 'assets', 'index-a1.js'), 'export {};');
  writeFileSync(join(rendererDir, '.env'), canary);
  symlinkSync(join(rootDir, 'secret.txt'), join(rendererDir, 'link.txt'));
  return { rootDir, rendererDir };
};
