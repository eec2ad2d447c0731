/**
 * A backup in the real window: its heavy work runs in a thread of the main process, the page is answered meanwhile, and
 * a cancelled one leaves nothing. What the thread answers is held back here for as long as the test looks.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messages } from '../../src/renderer/messages.en.ts';
import { expect, test, type Door } from '../door.ts';
import { goTo, setUp, showSetting } from '../steps.ts';

const { backups, frame } = messages;

type Message = { kind: string; result?: { ok: boolean; data?: object } };
type Watch = { answered: { thread: number; names: string[] }[]; hold: boolean; release: () => void };

/** Sees every thread that the main process starts, from the outside: Node tells of each one. */
const watchThreads = (door: Door): Promise<void> =>
  door.electron?.evaluate(() => {
    const held: (() => void)[] = [];
    const watch: Watch = {
      answered: [],
      hold: true,
      release: () => {
        watch.hold = false;
        for (const give of held.splice(0)) give();
      },
    };
    Object.assign(globalThis, { watch });
    process.on('worker', (worker) => {
      const { threadId } = worker;
      const emit = worker.emit.bind(worker) as (name: string, ...values: unknown[]) => boolean;
      // The last words of the thread, and its end, which would be taken for an answer that never came.
      worker.emit = ((name: string, ...values: unknown[]) => {
        const message = values[0] as Message;
        const last = name === 'message' && message.kind === 'done';
        if (last) watch.answered.push({ thread: threadId, names: Object.keys(message.result?.data ?? {}) });
        if (!watch.hold || (!last && name !== 'exit')) return emit(name, ...values);
        // Those who listen now: Node takes them all away when the thread is gone.
        const listeners = worker.listeners(name) as ((...given: unknown[]) => void)[];
        held.push(() => {
          for (const listener of listeners) listener.apply(worker, values);
        });
        return true;
      }) as typeof worker.emit;
    });
  }) ?? Promise.reject(new Error('not a window'));

const seen = (door: Door): Promise<Watch['answered']> =>
  door.electron?.evaluate(() => (globalThis as unknown as { watch: Watch }).watch.answered) ?? Promise.resolve([]);
const release = (door: Door): Promise<void> =>
  door.electron?.evaluate(() => (globalThis as unknown as { watch: Watch }).watch.release()) ?? Promise.resolve();

test('a backup is packed in a thread, the page answers meanwhile, and cancelling leaves nothing', async ({ door }) => {
  const { page } = door;
  await setUp(door);
  const files = (): string[] => readdirSync(join(door.home, '.holdfast', 'backups')).toSorted();
  await goTo(door, frame.backups);
  const rows = page.getByRole('row').filter({ hasText: backups.kinds.store });
  await expect(rows).toHaveCount(1);
  const before = files();

  await watchThreads(door);
  await page.getByRole('button', { name: backups.create, exact: true }).click();
  // What comes back are the bytes of a backup, from a thread of its own.
  await expect.poll(async () => (await seen(door)).map(({ names }) => names.includes('manifest'))).toEqual([true]);
  expect((await seen(door))[0]?.thread).toBeGreaterThan(0);
  // The backup is not done, and the main process reads and writes for the page.
  await showSetting(door, 's3.region');
  await goTo(door, frame.backups);
  const cancel = page.getByRole('main').getByRole('button', { name: messages.ui.cancel, exact: true });
  await cancel.click();
  await release(door);
  await expect(cancel).toHaveCount(0);
  await expect(page.getByRole('button', { name: backups.create, exact: true })).toBeEnabled();
  expect(files()).toEqual(before);
  await expect(rows).toHaveCount(1);

  // The next one is made: packed in one thread, read back and proven in another.
  await page.getByRole('button', { name: backups.create, exact: true }).click();
  await expect(rows).toHaveCount(2);
  const threads = (await seen(door)).slice(1).map(({ thread }) => thread);
  expect(threads).toHaveLength(2);
  expect(new Set(threads).size).toBe(2);
  expect(files()).toHaveLength(before.length + 1);
});
