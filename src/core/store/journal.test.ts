import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './checksum.ts';
import {
  createFrameSealer,
  decodeJournalHeader,
  encodeJournalHeader,
  journalHeaderBytes,
  scanJournal,
} from './journal.ts';
import { createRecorder, decodeRecord, type RecordedStatement } from './journal-record.ts';

const salt = new Uint8Array(16).map((_, i) => i + 1);
const header = {
  salt,
  generation: 7,
  baseSequence: 2 ** 40,
  previousJournalCrc: 0xdeadbeef,
  storeTag: new Uint8Array(8).fill(9),
};

/** A journal of one frame for each list of transactions. */
const makeJournal = (rounds: RecordedStatement[][][]): { bytes: Uint8Array; ends: number[] } => {
  const { bytes, crc } = encodeJournalHeader(header, crc32);
  const sealer = createFrameSealer(salt, crc32);
  const recorder = createRecorder([]);
  const parts = [bytes];
  const ends = [bytes.length];
  let previousCrc = crc;
  let sequence = header.baseSequence;
  for (const round of rounds) {
    for (const transaction of round) {
      for (const { sql, values } of transaction) recorder.add(sql, values);
      recorder.endTransaction();
    }
    const frame = recorder.frame();
    previousCrc = sealer.seal(frame, { sequence: sequence + 1, previousCrc, transactions: round.length });
    sequence += round.length;
    parts.push(new Uint8Array(frame));
    ends.push((ends.at(-1) ?? 0) + frame.length);
    recorder.next();
  }
  return { bytes: new Uint8Array(Buffer.concat(parts)), ends };
};

const readBack = (bytes: Uint8Array): RecordedStatement[][][] => {
  const scanned = scanJournal(bytes, crc32);
  if (scanned.kind !== 'ok') throw new Error(scanned.kind);
  const texts: string[] = [];
  return scanned.scan.frames.map((frame) => decodeRecord(frame.payload, frame.transactions, texts));
};

const tailAt = (bytes: Uint8Array): unknown => {
  const scanned = scanJournal(bytes, crc32);
  return scanned.kind === 'ok' ? { frames: scanned.scan.frames.length, tail: scanned.scan.tail } : scanned;
};

const put = (key: string): RecordedStatement => ({ sql: 'insert into meta values (?, ?)', values: [key, 'v'] });
const three = makeJournal([[[put('a')]], [[put('b')], [put('c')]], [[put('d')]]]);

describe('the journal header', () => {
  it('is 64 bytes and gives back what went in', () => {
    const { bytes, crc } = encodeJournalHeader(header, crc32);
    expect(bytes.length).toBe(64);
    expect(decodeJournalHeader(bytes, crc32)).toEqual({ kind: 'ok', header, crc });
  });

  it('tells a newer version from damage', () => {
    const { bytes } = encodeJournalHeader(header, crc32);
    const newer = Buffer.from(bytes);
    newer.writeUInt32LE(2, 8);
    expect(decodeJournalHeader(newer, crc32)).toEqual({ kind: 'bad', problem: 'its header is damaged' });
    newer.writeUInt32LE(crc32(newer.subarray(0, 60)), 60);
    expect(decodeJournalHeader(newer, crc32)).toEqual({ kind: 'newer', version: 2 });
    expect(decodeJournalHeader(bytes.subarray(0, 63), crc32)).toEqual({
      kind: 'bad',
      problem: 'its header is cut off',
    });
  });
});

describe('frames', () => {
  it('give back every statement and value', () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.maxSafeInteger(),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .filter((n) => !Object.is(n, -0) && (!Number.isInteger(n) || Number.isSafeInteger(n))),
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
    );
    const statement = fc.record({
      sql: fc.constantFrom('insert a', 'update b', 'delete ü'),
      values: fc.array(value, { maxLength: 5 }),
    });
    const rounds = fc.array(fc.array(fc.array(statement, { maxLength: 3 }), { minLength: 1, maxLength: 3 }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(rounds, (given) => {
        expect(readBack(makeJournal(given).bytes)).toEqual(given);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('take back a command with the statements it defined', () => {
    const recorder = createRecorder(['known']);
    recorder.add('known', [1]);
    recorder.endTransaction();
    const mark = recorder.mark();
    recorder.add('new', [2]);
    recorder.endTransaction();
    recorder.backTo(mark);
    recorder.add('other', [3]);
    recorder.endTransaction();
    expect(recorder.transactions()).toBe(2);
    expect(decodeRecord(recorder.frame().subarray(24), 2, ['known'])).toEqual([
      [{ sql: 'known', values: [1] }],
      [{ sql: 'other', values: [3] }],
    ]);
  });

  it('never allocate by a length that is not there', () => {
    // define (1), text of 2^40 bytes
    expect(() => decodeRecord(new Uint8Array([1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]), 1, [])).toThrow(/past the end/);
    // run (2), statement 0, 2^35 values
    expect(() => decodeRecord(new Uint8Array([2, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]), 1, ['s'])).toThrow(
      /values in 0 bytes/,
    );
    expect(() => decodeRecord(new Uint8Array([2, 5, 0]), 1, ['s'])).toThrow(/never defined/);
    expect(() => decodeRecord(new Uint8Array([9]), 1, [])).toThrow(/unknown operation 9/);
    expect(() => decodeRecord(new Uint8Array([0]), 2, [])).toThrow(/do not add up/);
    expect(() => decodeRecord(new Uint8Array([1, 1, 0xff]), 1, [])).toThrow(/not UTF-8/);
  });
});

describe('scanJournal', () => {
  it('ends cleanly after the last frame', () => {
    const scanned = scanJournal(three.bytes, crc32);
    expect(
      scanned.kind === 'ok' && {
        ...scanned.scan,
        frames: scanned.scan.frames.map(({ sequence }) => sequence - 2 ** 40),
      },
    ).toMatchObject({
      header,
      frames: [1, 2, 4],
      end: three.bytes.length,
      lastSequence: 2 ** 40 + 4,
      tail: { kind: 'clean' },
    });
  });

  it('calls every cut a torn tail, up to the frame boundaries', () => {
    for (let size = journalHeaderBytes; size <= three.bytes.length; size++) {
      const whole = three.ends.filter((end) => end <= size);
      const rest = size - (whole.at(-1) ?? 0);
      expect(tailAt(three.bytes.subarray(0, size))).toEqual({
        frames: whole.length - 1,
        tail: rest === 0 ? { kind: 'clean' } : { kind: 'torn', bytes: rest },
      });
    }
  });

  it('calls a bad frame with an intact one after it damage, whatever bit was changed', () => {
    const [, first = 0, second = 0] = three.ends;
    for (let bit = first * 8; bit < second * 8; bit++) {
      const bytes = new Uint8Array(three.bytes);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(tailAt(bytes)).toEqual({
        frames: 1,
        tail: {
          kind: 'damaged',
          problem: `an intact save lies at byte ${String(second)}, after a bad one at ${String(first)}`,
        },
      });
    }
  });

  it('calls a frame that was left out damage', () => {
    const [, first = 0, second = 0] = three.ends;
    const bytes = new Uint8Array(Buffer.concat([three.bytes.subarray(0, first), three.bytes.subarray(second)]));
    expect(tailAt(bytes)).toMatchObject({ frames: 1, tail: { kind: 'damaged' } });
  });

  it('calls zeros and noise after the last frame a torn tail', () => {
    const noise = new Uint8Array(5000).map((_, i) => (i * 7919) >> 3);
    for (const tail of [new Uint8Array(4096), noise]) {
      const bytes = new Uint8Array(Buffer.concat([three.bytes, tail]));
      expect(tailAt(bytes)).toEqual({ frames: 3, tail: { kind: 'torn', bytes: tail.length } });
    }
  });
});
