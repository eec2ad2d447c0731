/**
 * F4: every file call of a store's life fails once, and for ever, before it did anything, after it did all, or half-way:
 * old data is there, refused saves are gone, answered ones are there, and every error names the file and the cause.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { HoldfastError } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import { openTunedStore } from './open.ts';
import { createFaultFs, type Fault } from './testing/fault-fs.ts';
import { expectOk, putRow, readRows } from './testing/home.ts';
import { createModelFs, type ModelFiles } from './testing/model-fs.ts';
import type { Store, StoreFs } from './types.ts';

const dir = '/home/.holdfast';
const emptyHome: ModelFiles = new Map([
  ['/home', null],
  [dir, null],
]);
const clock = { now: () => '2026-02-03T14:02:05.000Z', newId: () => 'store' };
const open = (fs: StoreFs, flush: 'sync' | 'async'): Promise<Result<Store>> =>
  openTunedStore(
    { dir, mode: 'owner', create: true, fs, flush, ...clock },
    { foldAtCloseOverBytes: 300, foldFromDisk: flush === 'async' },
  );

/** A store with one save and an unfinished one after it: the life begins with everything there is to do. */
const startingFiles = async (): Promise<ModelFiles> => {
  const model = createModelFs(emptyHome);
  const store = expectOk(await open(model.fs, 'sync'));
  expectOk(await store.transact(putRow('first', 'x')));
  await store.close();
  const files = new Map(model.files());
  files.set(`${dir}/journal-1.log`, new Uint8Array([...(files.get(`${dir}/journal-1.log`) ?? []), 1, 2, 3]));
  return files;
};

type Lived = { answers: Map<string, Result<string>>; errors: HoldfastError[] };

/** Opens, saves, folds, saves, closes; goes on whatever fails. */
const live = async (fs: StoreFs, flush: 'sync' | 'async'): Promise<Lived> => {
  const lived: Lived = { answers: new Map(), errors: [] };
  const note = <T>(result: Result<T>): void => {
    if (!result.ok) lived.errors.push(result.error);
  };
  for (const session of ['1', '2']) {
    const opened = await open(fs, flush);
    note(opened);
    if (!opened.ok) continue;
    const save = async (key: string): Promise<void> => {
      const answer = await opened.data.transact(putRow(key, 'x'.repeat(100)));
      lived.answers.set(key, answer);
      note(answer);
    };
    await Promise.all([save(`${session}a`), save(`${session}b`)]);
    note(await opened.data.checkpoint());
    await save(`${session}c`);
    await save(`${session}d`);
    await save(`${session}e`);
    await opened.data.close();
  }
  return lived;
};

const allowed = new Set(['DiskFull', 'DiskError', 'OutcomeUnknown', 'ReadOnly', 'Unreadable', 'StoreDamaged']);

const isFull = (code: string): boolean => code === 'ENOSPC' || code === 'EDQUOT';

/** What is wrong with how an error speaks of a failure with `code`; null when nothing is. */
const badlyTold = (error: HoldfastError, code: string): string | null => {
  if (!allowed.has(error.type)) return `unexpected ${error.type}`;
  switch (error.type) {
    case 'DiskFull':
      return isFull(code) && error.what !== '' ? null : `DiskFull for ${code}`;
    case 'DiskError':
    case 'Unreadable':
      // What was written and does not read back is EIO too, whatever made it so.
      return (error.code === code || error.code === 'EIO') && error.path.startsWith('.holdfast')
        ? null
        : `${error.type} says ${error.code} of "${error.path}" for ${code}`;
    case 'StoreDamaged':
      return code === 'EIO' && /\(EIO\)|does not read back/u.test(error.problem) ? null : `StoreDamaged for ${code}`;
    case 'ReadOnly':
      return error.reason === '' ? 'ReadOnly without a reason' : null;
    default:
      return null;
  }
};

const judge = async (files: ModelFiles, lived: Lived, started: boolean, code: string): Promise<string[]> => {
  const problems = lived.errors.map((error) => badlyTold(error, code)).filter((problem) => problem !== null);
  const opened = await open(createModelFs(files).fs, 'sync');
  if (!opened.ok) return [...problems, `does not open afterwards: ${JSON.stringify(opened.error)}`];
  const rows = await readRows(opened.data);
  await opened.data.close();
  if (started && rows['first'] !== 'x') problems.push('old data is gone');
  for (const [key, answer] of lived.answers) {
    const there = rows[key] !== undefined;
    if (answer.ok && !there) problems.push(`${key} was answered and is gone`);
    if (!answer.ok && there && answer.error.type !== 'OutcomeUnknown')
      problems.push(`${key} was refused (${answer.error.type}) and is there`);
  }
  return problems;
};

const long = process.env['HOLDFAST_LONG'] !== undefined;
let runs = 0;
type Kind = Omit<Fault, 'at'>;
const kinds: Kind[] = [
  { code: 'EIO', when: 'after', forever: false },
  { code: 'ENOSPC', when: 'short', forever: false },
  { code: 'EIO', when: 'before', forever: true },
];
if (long) {
  for (const code of ['EACCES', 'EMFILE', 'EROFS', 'EDQUOT', 'EIO', 'ENOSPC']) {
    for (const when of ['before', 'after', 'short'] as const) {
      for (const forever of [false, true]) kinds.push({ code, when, forever });
    }
  }
}

describe.each(['a new home', 'a store with an unfinished save'])('faults in %s', (start) => {
  const started = start !== 'a new home';

  it.each(kinds)(
    '$code $when, for ever: $forever',
    async (kind) => {
      const files = started ? await startingFiles() : emptyHome;
      const problems: string[] = [];
      let at = 1;
      for (let reached = true; reached; at++) {
        const model = createModelFs(files);
        const faulty = createFaultFs(model.fs, { ...kind, at });
        const lived = await live(faulty.fs, at % 2 === 0 ? 'sync' : 'async');
        reached = faulty.failed().length > 0;
        const found = await judge(model.files(), lived, started, kind.code);
        problems.push(...found.map((problem) => `call ${String(at)} (${faulty.failed()[0] ?? 'none'}): ${problem}`));
        // A fault that nobody sees is a fault that was swallowed, except where a later step tries again.
        if (!reached) expect(lived.errors).toEqual([]);
      }
      expect(problems).toEqual([]);
      expect(at).toBeGreaterThan(60);
      runs += at - 1;
    },
    600_000,
  );
});

describe('a store that does not look at what a write said', () => {
  it.each(['short', 'before'] as const)('is noticed: %s', async (when) => {
    const problems: string[] = [];
    for (let at = 1, reached = true; reached && problems.length === 0; at++) {
      const model = createModelFs(emptyHome);
      const fault: Fault = { at, code: 'ENOSPC', when, forever: false, silent: true };
      const faulty = createFaultFs(model.fs, fault);
      // The store is not made for such a file system: that it stops with a bug is noticing as well.
      const lived = await live(faulty.fs, 'sync').catch(() => null);
      reached = faulty.failed().length > 0;
      problems.push(...(lived === null ? ['threw'] : await judge(model.files(), lived, false, 'ENOSPC')));
    }
    expect(problems).not.toEqual([]);
  });
});

afterAll(() => {
  console.info(`F4: ${String(runs)} runs`);
  // `vitest -t` may have left some out.
  if (long) expect(runs).toBeGreaterThanOrEqual(2000);
});
