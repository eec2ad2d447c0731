/**
 * What this process is to a home: nothing yet, a reader of the files, the owner of the lock, or a client of the process
 * that owns it. Asking never creates anything: a read without an owner reads the files; the lock is taken by the first
 * write, or at once by a door that stays.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { fail, ok, type Result } from '../contract/result.ts';
import type { Clock } from './clock.ts';
import { claimHome } from './owner/claim.ts';
import { connectOwner, type OwnerClient } from './owner/connect.ts';
import { findOwner, type Lock } from './owner/lock.ts';
import { createHello, serveOwner, type OwnerServer, type ServeOptions } from './owner/serve.ts';
import { realFs } from './store/fs.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/types.ts';
import { appVersion } from './version.ts';

export type RoleOptions = {
  homeDir: string;
  holdfastDir: string;
  clock: Clock;
  /** A door that stays keeps the lock; a single CLI command gives it up at once. */
  stays: boolean;
  takeOver: boolean;
  serve: Omit<ServeOptions, 'hello'>;
  /** The store was opened for writing; runs before anybody can use it. */
  onOwned: (store: Store) => Promise<void>;
  /** Connected to the owner, who is closed or lost when `onChange` comes again. */
  onClient: (client: OwnerClient) => void;
  /** The role changed, so everything shown may have. */
  onChange: () => void;
};

export type Role = {
  /** Decides who answers a call: this process, or the owner of the home. */
  route: (writes: boolean) => Promise<Result<'local' | OwnerClient>>;
  /** Makes `.holdfast/` and an empty store where there is none, and becomes its owner. */
  create: () => Promise<Result<Store>>;
  /** The owner's store, if this process is the owner. */
  owned: () => Store | null;
  client: () => OwnerClient | null;
  openReader: () => Promise<Result<Store>>;
  /** Idempotent; answers running calls of other processes, closes the store, gives up the lock. */
  close: () => Promise<void>;
};

const watchEveryMs = 1500;

export const createRole = (options: RoleOptions): Role => {
  const { homeDir, holdfastDir, clock } = options;
  let owner: { lock: Lock; server: OwnerServer; store: Store } | null = null;
  let client: OwnerClient | null = null;
  /** Changes of role (lock, connect, open) happen one at a time. */
  let change: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(fn: () => Promise<T>): Promise<T> => {
    const next = change.then(fn, fn);
    change = next.catch(() => undefined);
    return next;
  };

  const hello = () => createHello({ appVersion, homeDir, storeId: owner?.store.info().storeId ?? null });

  const open = (mode: 'owner' | 'reader', create: boolean): Promise<Result<Store>> =>
    openStore({ dir: holdfastDir, mode, create, fs: realFs, flush: options.stays ? 'async' : 'sync', ...clock });

  const hasStore = (): boolean =>
    existsSync(holdfastDir) && readdirSync(holdfastDir).some((name) => /^(?:image|journal)-/u.test(name));

  /** A connection that has ended is no owner any more, also before its close was told. */
  const liveClient = (): OwnerClient | null => (client?.isOpen() === true ? client : null);

  const follow = (connected: OwnerClient): OwnerClient => {
    client = connected;
    options.onClient(connected);
    connected.onClose(() => {
      if (client === connected) client = null;
      options.onChange();
    });
    return connected;
  };

  /** Takes the lock and opens the store, or connects to who has it. */
  const claim = async (create: boolean): Promise<Result<'local' | OwnerClient>> => {
    if (owner !== null) return ok('local');
    const followed = liveClient();
    if (followed !== null) return ok(followed);
    const claimed = await claimHome({ holdfastDir, now: clock.now, appVersion, takeOver: options.takeOver }, hello());
    if (!claimed.ok) return claimed;
    if (!claimed.data.held) return ok(follow(claimed.data.client));
    const { lock } = claimed.data;
    const store = await open('owner', create);
    if (!store.ok) {
      await lock.release();
      return store;
    }
    owner = { lock, server: serveOwner(lock, { hello, ...options.serve }), store: store.data };
    await options.onOwned(store.data);
    options.onChange();
    return ok('local');
  };

  const asReader = async (): Promise<Result<'local' | OwnerClient>> => {
    const found = await findOwner({ holdfastDir });
    if (found === null) return ok('local');
    const connected = await connectOwner(found, hello());
    if (connected.ok) return ok(follow(connected.data));
    // It ended between being found and being asked.
    return connected.error.type === 'NotFound' ? ok('local') : connected;
  };

  const route = async (writes: boolean): Promise<Result<'local' | OwnerClient>> => {
    if (owner !== null) return ok('local');
    const followed = liveClient();
    if (followed !== null) return ok(followed);
    if (!existsSync(holdfastDir)) return ok('local');
    // Without a store there is nothing to lock; a process that is just making one is found by its lock.
    if (!hasStore() || !(writes || options.stays)) return asReader();
    const claimed = await claim(false);
    if (claimed.ok || writes) return claimed;
    const elsewhere = claimed.error.type === 'StoreLocked' || claimed.error.type === 'OwnerVersionDiffers';
    // Reading goes on without the lock: the answer then says what is wrong with the store.
    return elsewhere ? claimed : ok('local');
  };

  /** When the folder was last looked at without success: looking again is no use before it changes. */
  let lookedAt: number | null = null;
  const look = async (): Promise<void> => {
    const changedAt = statSync(holdfastDir, { throwIfNoEntry: false })?.mtimeMs;
    if (owner !== null || liveClient() !== null || changedAt === undefined || changedAt === lookedAt) return;
    await route(false);
    lookedAt = statSync(holdfastDir, { throwIfNoEntry: false })?.mtimeMs ?? null;
  };
  /** A door that stays notices when another process sets this home up, or gives it up. */
  const watch = options.stays ? setInterval(() => void inTurn(look), watchEveryMs).unref() : null;

  return {
    route: (writes) => inTurn(() => route(writes)),
    create: () =>
      inTurn(async () => {
        if (!existsSync(holdfastDir)) {
          mkdirSync(holdfastDir, { mode: 0o700 });
          realFs.flushDir(homeDir);
        }
        const claimed = await claim(true);
        if (!claimed.ok) return claimed;
        return owner === null
          ? fail({ type: 'Conflict', what: 'Another process has just set this home up; look at it first', items: [] })
          : ok(owner.store);
      }),
    owned: () => owner?.store ?? null,
    client: liveClient,
    openReader: () =>
      existsSync(holdfastDir)
        ? open('reader', false)
        : Promise.resolve(fail({ type: 'NotFound', what: 'store in', name: homeDir })),
    close: async () => {
      if (watch !== null) clearInterval(watch);
      await inTurn(async () => {
        client?.close();
        if (owner === null) return;
        const { lock, server, store } = owner;
        await server.close();
        await store.close();
        await lock.release();
        owner = null;
      });
    },
  };
};
