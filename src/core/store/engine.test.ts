import { afterEach, describe, expect, it } from 'vitest';
import { openEngine, type Engine } from './engine.ts';
import { checkValues } from './sql-values.ts';

const engines: Engine[] = [];
const open = async (bytes: Uint8Array | null = null): Promise<Engine> => {
  const engine = await openEngine(bytes, { grow: true });
  engines.push(engine);
  return engine;
};

afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

describe('openEngine', () => {
  it('sets every pragma', async () => {
    const engine = await open();
    const values = [
      'journal_mode',
      'synchronous',
      'locking_mode',
      'foreign_keys',
      'trusted_schema',
      'cell_size_check',
      'secure_delete',
    ];
    expect(values.map((name) => engine.value(`PRAGMA ${name}`))).toEqual(['memory', 0, 'exclusive', 1, 0, 1, 1]);
  });

  it('gives values back as they were', async () => {
    const engine = await open();
    engine.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v ANY) STRICT');
    const values = [
      null,
      0,
      -1,
      2 ** 31,
      -(2 ** 53) + 1,
      0.1,
      '',
      'a\0b',
      'ü😀',
      new Uint8Array(0),
      new Uint8Array([0, 255]),
    ];
    for (const [id, value] of values.entries()) engine.run('insert into t values (?, ?)', [id, value]);
    expect(engine.all('select v from t order by id', [])).toEqual(values.map((v) => ({ v })));
  });

  it('copies the bytes it was opened from, even from a Buffer', async () => {
    const first = await open();
    first.exec('CREATE TABLE t (v TEXT) STRICT');
    const bytes = Buffer.from(first.exportBytes());
    const before = Buffer.from(bytes);
    const second = await open(bytes);
    second.run('insert into t values (?)', ['changed']);
    expect(bytes.equals(before)).toBe(true);
  });

  it('grows a large image once at open, and loses nothing by it', async () => {
    const first = await open();
    first.exec('CREATE TABLE t (v BLOB) STRICT');
    first.run('insert into t values (?)', [new Uint8Array(2_000_000).fill(3)]);
    const second = await open(first.exportBytes());
    expect(second.first('select length(v) as size from t', [])).toEqual({ size: 2_000_000 });
    expect(second.rows(`SELECT name FROM sqlite_schema`)).toEqual([['t']]);
    expect(second.value('PRAGMA integrity_check')).toBe('ok');
  });

  it('keeps working past the limit of prepared statements', async () => {
    const engine = await open();
    for (let i = 0; i < 600; i++) expect(engine.first(`select ${String(i)} as n`, [])).toEqual({ n: i });
    expect(engine.first('select 0 as n', [])).toEqual({ n: 0 });
  });

  it('checks references at once', async () => {
    const engine = await open();
    engine.exec('CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE b (a INTEGER REFERENCES a) STRICT');
    expect(() => {
      engine.run('insert into b values (?)', [1]);
    }).toThrow(/FOREIGN KEY/);
  });

  it('runs a statement with RETURNING to its end', async () => {
    const engine = await open();
    engine.exec('CREATE TABLE t (v INTEGER) STRICT');
    engine.run('insert into t values (1), (2), (3) returning v', []);
    expect(engine.value('SELECT count(*) FROM t')).toBe(3);
  });
});

describe('checkValues', () => {
  it.each([
    ['\ud800', /a lone surrogate/],
    [Number.NaN, /NaN/],
    [Infinity, /Infinity/],
    [2 ** 53, /an integer beyond 2\^53/],
    [true, /a boolean/],
    [1n, /a bigint/],
    [undefined, /a missing value/],
    [new Date(0), /a object/],
  ])('refuses %s', (value, message) => {
    expect(() => checkValues([1, value], 'select ?, ?')).toThrow(message);
    expect(() => checkValues([1, value], 'select ?, ?')).toThrow(/Parameter 2/);
  });
});
