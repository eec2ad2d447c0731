/** A backup's heavy work in its own thread: the same as here, cancelled in the middle, and a thread that dies. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { backupIdentityOf } from '../secrets/keyring.ts';
import { bundleForNode } from '../store/testing/bundle.ts';
import { expectOk } from '../store/testing/home.ts';
import type { Sealing } from './age-file.ts';
import { runBackupWork } from './thread.ts';

const golden = resolve(import.meta.dirname, 'testing/golden-v1.age');
const code = 'Z98S-PM9R-NG4C-DTEF-S530-Y1ZG-VV5H-CCXQ-C';
const recipient = 'age1rhsusvs63smcl44egecueqk8nvamu5pm42x7clxxzlvqqrgdeczqnup29s';
const opening = { identities: [backupIdentityOf(code) ?? ''], passphrase: null };
const at = '2026-03-01T09:00:07.000Z';
const sealing: Sealing = { hint: { kind: 'store', at, recipient, recipientAt: at } };

let program = '';
beforeAll(async () => {
  program = await bundleForNode(join(import.meta.dirname, 'backup-worker.ts'));
});
afterAll(() => {
  if (program !== '') rmSync(dirname(program), { recursive: true, force: true });
});

/** Bytes that fill their own memory, as those of a store that was copied do. */
const goldenBytes = (): Uint8Array => new Uint8Array(readFileSync(golden));
const reading = (bytes = goldenBytes()) => ({ name: 'golden', bytes, opening, prove: true });
const writing = async () => {
  const { manifest, store, keys } = expectOk(await runBackupWork('read', reading(), { program: null }));
  const { format: _format, version: _version, parts: _parts, ...facts } = manifest;
  return { facts, store: new Uint8Array(store), keys, sealing };
};
/** A program in place of the worker's. */
const standIn = (text: string): string => {
  const path = join(dirname(program), 'stand-in.mjs');
  writeFileSync(path, `import { parentPort } from 'node:worker_threads';\n${text}`);
  return path;
};

it('makes and opens a backup as this thread does, and takes the bytes over', async () => {
  const read = expectOk(await runBackupWork('read', reading(), { program }));
  expect(read).toEqual(expectOk(await runBackupWork('read', reading(), { program: null })));
  const input = await writing();
  const shares: number[] = [];
  const tell = (share: number): void => void shares.push(share);
  const written = expectOk(await runBackupWork('write', input, { program, tell }));
  expect(input.store.byteLength).toBe(0);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeGreaterThan(0.9);
  const again = expectOk(await runBackupWork('read', reading(written.bytes), { program }));
  expect([again.store, again.keys, again.manifest.counts]).toEqual([read.store, read.keys, read.manifest.counts]);
});

it('gives the same refusals as this thread', async () => {
  const damaged = goldenBytes();
  damaged[damaged.length - 20] = (damaged[damaged.length - 20] ?? 0) ^ 1;
  const refusal = await runBackupWork('read', reading(damaged.slice()), { program });
  expect(refusal).toMatchObject({ ok: false, error: { type: 'BackupDamaged' } });
  expect(refusal).toEqual(await runBackupWork('read', reading(damaged), { program: null }));
});

it('ends where it is when cancelled', async () => {
  const cancelled = { ok: false, error: { type: 'Cancelled', what: 'Work on the backup' } };
  const early = AbortSignal.abort();
  for (const chosen of [program, null])
    expect(await runBackupWork('read', reading(), { program: chosen, signal: early })).toEqual(cancelled);
  const endless = standIn('parentPort.postMessage({ kind: "progress", share: 0.1 }); setInterval(() => {}, 1000);');
  const late = new AbortController();
  const tell = (): void => late.abort();
  expect(await runBackupWork('read', reading(), { program: endless, signal: late.signal, tell })).toEqual(cancelled);
});

it('that dies is an error with a next step, and a bug in it stays one', async () => {
  const run = (text: string) => runBackupWork('read', reading(), { program: standIn(text) });
  expect(await run('process.exit(3);')).toEqual({
    ok: false,
    error: {
      type: 'CheckUnmet',
      unmet: [
        'the thread that works on the backup ended without an answer (code 3); close other programs to free memory, and try again',
      ],
    },
  });
  await expect(run('throw new Error("a bug");')).rejects.toThrow('a bug');
});
