/** Folders that nobody expects: links, pipes, folders with a file's name, huge and changing files. Nothing hangs or is followed. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../testing/test-app.ts';
import { covers, matches } from './glob.ts';
import { openLegacy } from './open-legacy.ts';
import { readers } from './readers/index.ts';
import { scanHome } from './scan.ts';

let root = '';
let homeDir = '';
let app: TestApp;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-strange-'));
  homeDir = join(root, 'home');
  mkdirSync(homeDir);
  writeFileSync(join(root, 'outside.json'), '{"outside": "secret of somebody else"}');
  mkdirSync(join(root, 'outside'));
  writeFileSync(join(root, 'outside/settings.json'), '{"outside": true}');
  app = await openTestApp({ homeDir, configDir: join(root, 'config') });
});
afterEach(async () => {
  await app.close();
  rmSync(root, { recursive: true, force: true });
});
const at = (name: string): string => join(homeDir, name);
const mayReadAnything = process.getuid?.() === 0;
if (mayReadAnything) console.warn('skipped as root: a file without read permission can be read anyway');

describe('the plan of a strange folder', () => {
  it('says for each thing why it is not read, and reads the rest', async () => {
    symlinkSync(join(root, 'outside.json'), at('link.json'));
    symlinkSync(join(root, 'nowhere'), at('dangling.json'));
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', at('pipe.json')]);
    mkdirSync(at('folder.json'));
    mkdirSync(at('.env'));
    writeFileSync(at('big.json'), '');
    truncateSync(at('big.json'), 16 * 1024 * 1024 + 1);
    writeFileSync(at('good.json'), '{"a": 1}');
    const plan = await app.get('migration.plan', {});
    expect(plan.sources.map((source) => [source.file, source.status, source.error?.message])).toEqual([
      ['big.json', 'unreadable', 'the file has 16777217 bytes; at most 16777216 are read'],
      ['dangling.json', 'unreadable', 'this is a link, and Holdfast does not follow links'],
      ['folder.json', 'unreadable', 'this is a folder, not a file'],
      ['good.json', 'read', undefined],
      ['link.json', 'unreadable', 'this is a link, and Holdfast does not follow links'],
      ['pipe.json', 'unreadable', 'this is a pipe, not a file'],
      ['.env', 'unreadable', 'this is a folder, not a file'],
    ]);
    expect(plan.items.map((item) => item.target?.key)).toEqual(['good.a']);
    const run = await app.get('migration.run', { protect: { recoveryCode: true } });
    expect([run.backup?.files, run.verification?.ok]).toEqual([1, true]);
    expect(readFileSync(join(root, 'outside.json'), 'utf8')).toBe('{"outside": "secret of somebody else"}');
  });

  it('never leaves the home through a linked folder', async () => {
    symlinkSync(join(root, 'outside'), at('data'));
    expect(await openLegacy(homeDir, 'data/settings.json')).toEqual({
      file: 'data/settings.json',
      status: 'unreadable',
      reason: 'its folder is a link, and Holdfast does not follow links',
    });
    expect((await scanHome(homeDir)).files).toEqual([{ file: 'data', sizeBytes: 0, kind: 'link' }]);
  });

  it.skipIf(mayReadAnything)('names a file that may not be read', async () => {
    writeFileSync(at('settings.json'), '{}');
    chmodSync(at('settings.json'), 0);
    expect(await openLegacy(homeDir, 'settings.json')).toMatchObject({
      status: 'unreadable',
      reason: 'this may not be read (EACCES)',
    });
  });

  it('names a socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('s.json'), resolve));
    const opened = await openLegacy(homeDir, 's.json');
    await new Promise((resolve) => server.close(resolve));
    expect(opened).toMatchObject({ status: 'unreadable', reason: 'this is a socket, not a file' });
  });

  it('does not enter its own store, version control or modules', async () => {
    for (const folder of ['.holdfast', '.git', 'node_modules/x', 'a/b/c/d/e'])
      mkdirSync(at(folder), { recursive: true });
    for (const file of [
      '.holdfast/x.json',
      '.git/y.json',
      'node_modules/x/z.json',
      'a/b/c/ok.json',
      'a/b/c/d/e/deep.json',
    ])
      writeFileSync(at(file), '{}');
    const scan = await scanHome(homeDir);
    expect([scan.files.map((one) => one.file), scan.complete]).toEqual([['a/b/c/ok.json'], false]);
  });

  it('a home that is not there is empty, and stays so', async () => {
    rmSync(homeDir, { recursive: true });
    expect(await scanHome(homeDir)).toEqual({ files: [], complete: true });
    expect(existsSync(homeDir)).toBe(false);
  });
});

describe('patterns', () => {
  it.each([
    ['*.json', 'a.json', true],
    ['*.json', '.hidden.json', true],
    ['*.json', 'data/a.json', false],
    ['data/*', 'data/a.json', true],
    ['a.json', 'aXjson', false],
    ['(a)+.json', '(a)+.json', true],
    ['conf*.json', 'config.json', true],
  ])('%s matches %s: %s', (pattern, file, expected) => {
    expect(matches(pattern, file)).toBe(expected);
  });

  it('a folder is left alone with all that lies in it', () => {
    expect([
      covers('data/*', 'data/sub/deep.json'),
      covers('backups/*', 'backups.json'),
      covers('*.log', 'api.log'),
    ]).toEqual([true, false, true]);
  });
});

it('each format of a definition has one reader with a fixture among the sample homes', () => {
  const fixtures: Record<string, string> = { json: 'generic/settings.json', env: 'generic/.env' };
  const read = readers.map((reader) => {
    const result = reader.read(
      readFileSync(join(import.meta.dirname, '../../../resources/sample-homes', fixtures[reader.format] ?? 'none')),
    );
    return [reader.format, result.ok && result.leaves.length];
  });
  expect(read).toEqual([
    ['json', 9],
    ['env', 2],
  ]);
});
