/** An exported log from which entries were removed verifies without Holdfast, and what was done to it is found there as here. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportFormat, hex, logStart } from '../export-format.ts';
import { jsonPiece } from '../export.ts';
import { chainHead } from '../queries.ts';
import { copyOf, fillLog, openLogStore, type Copy, type LogStore, type Tampering } from '../testing/store-with-log.ts';
import { verifyChain } from '../verify.ts';
import { everyTwoHours, removeFrom } from './testing.ts';

const verifier = resolve(import.meta.dirname, '../../../../tools/verify_audit.py');
type Judged = { ok: boolean; id?: number | null; entries?: number; removed?: number; problem?: string };

let dir: string;
let log: LogStore;
let copy: Copy;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-export-'));
  log = await openLogStore(everyTwoHours());
  await fillLog(log, 150);
  await removeFrom(log, { keepVersions: 2, keepDays: null });
  await fillLog(log, 220);
  await removeFrom(log, { keepVersions: null, keepDays: 1 });
  copy = await copyOf(log.store);
}, 60_000);
afterAll(async () => {
  copy.close();
  await log.close();
  rmSync(dir, { recursive: true });
});

let files = 0;
const python = async (text: string): Promise<Judged> => {
  const file = join(dir, `${String(files++)}.jsonl`);
  writeFileSync(file, text);
  const { stdout } = await promisify(execFile)('python3', [verifier, file]).catch((error: unknown) => {
    // It ends 1 for a log that does not hold, with the same kind of answer.
    if (error instanceof Error && 'stdout' in error) return { stdout: String(error.stdout) };
    throw error;
  });
  return JSON.parse(stdout) as Judged;
};

/** As `audit.export` writes it. */
const written = (): string => {
  const head = chainHead(copy.reader);
  const ids = copy.reader
    .all<{ id: number }>(CompiledQuery.raw('SELECT id FROM audit ORDER BY id'))
    .map((row) => row.id);
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
  return `${JSON.stringify(about)}\n${jsonPiece(copy.reader, ids, 0)}`;
};

const ids = (): number[] =>
  copy.reader.all<{ id: number }>(CompiledQuery.raw('SELECT id FROM audit ORDER BY id')).map((row) => row.id);

const ways: ((id: number) => Tampering)[] = [
  (id) => [['DELETE FROM audit WHERE id = ?', [id]]],
  (id) => [['UPDATE audit SET hash = zeroblob(32) WHERE id = ?', [id]]],
  (id) => [[`UPDATE change_set SET reason = 'other' WHERE id = (SELECT change_set FROM audit WHERE id = ?)`, [id]]],
  (id) => [[`UPDATE audit SET detail = '{}' WHERE id = ?`, [id]]],
  () => [[`DELETE FROM audit WHERE id = (SELECT min(id) FROM audit WHERE detail LIKE '{"removed"%')`]],
  () => [
    [
      `UPDATE audit SET detail = replace(detail, '{"removed":[[1,', '{"removed":[[2,') WHERE detail LIKE '{"removed":[[1,%'`,
    ],
  ],
];

describe('an exported log with holes (O14)', () => {
  test('verifies with Python’s standard library alone', async () => {
    const ours = verifyChain(copy.reader, null);
    expect(ours).toMatchObject({ ok: true });
    expect(await python(written())).toMatchObject({ ok: true, entries: ours.entries, removed: ours.removed });
    expect(ours.removed).toBeGreaterThan(20);
  });

  test('Python and Holdfast agree on tampered ones', async () => {
    const there = ids();
    const logs = process.env['HOLDFAST_LONG'] === undefined ? 18 : 120;
    for (let n = 0; n < logs; n += 1) {
      const id = there[(n * 13) % there.length] ?? 1;
      const { text, ours } = copy.tampered(ways[n % ways.length]?.(id) ?? [], (reader) => ({
        text: written(),
        ours: verifyChain(reader, null),
      }));
      const theirs = await python(text);
      expect({ n, ok: theirs.ok, id: theirs.ok ? null : theirs.id }).toEqual({
        n,
        ok: false,
        id: ours.firstBad?.id,
      });
    }
  }, 120_000);

  test('a line taken out or put back, a range edited, a seal taken from a removal: all are found', async () => {
    const lines = written().trimEnd().split('\n');
    const at = lines.findIndex((line) => line.includes('"action":"retention"'));
    const line = (index: number): Record<string, unknown> =>
      JSON.parse(lines[index] ?? '{}') as Record<string, unknown>;
    const without = (...gone: number[]): string => `${lines.filter((_, i) => !gone.includes(i)).join('\n')}\n`;
    for (let i = 1; i < lines.length; i += 7) expect((await python(without(i))).ok).toBe(false);
    expect((await python(without(at))).ok).toBe(false);
    expect((await python(without(at + 1))).ok).toBe(false);
    const edited = { ...line(at), detail: String(line(at)['detail']).replace(/\[\[\d+/u, (text) => `${text}0`) };
    expect((await python(`${lines.with(at, JSON.stringify(edited)).join('\n')}\n`)).ok).toBe(false);
    expect(readFileSync(verifier, 'utf8')).not.toContain('subprocess');
  }, 60_000);
});
