import { expect, test } from 'vitest';
import { createEventParser } from './event-stream.ts';

test('messages come out whole however the bytes are cut', () => {
  const text = ': hello\n\ndata: {"type":"changed"}\n\nevent: x\r\ndata: a\r\ndata: b\r\n\r\ndata: last';
  for (let size = 1; size <= text.length; size += 1) {
    const parse = createEventParser();
    const got: string[] = [];
    for (let i = 0; i < text.length; i += size) got.push(...parse(text.slice(i, i + size)));
    expect(got).toEqual(['{"type":"changed"}', 'a\nb']);
  }
});
