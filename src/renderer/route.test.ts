import { expect, test } from 'vitest';
import { formatRoute, parseRoute } from './route.ts';

test('an address says page and query, and survives the way there and back', () => {
  expect(parseRoute('#/settings?q=%40modified+theme&category=general')).toEqual({
    page: 'settings',
    query: { q: '@modified theme', category: 'general' },
  });
  const address = formatRoute('audit', { key: 'a["b.c"]&d=e', actor: 'ä', text: '' });
  expect(parseRoute(address)).toEqual({ page: 'audit', query: { key: 'a["b.c"]&d=e', actor: 'ä' } });
  expect(formatRoute('overview')).toBe('#/overview');
});

test('anything else is the start page', () => {
  expect(['', '#', '#launch=abc', '#main'].map((hash) => parseRoute(hash))).toEqual(
    Array.from({ length: 4 }, () => ({ page: '', query: {} })),
  );
});
