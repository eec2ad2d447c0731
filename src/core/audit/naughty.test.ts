/** Strings that break naive programs, as values and reasons of entries: exports hold them as they are, and inert. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openTestApp, passphrase, tempHome, testActor } from '../testing/test-app.ts';

const corpus = join(import.meta.dirname, '../../../../shared/corpora/blns/blns.json');
const present = existsSync(corpus);
if (!present) console.warn('skipped: the corpora are not beside this checkout (../shared/corpora)');
const verifier = resolve(import.meta.dirname, '../../../tools/verify_audit.py');

/** RFC 4180, strictly. */
const parseCsv = (text: string): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) throw new Error(`not CSV at ${String(at)}: ${JSON.stringify(text.slice(at, at + 40))}`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
};

test.runIf(present)(
  '515 naughty strings stay inert in both exports (O14)',
  async () => {
    const strings = JSON.parse(readFileSync(corpus, 'utf8')) as string[];
    expect(strings.length).toBeGreaterThan(500);
    const home = tempHome();
    const app = await openTestApp(home);
    try {
      await app.get('migration.run', { protect: { passphrase } });
      const changes = strings.map((value, n) => ({ op: 'set' as const, key: `naughty.n${String(n)}`, value }));
      await app.get('settings.apply', { changes, create: true });
      const write = async (format: 'jsonl' | 'csv'): Promise<string> => {
        const path = join(home.root, `log.${format}`);
        const file = app.files.register(testActor().session, { path, name: `log.${format}`, use: 'write' });
        await app.get('audit.export', { file, format, ...(format === 'csv' ? { key: 'naughty' } : {}) });
        return path;
      };
      const jsonl = await write('jsonl');
      expect(JSON.parse(execFileSync('python3', [verifier, jsonl], { encoding: 'utf8' }))).toMatchObject({ ok: true });
      const lines = readFileSync(jsonl, 'utf8').trimEnd().split('\n');
      const values = lines
        .map((line) => JSON.parse(line) as { key?: string; new?: ['value', string] | null })
        .flatMap(({ key, new: now }) =>
          key?.startsWith('naughty.') === true && now != null ? [JSON.parse(now[1]) as string] : [],
        );
      expect(values).toEqual(strings);

      const [head = [], ...rows] = parseCsv(readFileSync(await write('csv'), 'utf8'));
      expect(rows).toHaveLength(strings.length);
      const column = head.indexOf('new');
      for (const [n, row] of rows.entries()) {
        const cell = row[column] ?? '';
        expect(cell).not.toMatch(/^[=+\-@\t\r]/u);
        expect(cell.replace(/^'(?=[=+\-@\t\r])/u, '')).toBe(strings[n]);
      }
    } finally {
      await app.close();
      home.remove();
    }
  },
  60_000,
);
