import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { FileHandle } from '../contract/command.ts';
import { createFileRegistry } from './files.ts';

const file = { path: '/home/ann/out.hfb', name: 'out.hfb', use: 'write' } as const;

test('a handle gives its file back in its own session only', () => {
  const files = createFileRegistry();
  const handle = files.register('one', file);
  expect(Value.Check(FileHandle, handle)).toBe(true);
  expect(files.resolve('one', handle)).toEqual({ ok: true, data: file });
  const missing = { ok: false, error: { type: 'NotFound', what: 'file', name: handle } };
  expect(files.resolve('two', handle)).toEqual(missing);
  expect(createFileRegistry().resolve('one', handle)).toEqual(missing);
});

test('every registration has its own handle, also for the same file', () => {
  const files = createFileRegistry();
  const handles = Array.from({ length: 100 }, () => files.register('one', file));
  expect(new Set(handles).size).toBe(100);
});

test('dropping a session forgets its handles and no others', () => {
  const files = createFileRegistry();
  const mine = files.register('one', file);
  const theirs = files.register('two', file);
  files.drop('one');
  expect(files.resolve('one', mine)).toEqual({ ok: false, error: { type: 'NotFound', what: 'file', name: mine } });
  expect(files.resolve('two', theirs)).toEqual({ ok: true, data: file });
});

test('a path is no handle, and a relative path is a bug of the door', () => {
  const files = createFileRegistry();
  files.register('one', file);
  expect(files.resolve('one', file.path)).toEqual({
    ok: false,
    error: { type: 'NotFound', what: 'file', name: file.path },
  });
  expect(() => files.register('one', { ...file, path: 'out.hfb' })).toThrow('relative path');
});
