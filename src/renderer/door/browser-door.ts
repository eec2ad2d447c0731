/**
 * The browser host's wire (contract/client.ts). Keeps the session token for this tab only, reads events by a streaming
 * fetch that reconnects, and knows when the session or the host is gone. Never repeats a command by itself.
 */
import { sessionHeader, type CallOptions, type OpenedFile } from '../../contract/client.ts';
import type { CommandName, Input, Output } from '../../contract/commands.ts';
import { topics, type HoldfastEvent } from '../../contract/events.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Connection, Door } from '../client.ts';
import { messages } from '../messages.en.ts';
import { createEventParser } from './event-stream.ts';

const tokenKey = 'holdfast.session';
const hostKey = 'holdfast.host';

type Wire = {
  request: <T>(path: string, init: RequestInit) => Promise<Result<T>>;
  raw: (path: string, init?: RequestInit) => Promise<Response | null>;
  connection: { get: () => Connection; set: (next: Connection) => void; on: (listener: () => void) => () => void };
};

const createConnection = (): Wire['connection'] => {
  let current: Connection = 'connected';
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set: (next) => {
      if (next === current) return;
      current = next;
      for (const listener of listeners) listener();
    },
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const createWire = (): Wire => {
  const connection = createConnection();
  const raw: Wire['raw'] = async (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set(sessionHeader, sessionStorage.getItem(tokenKey) ?? '');
    try {
      const response = await fetch(path, {
        ...init,
        headers,
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
      });
      if (response.status === 401) connection.set('no-session');
      else if (connection.get() === 'gone') connection.set('connected');
      return response;
    } catch {
      if (connection.get() !== 'stopped') connection.set('gone');
      return null;
    }
  };
  const request = async <T>(path: string, init: RequestInit): Promise<Result<T>> => {
    const response = await raw(path, init);
    if (response === null) return { ok: false, error: { type: 'Usage', message: messages.door.gone } };
    try {
      return (await response.json()) as Result<T>;
    } catch {
      return { ok: false, error: { type: 'Usage', message: messages.door.badAnswer(response.status) } };
    }
  };
  return { request, raw, connection };
};

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Exchanges the launch code once and takes it out of the address; without code or token there is no session. */
const startSession = async (wire: Wire): Promise<string | null> => {
  const code = /^#launch=([^&]+)/u.exec(window.location.hash)?.[1];
  if (code !== undefined) {
    window.history.replaceState(null, '', '#/');
    const answer = await wire.request<{ token: string; host: string }>(
      '/api/session',
      json({ code: decodeURIComponent(code) }),
    );
    if (answer.ok) {
      sessionStorage.setItem(tokenKey, answer.data.token);
      sessionStorage.setItem(hostKey, answer.data.host);
      wire.connection.set('connected');
    }
  }
  if (sessionStorage.getItem(tokenKey) === null && wire.connection.get() === 'connected')
    wire.connection.set('no-session');
  return sessionStorage.getItem(hostKey);
};

/** One pass over the event stream; resolves when it ends for whatever reason. */
const readEvents = async (wire: Wire, emit: (event: HoldfastEvent) => void): Promise<void> => {
  const response = await wire.raw('/api/events');
  if (response?.ok !== true || response.body === null) return;
  const parse = createEventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (const data of parse(part.value)) emit(JSON.parse(data) as HoldfastEvent);
    }
  } catch {
    // The connection broke; the loop reconnects.
  }
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const keepReading = async (wire: Wire, emit: (event: HoldfastEvent) => void): Promise<void> => {
  for (let first = true; ; first = false) {
    if (wire.connection.get() === 'stopped' || wire.connection.get() === 'no-session') return;
    // What happened while nobody listened is unknown: everything shown is read again.
    if (!first) emit({ type: 'changed', topics: [...topics] });
    await readEvents(wire, emit);
    await pause(wire.connection.get() === 'gone' ? 2000 : 500);
  }
};

/** A download: the host's sink is read once the command has filled it. */
const download = async (wire: Wire, opened: OpenedFile): Promise<Result<null>> => {
  const response = await wire.raw(`/api/files/${opened.file}`);
  if (response?.ok !== true) return { ok: false, error: { type: 'Usage', message: messages.door.downloadFailed } };
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = opened.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return ok(null);
};

const pickFile = (): Promise<File | null> =>
  new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });

const upload = (wire: Wire, file: File): Promise<Result<OpenedFile>> =>
  wire.request<OpenedFile>(`/api/files?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file });

export const openBrowserDoor = async (): Promise<Door> => {
  const wire = createWire();
  const host = await startSession(wire);
  const listeners = new Set<(event: HoldfastEvent) => void>();
  const emit = (event: HoldfastEvent): void => {
    for (const listener of listeners) listener(event);
  };
  void keepReading(wire, emit);
  return {
    kind: 'browser',
    host,
    call: <N extends CommandName>(name: N, input: Input<N>, options?: CallOptions) =>
      wire.request<Output<N>>(
        '/api/call',
        json({ name, input, ...(options?.jobId === undefined ? {} : { jobId: options.jobId }) }),
      ),
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    connection: wire.connection.get,
    onConnection: wire.connection.on,
    saveFile: async (name) => {
      const sink = await wire.request<OpenedFile>('/api/sinks', json({ name }));
      return sink.ok ? ok({ ...sink.data, finish: () => download(wire, sink.data) }) : sink;
    },
    openFile: async () => {
      const file = await pickFile();
      return file === null ? ok(null) : upload(wire, file);
    },
    takeFile: (file) => upload(wire, file),
    openHome: null,
    pickPath: null,
    stop: async () => {
      const answer = await wire.request<{ stopped: true }>('/api/stop', json({}));
      if (answer.ok) {
        sessionStorage.removeItem(tokenKey);
        wire.connection.set('stopped');
      }
      return answer;
    },
  };
};
