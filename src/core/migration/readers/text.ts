/** Bytes into text and offsets into places, the same for every reader. Never guesses an encoding. */

export type Position = { line: number; column: number };

/** Line and column (from 1, in characters) of an offset; `\n`, `\r\n` and a lone `\r` end a line. */
export const createLocator = (text: string): ((offset: number) => Position) => {
  const starts = [0];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(i + 1) !== 0x0a)) starts.push(i + 1);
  }
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
};

export type Decoded =
  { ok: true; text: string; bom: boolean } | { ok: false; message: string; line: number; column: number };

const decode = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

/** Where the first byte stands that is not UTF-8: the longest prefix that decodes, found by halving. */
const badPlace = (bytes: Uint8Array): Position => {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    // A prefix may end inside a character that is whole in the file: streaming mode allows that.
    let good = true;
    try {
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, middle), { stream: true });
    } catch {
      good = false;
    }
    if (good) low = middle;
    else high = middle - 1;
  }
  const before = Buffer.from(bytes.buffer, bytes.byteOffset, low)
    .toString('utf8')
    .replace(/\uFFFD$/u, '');
  return createLocator(before)(before.length);
};

/** UTF-8 only. A byte order mark is cut off and noted. */
export const decodeText = (bytes: Uint8Array): Decoded => {
  const text = decode(bytes);
  if (text === null) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const message = utf16 ? 'the file is UTF-16; save it as UTF-8' : 'this is not UTF-8';
    return { ok: false, message, ...badPlace(bytes) };
  }
  return text.startsWith('\uFEFF') ? { ok: true, text: text.slice(1), bom: true } : { ok: true, text, bom: false };
};
