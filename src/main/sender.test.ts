import { expect, test } from 'vitest';
import { bundleOrigin, isOurFrame } from './sender.ts';

test('only the top frame of our own page is answered', () => {
  const child = { parent: {}, origin: bundleOrigin };
  const strangers = [
    null,
    child,
    ...['app://other', 'https://bundle', 'null', 'file://', ''].map((origin) => ({ parent: null, origin })),
  ];
  expect(strangers.map((frame) => isOurFrame(frame, bundleOrigin))).toEqual(strangers.map(() => false));
  expect(isOurFrame({ parent: null, origin: bundleOrigin }, bundleOrigin)).toBe(true);
});
