import { expect, test } from 'vitest';
import { backupFileName } from './backup-flows.ts';

test('a backup is named after its home and day, with signs every file system takes', () => {
  const now = new Date('2026-11-20T23:59:59.000Z');
  expect(backupFileName('DeepTempo', now)).toBe('deeptempo-2026-11-20.holdfast.age');
  expect(backupFileName('../My App: "2"', now)).toBe('my-app-2-2026-11-20.holdfast.age');
  expect(backupFileName('…', now)).toBe('home-2026-11-20.holdfast.age');
});
