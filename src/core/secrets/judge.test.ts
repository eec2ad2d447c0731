import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';

describe('judge', () => {
  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    [null, 'empty'],
    [{}, 'empty'],
    ['changeme', 'placeholder'],
    ['your-api-key-here', 'placeholder'],
    ['YOUR_TOKEN', 'placeholder'],
    ['<insert key>', 'placeholder'],
    ['xxxxxxxx', 'placeholder'],
    ['${SECRET}', 'placeholder'],
    ['postgresql://app:password@localhost/db', 'placeholder'],
    ['hunter2', 'weak'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['abcdefghijklmnopqrstuvwxyz', 'weak'],
    [4711, 'weak'],
    ['postgresql://app:short@localhost/db', 'weak'],
    ['ghp_fake0000000000000000000000000000', null],
    ['correct horse battery staple', null],
    ['postgresql://app:Xk2-99fGh!aa@localhost/db', null],
    ['Tr0ub4dor&3', null],
    [{ user: 'a' }, null],
  ])('%j: %s', (value, verdict) => {
    expect(judge(value)).toBe(verdict);
  });
});
