import { mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSecretFile, reserveRecoveryFile } from './credential.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
});

const read = (content: string | Uint8Array) => {
  writeFileSync(join(dir, 'f'), content);
  const text = readSecretFile('f', dir, '--passphrase-file');
  return text.ok ? text.data : text.error.type;
};

describe('readSecretFile', () => {
  it('strips one line break and nothing else', () => {
    expect([
      read('a b\n'),
      read('a\r\n'),
      read('a\n\n'),
      read(' a '),
      read('\n'),
      read(''),
      read(new Uint8Array([0xff, 0xfe])),
    ]).toEqual(['a b', 'a', 'a\n', ' a ', 'InputInvalid', 'InputInvalid', 'InputInvalid']);
    expect(readSecretFile('none', dir, '--passphrase-file')).toEqual({
      ok: false,
      error: { type: 'NotFound', what: 'file for --passphrase-file', name: 'none' },
    });
    expect(readSecretFile('.', dir, '--passphrase-file')).toEqual({
      ok: false,
      error: { type: 'Unreadable', path: '.', code: 'EISDIR' },
    });
  });
});

describe('reserveRecoveryFile', () => {
  it('makes the file before there is a code, for the owner only', () => {
    const reserved = reserveRecoveryFile('code.txt', dir);
    if (!reserved.ok) throw new Error('not reserved');
    expect([readFileSync(join(dir, 'code.txt'), 'utf8'), statSync(join(dir, 'code.txt')).mode & 0o777]).toEqual([
      '',
      0o600,
    ]);
    expect(reserved.data.write('CODE')).toBe(true);
    expect(readFileSync(join(dir, 'code.txt'), 'utf8')).toBe('CODE\n');
  });

  it('never takes a file that is there, and takes its own away again', () => {
    writeFileSync(join(dir, 'mine'), 'x');
    expect(reserveRecoveryFile('mine', dir)).toEqual({
      ok: false,
      error: {
        type: 'InputInvalid',
        field: '--recovery-code-out',
        problem: 'mine exists already; a recovery code never replaces a file',
      },
    });
    expect(reserveRecoveryFile('no/such/dir', dir).ok).toBe(false);
    const reserved = reserveRecoveryFile('code.txt', dir);
    if (!reserved.ok) throw new Error('not reserved');
    reserved.data.release();
    expect([readdirSync(dir), readFileSync(join(dir, 'mine'), 'utf8')]).toEqual([['mine'], 'x']);
  });
});
