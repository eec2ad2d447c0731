/**
 * A frame's payload: transactions as statements with parameters. A statement's text stands in the journal once, at its
 * first use, and is then run by its number, so a journal explains itself whatever the app's version.
 */
import { createByteReader, createByteWriter, FormatError } from './bytes.ts';
import { frameHeaderBytes } from './journal.ts';
import type { SqlValue } from './types.ts';

const op = { end: 0, define: 1, run: 2 } as const;
const tag = { null: 0, positive: 1, negative: 2, float: 3, text: 4, blob: 5 } as const;

/** Collects one round. Everything after a mark can be taken back, its new statement numbers included. */
export type Recorder = {
  add: (sql: string, values: readonly SqlValue[]) => void;
  endTransaction: () => void;
  mark: () => Mark;
  backTo: (mark: Mark) => void;
  /** The whole frame, its first 24 bytes free; valid until the next call. */
  frame: () => Buffer;
  transactions: () => number;
  /** Starts the next round; statements defined so far stay known. */
  next: () => void;
};
export type Mark = { length: number; defined: number; transactions: number };

/** `known`: the statements that the journal defines already, in order. */
export const createRecorder = (known: readonly string[]): Recorder => {
  const writer = createByteWriter();
  const texts = [...known];
  const numbers = new Map(texts.map((sql, number) => [sql, number]));
  let transactions = 0;
  const value = (one: SqlValue): void => {
    if (one === null) writer.byte(tag.null);
    else if (typeof one === 'string') {
      writer.byte(tag.text);
      writer.text(one);
    } else if (typeof one !== 'number') {
      writer.byte(tag.blob);
      writer.blob(one);
    } else if (!Number.isInteger(one)) {
      writer.byte(tag.float);
      writer.float64(one);
    } else {
      writer.byte(one < 0 ? tag.negative : tag.positive);
      writer.varint(one < 0 ? -1 - one : one);
    }
  };
  const numberOf = (sql: string): number => {
    const number = numbers.get(sql);
    if (number !== undefined) return number;
    writer.byte(op.define);
    writer.text(sql);
    numbers.set(sql, texts.length);
    return texts.push(sql) - 1;
  };
  writer.skip(frameHeaderBytes);
  return {
    add: (sql, values) => {
      const number = numberOf(sql);
      writer.byte(op.run);
      writer.varint(number);
      writer.varint(values.length);
      for (const one of values) value(one);
    },
    endTransaction: () => {
      writer.byte(op.end);
      transactions += 1;
    },
    mark: () => ({ length: writer.length(), defined: texts.length, transactions }),
    backTo: (mark) => {
      writer.cut(mark.length);
      for (const sql of texts.splice(mark.defined)) numbers.delete(sql);
      transactions = mark.transactions;
    },
    frame: () => writer.view(),
    transactions: () => transactions,
    next: () => {
      writer.cut(0);
      writer.skip(frameHeaderBytes);
      transactions = 0;
    },
  };
};

export type RecordedStatement = { sql: string; values: SqlValue[] };

/** Reads frames in order; `texts` collects the journal's statements over all of them. Throws `FormatError`. */
export const decodeRecord = (payload: Uint8Array, transactions: number, texts: string[]): RecordedStatement[][] => {
  const reader = createByteReader(payload);
  const value = (): SqlValue => {
    const kind = reader.byte();
    switch (kind) {
      case tag.null:
        return null;
      case tag.positive:
        return reader.varint();
      case tag.negative:
        return -1 - reader.varint();
      case tag.float:
        return reader.float64();
      case tag.text:
        return reader.text();
      case tag.blob:
        return reader.blob();
      default:
        throw new FormatError(`a value of unknown kind ${String(kind)}`);
    }
  };
  const statement = (): RecordedStatement => {
    const sql = texts[reader.varint()];
    if (sql === undefined) throw new FormatError('a statement that was never defined');
    const count = reader.varint();
    // Each value takes at least its tag.
    if (count > reader.left()) throw new FormatError(`${String(count)} values in ${String(reader.left())} bytes`);
    return { sql, values: Array.from({ length: count }, value) };
  };
  const found: RecordedStatement[][] = [];
  let open: RecordedStatement[] = [];
  while (reader.left() > 0) {
    const code = reader.byte();
    if (code === op.define) texts.push(reader.text());
    else if (code === op.run) open.push(statement());
    else if (code === op.end) {
      found.push(open);
      open = [];
    } else throw new FormatError(`an unknown operation ${String(code)}`);
  }
  if (open.length > 0 || found.length !== transactions) throw new FormatError('transactions do not add up');
  return found;
};
