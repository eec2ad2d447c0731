/** A backup of the first day, kept for good: every later Holdfast, and docs/backup.md, must open it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { cipherPlace } from '../changes/write.ts';
import { backupIdentityOf, bindKeyring, unlockKeys } from '../secrets/keyring.ts';
import { parseKeys } from '../secrets/keys-format.ts';
import { openImageReader } from '../store/image-reader.ts';
import { readAgeHeader } from './age-file.ts';
import { liveSubjects, proveContent } from './contents.ts';
import { readBackup } from './format.ts';

const golden = resolve(import.meta.dirname, 'testing/golden-v1.age');
const code = 'Z98S-PM9R-NG4C-DTEF-S530-Y1ZG-VV5H-CCXQ-C';
const recipient = 'age1rhsusvs63smcl44egecueqk8nvamu5pm42x7clxxzlvqqrgdeczqnup29s';
const hasAll = (...tools: string[]): boolean => {
  const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (missing.length > 0)
    console.warn(`docs/backup.md tried with stock tools: skipped, ${missing.join(', ')} not installed`);
  return missing.length === 0;
};

test('it opens, is proven, and gives its values and its secret', async () => {
  const bytes = readFileSync(golden);
  expect(readAgeHeader(bytes)).toMatchObject({
    key: 'recovery',
    hint: { kind: 'store', at: '2026-03-01T09:00:07.000Z', recipient },
  });
  const content = await readBackup('golden', bytes, { identities: [backupIdentityOf(code) ?? ''], passphrase: null });
  if (!content.ok) throw new Error(JSON.stringify(content.error));
  expect(await proveContent(content.data)).toBeNull();
  expect(content.data.manifest).toMatchObject({
    definition: 'generic',
    schema: 1,
    counts: { settings: 4, secrets: 1, changes: 5 },
  });
  const parsed = parseKeys(content.data.keys);
  const opened = 'file' in parsed ? await unlockKeys(parsed.file, { recoveryCode: code }) : null;
  const image = await openImageReader(content.data.store);
  if (opened?.ok !== true || !image.ok) throw new Error('keys or store did not open');
  const keyring = bindKeyring(opened.data, content.data.manifest.storeId);
  const values = liveSubjects(image.data).map((live) => [
    live.key,
    live.cipher === null
      ? live.value
      : keyring.decrypt(cipherPlace({ kind: 'setting', key: live.key }, live.version), live.cipher),
  ]);
  image.data.close();
  expect(values).toEqual([
    ['settings.apiToken', '"golden-secret-5f2e9"'],
    ['settings.list', '[1,null]'],
    ['settings.name', '"Ünïcode"'],
    ['settings.window.width', '1440'],
  ]);
});

test.skipIf(!hasAll('age', 'unzip', 'sqlite3', 'python3'))(
  'the instructions of docs/backup.md work as they stand',
  () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../../docs/backup.md'), 'utf8');
    const block = (language: string): string => {
      const text = new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'mu').exec(page)?.[1] ?? '';
      return text.replaceAll(/^ {3}/gmu, '');
    };
    const query = /`(sqlite3 -json [^`]+)`/u.exec(page)?.[1] ?? '';
    const cwd = mkdtempSync(join(tmpdir(), 'holdfast-golden-'));
    const run = (command: string, args: string[], input = '') =>
      execFileSync(command, args, { cwd, input, encoding: 'utf8' });
    try {
      writeFileSync(join(cwd, 'holdfast_20261120_090002.age'), readFileSync(golden));
      writeFileSync(join(cwd, 'key.py'), block('python'));
      writeFileSync(join(cwd, 'key.txt'), run('python3', ['key.py'], `${code.toLowerCase()}\n`));
      expect(readFileSync(join(cwd, 'key.txt'), 'utf8').trim()).toBe(backupIdentityOf(code));
      expect(spawnSync('python3', ['key.py'], { cwd, input: `${code.replace('Z98S', 'Z98T')}\n` }).status).toBe(1);
      const seen = run('sh', ['-ec', block('sh')]);
      expect(seen).toContain('"definition": "generic"');
      expect(seen).toContain('settings.window.width|1440|set');
      expect(seen).toContain('|wider');
      run('sh', ['-ec', query]);
      writeFileSync(join(cwd, 'secrets.mjs'), block('js'));
      expect(run(process.execPath, ['secrets.mjs', code])).toBe('setting settings.apiToken "golden-secret-5f2e9"\n');
    } finally {
      rmSync(cwd, { recursive: true });
    }
  },
);
