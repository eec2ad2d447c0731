/**
 * Reading and writing the store's own little-endian formats. The reader never trusts a length: every read is checked
 * against what is there, and fails with `FormatError` before anything is allocated.
 */
export const isFormatError = (error: unknown): error is FormatError => error instanceof FormatError;

/** Bytes that are not what the format says; the message tells what and where. */
// A class, because `instanceof` has to tell it from bugs in the code that reads.
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** The same memory as a Buffer, for its fast codecs. Never hand such a Buffer to sql.js: it would keep the memory. */
export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Whole numbers up to 2^53 as 8 bytes. */
export const writeUint64 = (buffer: Buffer, value: number, offset: number): void => {
  buffer.writeUInt32LE(value >>> 0, offset);
  buffer.writeUInt32LE(Math.floor(value / 0x1_0000_0000), offset + 4);
};

/** Null when the number does not fit a JS integer. */
export const readUint64 = (buffer: Buffer, offset: number): number | null => {
  const value = buffer.readUInt32LE(offset) + buffer.readUInt32LE(offset + 4) * 0x1_0000_0000;
  return Number.isSafeInteger(value) ? value : null;
};

const startBytes = 64 * 1024;
const keepBytes = 4 * 1024 * 1024;

export type ByteWriter = {
  readonly length: () => number;
  byte: (value: number) => void;
  /** Unsigned LEB128: 7 bits a byte, lowest first. */
  varint: (value: number) => void;
  float64: (value: number) => void;
  /** A varint of the length in bytes, then the bytes. */
  text: (value: string) => void;
  blob: (value: Uint8Array) => void;
  /** Room for bytes that are filled in later. */
  skip: (count: number) => void;
  /** Forgets everything after `length`. */
  cut: (length: number) => void;
  /** A view, valid until the next write. */
  view: () => Buffer;
};

export const createByteWriter = (): ByteWriter => {
  let buffer = Buffer.alloc(startBytes);
  let used = 0;
  const need = (count: number): void => {
    if (used + count <= buffer.length) return;
    const larger = Buffer.alloc(Math.max(buffer.length * 2, used + count));
    buffer.copy(larger, 0, 0, used);
    buffer = larger;
  };
  const varint = (value: number): void => {
    need(8);
    let rest = value;
    while (rest > 0x7f) {
      buffer[used++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    buffer[used++] = rest;
  };
  return {
    length: () => used,
    byte: (value) => {
      need(1);
      buffer[used++] = value;
    },
    varint,
    float64: (value) => {
      need(8);
      buffer.writeDoubleLE(value, used);
      used += 8;
    },
    text: (value) => {
      const size = Buffer.byteLength(value);
      varint(size);
      need(size);
      buffer.write(value, used, 'utf8');
      used += size;
    },
    blob: (value) => {
      varint(value.length);
      need(value.length);
      buffer.set(value, used);
      used += value.length;
    },
    skip: (count) => {
      need(count);
      buffer.fill(0, used, used + count);
      used += count;
    },
    cut: (length) => {
      used = length;
      // One huge save must not hold its memory for ever.
      if (length === 0 && buffer.length > keepBytes) buffer = Buffer.alloc(startBytes);
    },
    view: () => buffer.subarray(0, used),
  };
};

export type ByteReader = {
  left: () => number;
  byte: () => number;
  varint: () => number;
  float64: () => number;
  text: () => string;
  blob: () => Uint8Array;
};

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const createByteReader = (bytes: Uint8Array): ByteReader => {
  const buffer = asBuffer(bytes);
  let at = 0;
  const take = (count: number): number => {
    if (count > buffer.length - at)
      throw new FormatError(`${String(count)} bytes wanted at ${String(at)}, past the end`);
    at += count;
    return at - count;
  };
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const next = buffer[take(1)] ?? 0;
      value += (next & 0x7f) * factor;
      if (!Number.isSafeInteger(value)) throw new FormatError(`a number over 2^53 at ${String(at)}`);
      if (next < 0x80) return value;
    }
  };
  const slice = (): Buffer => {
    const size = varint();
    const start = take(size);
    return buffer.subarray(start, start + size);
  };
  return {
    left: () => buffer.length - at,
    byte: () => buffer[take(1)] ?? 0,
    varint,
    float64: () => buffer.readDoubleLE(take(8)),
    text: () => {
      try {
        return strictUtf8.decode(slice());
      } catch (error) {
        if (isFormatError(error)) throw error;
        throw new FormatError(`text that is not UTF-8 before ${String(at)}`);
      }
    },
    // A copy, and a plain one: the caller may hand it to sql.js.
    blob: () => new Uint8Array(slice()),
  };
};
