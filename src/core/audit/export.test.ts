/** An exported log verifies without Holdfast and says no secret; a spreadsheet finds no formula in it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonValue } from '../../contract/json.ts';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';
import { exportFormat, hex, jsonLine, logStart } from './export-format.ts';
import { chainHead } from './queries.ts';
import { copyOf, fillLog, openLogStore, type Copy, type LogStore, type Tampering } from './testing/store-with-log.ts';
import { formOf } from './canonical.ts';
import { verifyChain } from './verify.ts';
import { createWalk } from './walk.ts';

const verifier = resolve(import.meta.dirname, '../../../tools/verify_audit.py');
type Judged = {
  ok: boolean;
  id?: number | null;
  line?: number;
  problem?: string;
  entries?: number;
  complete?: boolean;
};

const python = async (file: string): Promise<Judged> => {
  const { stdout } = await promisify(execFile)('python3', [verifier, file]).catch((error: unknown) => {
    // It ends 1 for a log that does not hold, with the same kind of answer.
    if (error instanceof Error && 'stdout' in error) return { stdout: String(error.stdout) };
    throw error;
  });
  return JSON.parse(stdout) as Judged;
};

describe('the Python verifier (O14)', () => {
  let dir: string;
  let log: LogStore;
  let copy: Copy;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'holdfast-export-'));
    log = await openLogStore();
    await fillLog(log, 60);
    copy = await copyOf(log.store);
  }, 60_000);
  afterAll(async () => {
    copy.close();
    await log.close();
    rmSync(dir, { recursive: true });
  });

  /** As `audit.export` writes it, of rows that may be tampered with. */
  const written = (upTo: number): string => {
    let previous: Uint8Array = Buffer.from(logStart.hash, 'hex');
    const head = chainHead(copy.reader);
    const lines = createWalk()
      .slice(copy.reader, 0, upTo)
      .map((row) => {
        const line = jsonLine(row, formOf(previous, row) ?? 2, null);
        previous = row.hash;
        return line;
      });
    const end = { id: head?.id ?? 0, hash: hex(head?.hash ?? new Uint8Array(32)) };
    const about = {
      format: exportFormat,
      version: 1,
      store: 's',
      made: '',
      complete: true,
      filter: {},
      start: logStart,
      end,
    };
    return `${JSON.stringify(about)}\n${lines.join('')}`;
  };

  const ways: ((id: number) => Tampering)[] = [
    (id) => [[`UPDATE change_set SET reason = 'other' WHERE id = (SELECT change_set FROM audit WHERE id = ?)`, [id]]],
    (id) => [['DELETE FROM audit WHERE id = ?', [id]]],
    (id) => [['UPDATE audit SET hash = zeroblob(32) WHERE id = ?', [id]]],
    (id) => [[`UPDATE audit SET detail = '{}' WHERE id = ?`, [id]]],
    (id) => [[`UPDATE subject SET key = key || '.x' WHERE id = (SELECT subject FROM audit WHERE id = ?)`, [id]]],
  ];
  const logs = process.env['HOLDFAST_LONG'] === undefined ? 10 : 100;

  test('agrees with Holdfast on logs of which half were tampered with', async () => {
    const verdicts: boolean[] = [];
    for (let n = 0; n < logs; n += 1) {
      const id = 2 + ((n * 7) % 50);
      const way = n % 2 === 0 ? undefined : ways[((n - 1) / 2) % ways.length];
      const { text, ours } = copy.tampered(way === undefined ? [] : way(id), (reader) => ({
        text: written(1000),
        ours: verifyChain(reader, null),
      }));
      const file = join(dir, `${String(n)}.jsonl`);
      writeFileSync(file, text);
      const theirs = await python(file);
      expect({ n, ok: theirs.ok }).toEqual({ n, ok: ours.ok });
      if (!ours.ok) expect(theirs.id).toBe(ours.firstBad?.id);
      verdicts.push(theirs.ok);
    }
    expect(verdicts.filter((ok) => ok)).toHaveLength(logs / 2);
  }, 120_000);

  test('names a cut tail, a cut line and what is no log', async () => {
    const whole = written(1000);
    const lines = whole.split('\n');
    const cases = [lines.slice(0, 10).join('\n') + '\n', whole.slice(0, -20), 'hello\n', '', lines.slice(1).join('\n')];
    for (const [n, text] of cases.entries()) {
      const file = join(dir, `bad-${String(n)}.jsonl`);
      writeFileSync(file, text);
      expect((await python(file)).ok).toBe(false);
    }
    const file = join(dir, 'bad-0.jsonl');
    expect((await python(file)).problem).toContain('the log was cut after entry 9');
  });
});

describe('audit.export', () => {
  let home: TempHome;
  let app: TestApp;
  beforeEach(async () => {
    home = tempHome();
    app = await openTestApp(home);
    await app.get('migration.run', { protect: { passphrase } });
  });
  afterEach(async () => {
    await app.close();
    home.remove();
  });

  const target = (name: string, use: 'read' | 'write' = 'write') => {
    const path = join(home.root, name);
    return { path, file: app.files.register(testActor().session, { path, name, use }) };
  };
  const set = (key: string, value: JsonValue, reason?: string) =>
    app.get('settings.apply', {
      changes: [{ op: 'set', key, value }],
      create: true,
      ...(reason === undefined ? {} : { reason }),
    });

  test('a whole log verifies on its own and as an anchor, and leaves an entry (D4)', async () => {
    await set('own.note', 'later');
    const { path, file } = target('log.jsonl');
    const made = await app.get('audit.export', { file });
    expect(made).toMatchObject({ path: 'log.jsonl', format: 'jsonl', complete: true, entries: made.end.id });
    expect(await python(path)).toMatchObject({ ok: true, complete: true, entries: made.entries });
    const [entry] = (await app.get('audit.list', { action: 'export' })).changes;
    expect(entry).toMatchObject({ type: 'audit', key: 'log.jsonl', detail: { format: 'jsonl', upTo: made.end.id } });
    expect(await app.get('audit.verify', { anchor: target('log.jsonl', 'read').file })).toMatchObject({
      ok: true,
      anchors: 1,
    });
  });

  test('only what fits the filter, each entry still verifiable', async () => {
    await set('own.a', 1);
    await set('own.b', 2);
    const { path, file } = target('some.jsonl');
    expect(await app.get('audit.export', { file, key: 'own' })).toMatchObject({ entries: 2, complete: false });
    expect(await python(path)).toMatchObject({ ok: true, complete: false, entries: 2 });
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('own.b', 'own.c'));
    expect((await python(path)).ok).toBe(false);
    const found = target('found.jsonl');
    // The entry about the first export names the filter.
    expect(await app.get('audit.export', { file: found.file, text: 'own' })).toMatchObject({ entries: 3 });
  });

  test('CSV holds no formula and is RFC 4180', async () => {
    for (const [n, value] of ['=1+1', '+1', '-1', '@x', '\tx', '\rx', 'a "b", c\r\nd'].entries())
      await set(`own.f${String(n)}`, value, '=HYPERLINK("x")');
    const { path, file } = target('log.csv');
    await app.get('audit.export', { file, format: 'csv', key: 'own' });
    const text = readFileSync(path, 'utf8');
    expect(text.split('\r\n')[0]).toBe('id,at,actor,source,action,type,key,old,new,secret,reason,changeSet,detail');
    for (const safe of [`'=1+1`, `'+1`, `'-1`, `'@x`, `'\tx`, `"'\rx"`, '"a ""b"", c\r\nd"', `"'=HYPERLINK(""x"")"`])
      expect(text).toContain(`,${safe},`);
  });

  test('says no secret in either format', async () => {
    const secret = 'ghp_a-secret-that-stays';
    await app.get(
      'settings.apply',
      { changes: [{ op: 'set', key: 'env.GITHUB_TOKEN', value: secret }] },
      { passphrase },
    );
    for (const format of ['jsonl', 'csv'] as const) {
      const { path, file } = target(`log.${format}`);
      await app.get('audit.export', { file, format });
      expect(readFileSync(path, 'utf8')).not.toContain(secret);
      expect(readFileSync(path, 'utf8')).toContain('GITHUB_TOKEN');
    }
  });

  test('refuses a file for reading, and leaves nothing behind where it cannot write', async () => {
    expect(await app.call('audit.export', { file: target('x', 'read').file })).toMatchObject({ ok: false });
    const nowhere = target('no/such/folder.jsonl');
    expect(await app.call('audit.export', { file: nowhere.file })).toMatchObject({
      ok: false,
      error: { type: 'DiskError', code: 'ENOENT' },
    });
    expect((await app.get('audit.list', { action: 'export' })).changes).toEqual([]);
  });
});
