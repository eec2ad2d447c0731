/** HTTP by hand, byte for byte, so that a test can send what no client library would. Only for tests. */
import { connect } from 'node:net';

export type RawResponse = {
  status: number;
  headers: Map<string, string>;
  body: string;
  /** Responses on the connection. */ count: number;
};

/** Sends the bytes and reads until the host closes the connection. */
export const sendRaw = (port: number, bytes: string): Promise<RawResponse> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (text += chunk));
    // The host may close while we still write: what it said before is the answer.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const [head = '', ...rest] = text.split('\r\n\r\n');
      const [statusLine = '', ...lines] = head.split('\r\n');
      const status = Number(/^HTTP\/1\.1 (\d{3})/u.exec(statusLine)?.[1]);
      if (Number.isNaN(status)) {
        reject(new Error(`no answer to ${bytes.slice(0, 60)}`));
        return;
      }
      const headers = new Map(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      );
      resolve({ status, headers, body: rest.join('\r\n\r\n'), count: text.split('HTTP/1.1 ').length - 1 });
    });
    // Not ended from this side: Node takes that for a client that went away.
    socket.write(bytes, 'latin1');
  });

/** One request; a header that is null is left out, a list is sent as several lines. */
export const rawRequest = (
  method: string,
  url: string,
  headers: Record<string, string | string[] | null>,
  body = '',
): string => {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === null ? [] : (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${one}\r\n`),
  );
  return `${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
};
