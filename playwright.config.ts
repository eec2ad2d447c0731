/**
 * The journeys, twice: `browser` (Chromium through the browser host) and `window` (Electron). `npm test` names the
 * binaries by HOLDFAST_CHROMIUM and HOLDFAST_ELECTRON; nothing is downloaded here. No retries: only a launch is retried.
 */
import { defineConfig } from '@playwright/test';
import type { DoorOptions } from './e2e/door.ts';

export default defineConfig<DoorOptions>({
  testDir: 'e2e',
  outputDir: 'test-results/journeys',
  fullyParallel: true,
  forbidOnly: process.env['CI'] !== undefined,
  workers: 2,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 20_000 },
  globalTimeout: 17 * 60_000,
  reporter: 'list',
  projects: [
    { name: 'browser', testIgnore: '**/window/**', workers: 2, use: { kind: 'browser' } },
    // Electron launches hang now and then when two run at once on a small machine.
    { name: 'window', testIgnore: '**/browser/**', workers: 1, use: { kind: 'window' } },
  ],
});
