/**
 * The keyring of the operating system (Secret Service, Keychain, Credential Manager), asked in a small child process: a
 * locked one with a screen blocks its caller for as long as the person does not answer, and cannot be called off. The
 * value travels through the child's stdin and stdout, never through arguments or the environment.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

export type KeyringAnswer =
  | { state: 'found'; value: string }
  | { state: 'missing' }
  /** Not there, locked, refused, or without its native part on this machine. */
  | { state: 'unavailable' }
  /** It did not answer in time; nothing is known about what it has. */
  | { state: 'slow' };

/** One entry per home; `account` is its store's id. */
export type SystemKeyring = {
  get: (account: string) => Promise<KeyringAnswer>;
  /** `found` with what is there afterwards. */
  set: (account: string, value: string) => Promise<KeyringAnswer>;
};

type Request = { act: 'get' | 'set'; account: string; value?: string };

const service = 'holdfast';
const longestAnswer = 4096;

/** Runs as `node -e PROGRAM MODULE`: plain CommonJS, because it is not built. */
export const keyringProgram = `
let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (part) => { text += part; });
process.stdin.on('end', () => {
  let answer = { state: 'unavailable' };
  try {
    const { Entry } = require(process.argv[1]);
    const { act, account, value } = JSON.parse(text);
    // Without this Linux falls back to the kernel's keyring, which a restart empties.
    const entry = new Entry(${JSON.stringify(service)}, account, { linux: { store: 'secret-service' } });
    if (act === 'set') entry.setPassword(value);
    const found = entry.getPassword();
    answer = typeof found === 'string' ? { state: 'found', value: found } : { state: 'missing' };
  } catch (error) {
    if (/no matching entry|NoEntry/i.test(String(error && error.message))) answer = { state: 'missing' };
  }
  process.stdout.write(JSON.stringify(answer), () => process.exit(0));
});
`;

const readAnswer = (text: string): KeyringAnswer => {
  try {
    const { state, value } = JSON.parse(text) as { state?: unknown; value?: unknown };
    if (state === 'found' && typeof value === 'string') return { state, value };
    return { state: state === 'missing' ? 'missing' : 'unavailable' };
  } catch {
    return { state: 'unavailable' };
  }
};

export type ChildOptions = { program: string; args: readonly string[]; limitMs: number; env?: NodeJS.ProcessEnv };

/** Asks a child process and ends it when it stays silent. */
export const askChild = (request: Request, options: ChildOptions): Promise<KeyringAnswer> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', options.program, ...options.args], {
      stdio: ['pipe', 'pipe', 'ignore'],
      // The window's own program is Electron: as a child it is to be plain Node.
      env: { ...(options.env ?? process.env), ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
      windowsHide: true,
    });
    let text = '';
    const end = (answer: KeyringAnswer): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(answer);
    };
    const timer = setTimeout(() => end({ state: 'slow' }), options.limitMs);
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > longestAnswer) end({ state: 'unavailable' });
    });
    child.on('error', () => end({ state: 'unavailable' }));
    child.on('close', () => end(readAnswer(text)));
    // It may end without reading.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(request));
  });

/** Null where the package has no part for this machine. */
const bindingPath = (): string | null => {
  try {
    return createRequire(import.meta.url).resolve('@napi-rs/keyring');
  } catch {
    return null;
  }
};

/** `limitMs` is how long one answer may take; `env` says where the session's services are. */
export const createSystemKeyring = (limitMs: number, env: NodeJS.ProcessEnv = process.env): SystemKeyring => {
  const ask = (request: Request): Promise<KeyringAnswer> => {
    const path = bindingPath();
    return path === null
      ? Promise.resolve({ state: 'unavailable' })
      : askChild(request, { program: keyringProgram, args: [path], limitMs, env });
  };
  return {
    get: (account) => ask({ act: 'get', account }),
    set: (account, value) => ask({ act: 'set', account, value }),
  };
};

export const systemKeyring = createSystemKeyring(3000);
