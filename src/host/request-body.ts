/** Reads a request's body with a limit that holds whatever its headers said. */
import { open, rm } from 'node:fs/promises';

type Body = ReadableStream<Uint8Array> | null;

/** False when the body is over the limit. Its rest is read and dropped: a sender that is cut off never sees the answer. */
const takeWithin = async (
  body: Body,
  limitBytes: number,
  take: (part: Uint8Array) => Promise<void> | void,
): Promise<boolean> => {
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size <= limitBytes) await take(part);
  }
  return size <= limitBytes;
};

/** Null when the body is over the limit. */
export const readText = async (body: Body, limitBytes: number): Promise<string | null> => {
  const parts: Uint8Array[] = [];
  const isWhole = await takeWithin(body, limitBytes, (part) => {
    parts.push(part);
  });
  return isWhole ? Buffer.concat(parts).toString('utf8') : null;
};

/** Writes a new file (0600). False when the body is over the limit; then, and when it breaks off, nothing stays. */
export const saveBody = async (body: Body, path: string, limitBytes: number): Promise<boolean> => {
  const file = await open(path, 'wx', 0o600);
  let isWhole = false;
  try {
    isWhole = await takeWithin(body, limitBytes, (part) => file.writeFile(part));
  } finally {
    await file.close();
    if (!isWhole) await rm(path, { force: true });
  }
  return isWhole;
};
