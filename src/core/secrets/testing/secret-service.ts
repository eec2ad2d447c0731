/**
 * For tests only: a real Secret Service (gnome-keyring) on a session bus and with a home of its own. No screen belongs to
 * it, so that a locked one can ask nobody. Nothing of the person's own keyring is touched.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemKeyring, type SystemKeyring } from '../system-keyring.ts';

const patience = 20_000;
const programs = ['dbus-run-session', 'dbus-send', 'gnome-keyring-daemon'];
const installed = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** Why there is none on this machine; null when there can be one. */
export const noSecretService = (): string | null => {
  if (process.platform !== 'linux') return 'a Secret Service is asked on Linux only';
  const missing = programs.filter((program) => !installed(program));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const run = spawnSync('dbus-run-session', ['--', 'true'], { timeout: patience });
  return run.status === 0 ? null : 'no session bus can be started here';
};

export type SecretService = {
  /** What the app is given; patient, because the machine may be busy. */
  keyring: SystemKeyring;
  /** As a screen lock does. */
  lock: () => void;
  /** As somebody does in another program: the entry goes. */
  forget: (account: string) => void;
  end: () => Promise<void>;
};

/** The session ends with its stdin. */
const session = `printf 'pw\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && echo "$DBUS_SESSION_BUS_ADDRESS" && exec cat`;

const removeEntry = `
const { Entry } = require(process.argv[1]);
new Entry('holdfast', process.argv[2], { linux: { store: 'secret-service' } }).deletePassword();`;

export const startSecretService = async (): Promise<SecretService> => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-keyring-'));
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...outer } = process.env;
  const own = { ...outer, HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home };
  const bus = spawn('dbus-run-session', ['--', 'sh', '-c', session], { env: own, stdio: ['pipe', 'pipe', 'ignore'] });
  const closed = new Promise<void>((resolve) => bus.once('close', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the Secret Service did not start')), patience);
    bus.stdout.setEncoding('utf8').once('data', (line: string) => {
      clearTimeout(late);
      resolve(line.trim());
    });
  });
  const env = { ...own, DBUS_SESSION_BUS_ADDRESS: address };
  const must = (program: string, args: readonly string[]): void => {
    const run = spawnSync(program, args, { env, timeout: patience, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`${program} ended with ${String(run.status)}: ${run.stderr}`);
  };
  return {
    keyring: createSystemKeyring(patience, env),
    lock: () =>
      must('dbus-send', [
        '--session',
        '--print-reply',
        '--dest=org.freedesktop.secrets',
        '/org/freedesktop/secrets',
        'org.freedesktop.Secret.Service.Lock',
        'array:objpath:/org/freedesktop/secrets/aliases/default',
      ]),
    forget: (account) => {
      const module = createRequire(import.meta.url).resolve('@napi-rs/keyring');
      must(process.execPath, ['-e', removeEntry, module, account]);
    },
    end: async () => {
      bus.stdin.end();
      await closed;
      rmSync(home, { recursive: true, force: true });
    },
  };
};
