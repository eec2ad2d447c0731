import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readWindowState, visibleBounds, writeWindowState } from './window-state.ts';

const dir = mkdtempSync(join(tmpdir(), 'holdfast-window-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const bounds = { x: 10, y: 20, width: 800, height: 600 };

test('a window comes back where it was', () => {
  const path = join(dir, 'new', 'window.json');
  expect(readWindowState(path)).toBeNull();
  writeWindowState(path, { bounds, maximized: true });
  expect(readWindowState(path)).toEqual({ bounds, maximized: true });
});

test('a damaged state is a fresh start', () => {
  const texts = [
    '',
    '{',
    'null',
    '[]',
    '{"bounds":null}',
    '{"bounds":{"x":1,"y":2,"width":3}}',
    '{"bounds":{"x":1,"y":2,"width":"3","height":4}}',
  ];
  const read = texts.map((text, i) => {
    const path = join(dir, `damaged-${String(i)}.json`);
    writeFileSync(path, text);
    return readWindowState(path);
  });
  expect(read).toEqual(texts.map(() => null));
});

test('a folder that cannot be written is no reason to fail', () => {
  const file = join(dir, 'a-file');
  writeFileSync(file, 'mine');
  writeWindowState(join(file, 'window.json'), { bounds, maximized: false });
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('a window whose screen is gone opens where it can be seen', () => {
  const screen = { x: 0, y: 0, width: 1280, height: 1024 };
  expect([
    visibleBounds(bounds, [screen]),
    visibleBounds({ ...bounds, x: -600 }, [screen]),
    visibleBounds({ ...bounds, x: -700 }, [screen]),
    visibleBounds({ ...bounds, x: 1400 }, [screen, { ...screen, x: 1280 }]),
    visibleBounds(bounds, []),
  ]).toEqual([bounds, { ...bounds, x: -600 }, null, { ...bounds, x: 1400 }, null]);
});
