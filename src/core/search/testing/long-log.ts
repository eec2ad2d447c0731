/** For tests only: a log of several ranges with texts in many scripts, written row by row, and the plain model of it. */
import { CompiledQuery } from 'kysely';
import type { SqlValue, Tx } from '../../store/types.ts';
import { addWords, hasAll, searchWords } from '../words.ts';

export type LogEntry = {
  id: number;
  at: string;
  actor: string;
  action: string;
  source: string;
  type: string;
  key: string;
  reason: string | null;
  /** What can be found: a secret's value is not among it. */
  words: ReadonlySet<string>;
};

export type Random = { below: (limit: number) => number; pick: <T>(items: readonly T[]) => T };

const vocabulary = [
  'theme',
  'Thema',
  'dark',
  'apiToken',
  'région',
  'STRASSE',
  'straße',
  'Ünïcödé',
  'port 8080',
  'x',
  '東京都庁',
  'カタカナ',
  'ｶﾞｽ',
  'ตั้งราคา',
  'Ελλάδα',
  'ПОРТ',
  'קוד',
  'कुंजी',
  '서울특별시',
  '🎉',
  '100%',
  'a"b\\n\nc',
];
const actors = ['alice', 'Bob', 'carol', 'rare'];
const actions = ['create', 'update', 'delete', 'look'];
const doors = ['cli', 'window'];
const firstAt = Date.parse('2026-01-01T00:00:00.000Z');

export const searchTexts = [
  'theme',
  'THEM',
  'tok',
  'token dark',
  'strasse',
  'unicode',
  '80',
  'x',
  'general',
  'no such word',
  '%',
  '',

  '京都',
  '京',
  '都東',
  'ガス',
  'ราคา',
  'ελλαδα',
  'порт',
  'קו',
  'कु',
  '서울',
  '🎉',
  'alice upd',
  'window v1',
  'n',
  'c',
];

/** Appends `count` entries behind `before`; the log's hashes are no chain, only different from each other. */
export const writeLongLog = (tx: Tx, count: number, random: Random, before: readonly LogEntry[]): LogEntry[] => {
  const run = (text: string, values: SqlValue[]): void => tx.run(CompiledQuery.raw(text, values));
  const idOf = (table: string, where: string, values: SqlValue[]): number | undefined =>
    tx.first<{ id: number }>(CompiledQuery.raw(`SELECT id FROM ${table} WHERE ${where}`, values))?.id;
  const known = new Map<string, number>();
  const term = (text: string): number => {
    const found = known.get(text) ?? idOf('term', 'text = ?', [text]);
    if (found === undefined) run('INSERT INTO term (text) VALUES (?)', [text]);
    const id = found ?? idOf('term', 'text = ?', [text]) ?? 0;
    known.set(text, id);
    return id;
  };
  const subject = (kind: string, key: string): number => {
    const name = `${kind} ${key}`;
    const found = known.get(name) ?? idOf('subject', 'kind = ? AND key = ?', [kind, key]);
    if (found === undefined) run('INSERT INTO subject (kind, key) VALUES (?, ?)', [kind, key]);
    const id = found ?? idOf('subject', 'kind = ? AND key = ?', [kind, key]) ?? 0;
    known.set(name, id);
    return id;
  };
  const entries: LogEntry[] = [];
  const first = before.length + 1;
  let actor = 'alice';
  let source = 'cli';
  let at = '';
  let reason: string | null = null;
  for (let id = first; id < first + count; id += 1) {
    if (id === first || id % 3 === 0) {
      actor = random.below(900) === 0 ? 'rare' : (actors[random.below(3)] ?? '');
      source = random.pick(doors);
      at = new Date(firstAt + id * 1000).toISOString();
      reason = random.below(20) === 0 ? random.pick(vocabulary) : null;
      run(
        'INSERT INTO change_set (id, uid, at, actor, door, kind, reason, of, undone_by) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)',
        [id, `set-${String(id)}`, at, term(actor), term(source), term('edit'), reason],
      );
    }
    const set = id - (id % 3) < first ? first : id - (id % 3);
    const type = random.below(10) === 0 ? 'seal' : 'setting';
    const key = type === 'seal' ? '' : `general.k${String(random.below(60))}.${random.pick(['a', 'b'])}`;
    const action = random.pick(actions);
    const secret = random.below(5) === 0;
    const value = JSON.stringify(`${random.pick(vocabulary)} v${String(id % 700)}`);
    run(
      'INSERT INTO version (id, subject, audit, value, secret, cipher, print, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      [id, subject(type, key), id, secret ? null : value, secret ? 1 : 0, null, null, term('set')],
    );
    run(
      'INSERT INTO audit (id, change_set, action, subject, old_version, new_version, detail, hash) VALUES (?, ?, ?, ?, NULL, ?, NULL, ?)',
      [id, set, term(action), subject(type, key), id, new Uint8Array(32).fill(id % 251)],
    );
    const words = new Set<string>();
    for (const text of [key, actor, action, source, reason ?? '']) addWords(words, text);
    // Escapes of JSON text are no letters.
    if (!secret) addWords(words, value.replaceAll(/\\./gu, ' '));
    entries.push({ id, at, actor, action, source, type, key, reason, words });
  }
  return entries;
};

/** The plain scan: what a search must find, newest first. */
export const scan = (entries: readonly LogEntry[], text: string, keep: (entry: LogEntry) => boolean): number[] => {
  const wanted = searchWords(text);
  if (wanted.length === 0) return [];
  return entries
    .filter((entry) => keep(entry) && hasAll(entry.words, wanted))
    .map(({ id }) => id)
    .toReversed();
};
