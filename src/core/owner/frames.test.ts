import { PassThrough } from 'node:stream';
import type { Socket } from 'node:net';
import Type from 'typebox';
import { expect, test } from 'vitest';
import { receiveMessages, sendMessage } from './frames.ts';

const Message = Type.Object({ n: Type.Integer() });

/** A stream stands for the socket: only its data, write and destroy are used. */
const createStream = () => {
  const stream = new PassThrough();
  const received: number[] = [];
  receiveMessages(stream as unknown as Socket, Message, (message) => received.push(message.n), 20);
  return { stream, received };
};

const fed = async (chunks: string[]) => {
  const { stream, received } = createStream();
  for (const chunk of chunks) {
    if (!stream.destroyed) stream.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { received, cut: stream.destroyed };
};

test('lines arrive whole however they are cut', async () => {
  const text = '{"n":1}\n{"n":22}\n{"n":333}\n';
  for (let cut = 1; cut < text.length; cut += 1) {
    expect(await fed([text.slice(0, cut), text.slice(cut)])).toEqual({ received: [1, 22, 333], cut: false });
  }
  expect(await fed([...text])).toEqual({ received: [1, 22, 333], cut: false });
});

test('a line over the limit, no JSON and a wrong shape each end the stream; nothing after them is taken', async () => {
  expect(await fed(['{"n":1}\n', '{"n":       ', '           2}\n{"n":3}\n'])).toEqual({ received: [1], cut: true });
  expect(await fed(['{"n":1}\nnope\n{"n":3}\n'])).toEqual({ received: [1], cut: true });
  expect(await fed(['{"n":1}\n{"n":"2"}\n{"n":3}\n'])).toEqual({ received: [1], cut: true });
});

test('a message over the limit is not sent, and says so', () => {
  const { stream } = createStream();
  const { stream: other } = createStream();
  expect(sendMessage(stream as unknown as Socket, { n: 1 }, 8)).toBe(true);
  expect(sendMessage(other as unknown as Socket, { n: 1 }, 7)).toBe(false);
});
