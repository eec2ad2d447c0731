/** Server-sent events for one page. A page that does not read is cut off (it reconnects and re-reads), never buffered for. */
import type { HoldfastEvent } from '../contract/events.ts';

const maxWaiting = 1000;
const keepAliveMs = 20_000;

export type EventStream = { body: ReadableStream<Uint8Array>; close: () => void };

/** `onClose` is called once, however the stream ends. */
export const openEventStream = (
  subscribe: (listener: (event: HoldfastEvent) => void) => () => void,
  onClose: () => void,
): EventStream => {
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  let close = (): void => undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const send = (text: string): void => {
        controller.enqueue(encoder.encode(text));
        if ((controller.desiredSize ?? 0) < -maxWaiting) close();
      };
      send(': open\n\n');
      const unsubscribe = subscribe((event) => send(`data: ${JSON.stringify(event)}\n\n`));
      const timer = setInterval(() => send(':\n\n'), keepAliveMs).unref();
      let isOpen = true;
      stop = () => {
        if (!isOpen) return;
        isOpen = false;
        clearInterval(timer);
        unsubscribe();
        onClose();
      };
      close = () => {
        stop();
        controller.close();
      };
    },
    cancel: () => stop(),
  });
  return { body, close: () => close() };
};
