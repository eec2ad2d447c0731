/** The `.env` reader: equal to dotenv on eight projects' fixtures and on made-up lines, with places, quarantine and notes. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import dotenv from 'dotenv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEnv, scanEnv } from './env-reader.ts';

const corpus = join(import.meta.dirname, '../../../../../shared/corpora/dotenv');
const present = existsSync(corpus);
if (!present) console.warn('skipped: the dotenv corpora are not beside this checkout (../shared/corpora/dotenv)');

const filesUnder = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(dir, entry.name)) : [join(dir, entry.name)],
  );

const inputsIn = (path: string): string[] => {
  const found: string[] = [];
  JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) => {
    if (key === 'input' && typeof value === 'string') found.push(value);
    return value;
  });
  return found;
};

const mapOf = (text: string): Record<string, string> =>
  Object.fromEntries(scanEnv(text.replace(/^\uFEFF/u, '')).bindings.map((one) => [one.key, one.value]));

describe.skipIf(!present)('against dotenv', () => {
  it('gives the same map for every fixture and vector', () => {
    const files = filesUnder(corpus).filter((path) => !/LICEN[CS]E$|\.json$/u.test(path));
    const vectors = filesUnder(corpus)
      .filter((path) => path.endsWith('vectors.json'))
      .flatMap(inputsIn);
    expect([files.length, vectors.length]).toEqual([66, 54]);
    for (const path of files)
      expect([path, mapOf(readFileSync(path, 'utf8'))]).toEqual([path, { ...dotenv.parse(readFileSync(path)) }]);
    for (const input of vectors) expect([input, mapOf(input)]).toEqual([input, { ...dotenv.parse(input) }]);
  });
});

describe('made-up lines', () => {
  const piece = fc.constantFrom(
    'A',
    'B_1',
    'a.b',
    '-',
    '=',
    ':',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\r',
    '#',
    '"',
    "'",
    '`',
    '\\n',
    '\\"',
    "\\'",
    'export ',
    '$X',
    '${Y}',
    'é',
    '\u2028',
    '\uFEFF',
  );
  it('agrees with dotenv on any mixture of quotes, blanks and ends of lines', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        expect(mapOf(text)).toEqual({ ...dotenv.parse(text) });
      }),
      { numRuns: 3_000 },
    );
  });

  it('covers every line that is neither blank nor a comment, exactly once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('A=1', 'B="x y" # c', '', '# note', 'just words', 'C', "D='it'", 'A=2'), {
          maxLength: 12,
        }),
        (lines) => {
          const result = readEnv(Buffer.from(lines.join('\n')));
          const expected = lines.flatMap((line, i) => (line === '' || line.startsWith('#') ? [] : [i + 1]));
          expect(result.ok ? result.leaves.map((leaf) => leaf.line) : null).toEqual(expected);
        },
      ),
    );
  });
});

describe('readEnv', () => {
  const read = (text: string) => {
    const result = readEnv(Buffer.from(text));
    if (!result.ok) throw new Error(result.error.message);
    return result;
  };

  it('gives key, text, value and place of each line', () => {
    expect(read('# c\r\nexport A="x\\ny"\r\n\r\n  B = two words  # c\r\nC=\r\n').leaves).toEqual([
      { segments: ['A'], raw: 'A="x\\ny"', line: 2, column: 8, problem: null, value: 'x\ny' },
      { segments: ['B'], raw: 'B = two words', line: 4, column: 3, problem: null, value: 'two words' },
      { segments: ['C'], raw: 'C=', line: 5, column: 1, problem: null, value: '' },
    ]);
  });

  it('quarantines earlier duplicates, ignored lines and traps, with their line', () => {
    expect(
      read('A=1\nnot a line\nA=2\n__proto__=x\nconstructor=y').leaves.map(
        ({ segments, line, problem, value, raw }) => ({ segments, line, problem, value, raw }),
      ),
    ).toEqual([
      { segments: ['A'], line: 1, problem: 'line 3 sets A again, and that one counts', value: null, raw: 'A=1' },
      {
        segments: ['line', 2],
        line: 2,
        problem: 'the application ignores this line: it is neither KEY=value nor a comment',
        value: null,
        raw: 'not a line',
      },
      { segments: ['A'], line: 3, problem: null, value: '2', raw: 'A=2' },
      {
        segments: ['__proto__'],
        line: 4,
        problem: 'the key "__proto__" is a trap in JavaScript',
        value: null,
        raw: '__proto__=x',
      },
      {
        segments: ['constructor'],
        line: 5,
        problem: 'the key "constructor" is a trap in JavaScript',
        value: null,
        raw: 'constructor=y',
      },
    ]);
  });

  it.each([
    ['A=b#c', ['A (line 1): python-dotenv and Docker Compose read the # and what follows as part of the value']],
    ['A=b # c', []],
    ['A="b#c"', []],
    ['A=$HOME', ['A (line 1): Docker Compose puts other variables in place of $NAME']],
    ['A="${X}"', ['A (line 1): python-dotenv and Docker Compose put other variables in place of ${…}']],
    ["A='${X}'", ['A (line 1): python-dotenv puts other variables in place of ${…}']],
    ['A=`b`', ['A (line 1): python-dotenv and Docker Compose keep the backticks as part of the value']],
    ['A="a\\tb"', ['A (line 1): python-dotenv and Docker Compose resolve more escapes than \\n and \\r']],
    [
      "A='a\\'b'",
      [
        "A (line 1): python-dotenv resolves \\' and \\\\ between single quotes",
        'A (line 1): Node (--env-file) reads another value',
      ],
    ],
    ['A="a\\rb"', ['A (line 1): Node (--env-file) reads another value']],
    ['A: b', ['A (line 1): Node (--env-file) does not read this line']],
    ['A=plain', []],
  ])('notes where other readers differ: %s', (text, notes) => {
    expect(read(text).notes).toEqual(notes);
  });

  it('reads a sample home without a note', () => {
    const result = readEnv(
      readFileSync(join(import.meta.dirname, '../../../../resources/sample-homes/deeptempo/.env')),
    );
    expect(
      result.ok && [result.notes, result.leaves.map((leaf) => [leaf.segments[0], leaf.line, leaf.problem])],
    ).toEqual([
      [],
      [
        ['CLAUDE_API_KEY', 2, null],
        ['AWS_ACCESS_KEY_ID', 3, null],
        ['AWS_SECRET_ACCESS_KEY', 4, null],
        ['GITHUB_TOKEN', 5, null],
        ['POSTGRESQL_CONNECTION_STRING', 7, null],
        ['VIRUSTOTAL_API_KEY', 8, null],
      ],
    ]);
  });

  it('refuses what is not UTF-8, and a run of blanks that would stall the reader', () => {
    expect(readEnv(Buffer.from('A=1\nB=\xff', 'latin1'))).toEqual({
      ok: false,
      error: { message: 'this is not UTF-8', line: 2, column: 3 },
    });
    expect(readEnv(Buffer.from(`A=1${'\n'.repeat(100_000)}`))).toEqual({
      ok: false,
      error: { message: 'more than 200 blanks in a row', line: 1, column: 4 },
    });
  });

  it('notes a byte order mark and still reads the first key', () => {
    expect(read('\uFEFFA=1')).toMatchObject({
      notes: ['begins with a byte order mark'],
      leaves: [{ segments: ['A'], value: '1' }],
    });
  });
});
