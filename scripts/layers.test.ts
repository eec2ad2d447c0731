/** The layer table of docs/architecture.md bites: one bad line per rule, linted with the project's own configuration. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const rootDir = resolve(import.meta.dirname, '..');
const dir = mkdtempSync(join(tmpdir(), 'holdfast-layers-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const imports = 'eslint(no-restricted-imports)';

/** [file, its text, the rules that must speak]. */
const snippets: [string, string, string[]][] = [
  ['src/contract/a-node.ts', "export * from 'node:fs';", [imports]],
  ['src/contract/b-core.ts', "export * from '../core/clock.ts';", [imports]],
  ['src/contract/c-other-package.ts', "export * from 'kysely';", [imports]],
  ['src/contract/d-good.ts', "export { Type } from 'typebox';\nexport * from './e-good.ts';", []],
  ['src/contract/e-good.ts', 'export const one = 1;', []],
  ['src/core/a-electron.ts', "export { app } from 'electron';", [imports]],
  ['src/core/b-door.ts', "export * from '../host/server.ts';", [imports]],
  ['src/core/settings/c-door.ts', "export * from '../../main/window.ts';", [imports]],
  ['src/core/d-sql.ts', "export { default as init } from 'sql.js';", [imports]],
  ['src/core/e-screen.ts', "export { useState } from 'react';", [imports]],
  ['src/core/f-good.ts', "export { join } from 'node:path';\nexport * from '../contract/e-good.ts';", []],
  ['src/core/store/a-good.ts', "export { default as init } from 'sql.js';", []],
  ['src/core/store/b-electron.ts', "export { app } from 'electron';", [imports]],
  ['src/core/store/c-door.ts', "export * from '../../cli/entry.ts';", [imports]],
  ['src/host/a-electron.ts', "export { app } from 'electron';", [imports]],
  ['src/host/b-cli.ts', "export * from '../cli/entry.ts';", [imports]],
  ['src/host/c-good.ts', "export { Hono } from 'hono';\nexport * from '../core/f-good.ts';", []],
  ['src/cli/a-electron.ts', "export { app } from 'electron';", [imports]],
  ['src/cli/b-main.ts', "export * from '../main/window.ts';", [imports]],
  ['src/cli/c-good.ts', "export * from '../host/c-good.ts';", []],
  ['src/main/a-ipc.ts', "export { ipcMain } from 'electron';", [imports]],
  [
    'src/main/b-ipc.ts',
    "import electron from 'electron';\nexport const ipc = electron.ipcMain;",
    ['eslint(no-restricted-properties)'],
  ],
  ['src/main/c-sql.ts', "export { default as init } from 'sql.js';", [imports]],
  ['src/main/d-renderer.ts', "export * from '../renderer/main.tsx';", [imports]],
  ['src/main/e-good.ts', "export { app } from 'electron';", []],
  ['src/main/ipc.ts', "export { ipcMain } from 'electron';", []],
  ['src/preload/a-node.ts', "export * from 'node:fs';", [imports]],
  ['src/preload/b-core.ts', "export * from '../core/f-good.ts';", [imports]],
  [
    'src/preload/c-good.ts',
    "export { contextBridge } from 'electron';\nexport type { one } from '../contract/e-good.ts';",
    [],
  ],
  ['src/renderer/a-node.ts', "export * from 'node:fs';", [imports]],
  ['src/renderer/b-node.ts', "export * from 'fs/promises';", [imports]],
  ['src/renderer/audit/c-core.ts', "export * from '../../core/f-good.ts';", [imports]],
  ['src/renderer/d-electron.ts', "export { app } from 'electron';", [imports]],
  ['src/renderer/e-good.ts', "export * from '../contract/e-good.ts';", []],
  ['e2e/a-sql.ts', "export { default as init } from 'sql.js';", [imports]],
  [
    'src/core/a-cycle.ts',
    "import { two } from './b-cycle.ts';\nexport const one = (): number => two();",
    ['import(no-cycle)'],
  ],
  [
    'src/core/b-cycle.ts',
    "import { one } from './a-cycle.ts';\nexport const two = (): number => one();",
    ['import(no-cycle)'],
  ],
  ['src/core/g-default.ts', 'export default 1;', ['import(no-default-export)']],
  ['src/core/h-any.ts', 'export const one = (value: any): unknown => value;', ['typescript(no-explicit-any)']],
  [
    'src/core/i-floating.ts',
    'export const one = (): void => {\n  Promise.resolve(1);\n};',
    ['typescript(no-floating-promises)'],
  ],
  [
    'src/core/j-switch.ts',
    "export const one = (kind: 'a' | 'b'): number => {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n};",
    ['typescript(switch-exhaustiveness-check)'],
  ],
  [
    'src/core/k-params.ts',
    'export const one = (a: 1, b: 1, c: 1, d: 1, e: 1, f: 1): number => a + b + c + d + e + f;',
    ['eslint(max-params)'],
  ],
  ['tool.config.ts', 'export default {};', []],
];

type Diagnostic = { code: string; filename: string };

const lint = (): Record<string, string[]> => {
  const oxlint = join(rootDir, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [oxlint, '--type-aware', '--format', 'json', 'src', 'e2e', 'tool.config.ts'],
    {
      cwd: dir,
      encoding: 'utf8',
    },
  );
  if (!stdout.trimStart().startsWith('{')) throw new Error(`oxlint: ${stdout}${stderr}`);
  const found: Record<string, string[]> = {};
  for (const { code, filename } of (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics) {
    (found[filename.replaceAll('\\', '/')] ??= []).push(code);
  }
  return found;
};

test('each layer line and each house rule speaks up where it should, and nowhere else', () => {
  copyFileSync(join(rootDir, '.oxlintrc.json'), join(dir, '.oxlintrc.json'));
  symlinkSync(join(rootDir, 'node_modules'), join(dir, 'node_modules'), 'junction');
  writeFileSync(join(dir, 'tsconfig.json'), readTsconfig());
  for (const [file, text] of snippets) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), `${text}\n`);
  }
  const expected = Object.fromEntries(
    snippets.filter(([, , rules]) => rules.length > 0).map(([file, , rules]) => [file, rules]),
  );
  expect(lint()).toEqual(expected);
});

const readTsconfig = (): string =>
  JSON.stringify({
    compilerOptions: {
      strict: true,
      target: 'es2023',
      module: 'preserve',
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
    },
    include: ['src', 'e2e'],
  });
