import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readText, saveBody } from './request-body.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hf-body-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** `count` parts of ten bytes; `onPart` is called before each. */
const createBody = (count: number, onPart: () => void = () => undefined): ReadableStream<Uint8Array> => {
  let sent = 0;
  return new ReadableStream({
    pull: (controller) => {
      onPart();
      sent += 1;
      if (sent > count) controller.close();
      else controller.enqueue(Buffer.from('0123456789'));
    },
  });
};

test('a body up to the limit is taken whole', async () => {
  const path = join(dir, 'whole');
  expect(await saveBody(createBody(3), path, 30)).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('0123456789'.repeat(3));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await readText(createBody(3), 30)).toBe('0123456789'.repeat(3));
  expect(await readText(null, 30)).toBe('');
});

test('of a body over the limit no more than the limit ever lies on the disk, and nothing stays', async () => {
  const path = join(dir, 'large');
  let largest = 0;
  const body = createBody(10, () => {
    largest = Math.max(largest, statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  });
  expect(await saveBody(body, path, 29)).toBe(false);
  expect(largest).toBe(20);
  expect(existsSync(path)).toBe(false);
  expect(await readText(createBody(4), 39)).toBeNull();
});

test('a body that breaks off leaves no file', async () => {
  const path = join(dir, 'broken');
  let parts = 0;
  const body = createBody(10, () => {
    parts += 1;
    if (parts > 3) throw new Error('connection lost');
  });
  await expect(saveBody(body, path, 1000)).rejects.toThrow('connection lost');
  expect(existsSync(path)).toBe(false);
});
