/**
 * Runs programs for the scripts beside it, each with a time limit and in a process group of its own, so that nothing
 * outlives or hangs the script that started it. Plain Node: `npm start` uses it before anything is installed.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Not import.meta.dirname: an older Node must get as far as the sentence that says it is too old.
export const rootDir = fileURLToPath(new URL('..', import.meta.url));

const posix = process.platform !== 'win32';
const groups = new Set();

const signalGroup = (pid, signal) => {
  try {
    process.kill(posix ? -pid : pid, signal);
  } catch {
    // Gone already.
  }
};

const endAll = (signal) => {
  for (const pid of groups) signalGroup(pid, signal);
};

process.on('exit', () => endAll('SIGKILL'));
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => {
    if (groups.size === 0) process.exit(code);
    endAll('SIGTERM');
    setTimeout(() => process.exit(code), 3000).unref();
    const wait = setInterval(() => {
      if (groups.size === 0) process.exit(code);
    }, 50);
    wait.unref();
  });
}

/**
 * Starts a program whose whole group ends with this script. `stdio` is spawn's; the caller reads the pipes.
 */
export const start = (command, args, options = {}) => {
  const child = spawn(command, args, {
    cwd: options.cwd ?? rootDir,
    env: { ...process.env, ...options.env },
    stdio: options.stdio ?? ['ignore', 'inherit', 'inherit'],
    detached: posix,
    windowsHide: true,
  });
  const { pid } = child;
  if (pid !== undefined) {
    groups.add(pid);
    // What the program left running in its group ends with it.
    child.once('exit', () => {
      groups.delete(pid);
      signalGroup(pid, 'SIGKILL');
    });
  }
  return child;
};

/**
 * Runs a program to its end. Never throws: a program that cannot be started has code 127, one that was ended after
 * `limitMs` has `timedOut`. `output` is stdout and stderr together when `capture` is set, else ''.
 */
export const run = (command, args, { limitMs, capture = false, ...options }) =>
  new Promise((resolve) => {
    const child = start(command, args, {
      ...options,
      stdio: ['ignore', ...(capture ? ['pipe', 'pipe'] : ['inherit', 'inherit'])],
    });
    let output = '';
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      signalGroup(child.pid, 'SIGTERM');
      setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 3000).unref();
    }, limitMs);
    const end = (code) => {
      clearTimeout(limit);
      resolve({ code, timedOut, output });
    };
    child.stdout?.on('data', (bytes) => (output += bytes));
    child.stderr?.on('data', (bytes) => (output += bytes));
    child.once('error', (error) => {
      output += error.message;
      end(127);
    });
    child.once('close', (code) => end(code ?? 1));
  });

/** The full path of a program in PATH, or null. */
export const which = (name) => {
  for (const dir of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const suffix of posix ? [''] : ['.exe', '.cmd']) {
      const path = join(dir, name + suffix);
      if (dir !== '' && existsSync(path)) return path;
    }
  }
  return null;
};

/** A tool of node_modules by its script, run with this Node. */
export const tool = (path, ...args) => [process.execPath, [join(rootDir, 'node_modules', path), ...args]];
