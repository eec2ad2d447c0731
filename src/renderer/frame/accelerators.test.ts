import { expect, test } from 'vitest';
import { matchesAccelerator, showAccelerator } from './accelerators.ts';

const press = (key: string, held: string[] = []) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
});

test('a shortcut fits only with exactly its own modifiers', () => {
  expect(matchesAccelerator('CmdOrCtrl+Shift+E', press('E', ['ctrl', 'shift']), false)).toBe(true);
  expect(matchesAccelerator('CmdOrCtrl+Shift+E', press('E', ['meta', 'shift']), true)).toBe(true);
  expect(matchesAccelerator('CmdOrCtrl+Shift+E', press('E', ['meta', 'shift']), false)).toBe(false);
  expect(matchesAccelerator('CmdOrCtrl+Z', press('z', ['ctrl', 'shift']), false)).toBe(false);
  expect(matchesAccelerator('CmdOrCtrl+Z', press('z'), false)).toBe(false);
});

test('shown as the platform writes them', () => {
  expect(showAccelerator('CmdOrCtrl+Shift+E', false)).toBe('Ctrl+Shift+E');
  expect(showAccelerator('CmdOrCtrl+Shift+E', true)).toBe('⇧⌘E');
});
