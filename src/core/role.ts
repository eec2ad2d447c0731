/**
 * What this process is to a home: nothing yet, a reader of the files, the owner of the lock, or a client of the process
 * that owns it. Asking never creates anything: a read without an owner reads the files; the lock is taken by the first
 * write, or at once by a door that stays.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Failure, type Result } from '../contract/result.ts';
import type { Clock } from './clock.ts';
import { takeFooting, type Footing } from './footing.ts';
import { claimHome } from './owner/claim.ts';
import { connectOwner, type OwnerClient } from './owner/connect.ts';
import { findOwner, type Lock } from './owner/lock.ts';
import { createHello, serveOwner, type OwnerServer, type ServeOptions } from './owner/serve.ts';
import { writeError } from './store/failures.ts';
import { realFs } from './store/fs.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/types.ts';
import { appVersion } from './version.ts';
import { readOnlyReason, type InspectVolume } from './volume.ts';

export type RoleOptions = {
  homeDir: string;
  holdfastDir: string;
  clock: Clock;
  /** A door that stays keeps the lock; a single CLI command gives it up at once. */
  stays: boolean;
  takeOver: boolean;
  inspectVolume: InspectVolume;
  /** A person made this home writable although two computers could write it. */
  networkAllowed: () => boolean;
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
  /** Runs `work` under the lock while the store is closed, then opens it again. */
  exclusively: <T>(work: () => Promise<Result<T>>) => Promise<Result<T>>;
  /** Why this process does not write here; null when it does, or could. Looks at the files again. */
  readOnly: () => string | null;
  /** The owner's store, if this process is the owner. */
  owned: () => Store | null;
  client: () => OwnerClient | null;
  openReader: () => Promise<Result<Store>>;
  /** Idempotent; answers running calls of other processes, closes the store, gives up the lock. */
  close: () => Promise<void>;
};

const watchEveryMs = 1500;

type Owner = { lock: Lock; server: OwnerServer; store: Store; footing: Footing };

export const createRole = (options: RoleOptions): Role => {
  const { homeDir, holdfastDir, clock } = options;
  let owner: Owner | null = null;
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

  /** A file or a link in the folder's place is somebody else's: it is neither followed nor replaced. */
  const strangeFolder = (): Failure | null => {
    const stat = lstatSync(holdfastDir, { throwIfNoEntry: false });
    if (stat === undefined || stat.isDirectory()) return null;
    return fail({ type: 'Unreadable', path: '.holdfast', code: stat.isSymbolicLink() ? 'ELOOP' : 'ENOTDIR' });
  };

  const hasStore = (): boolean =>
    existsSync(holdfastDir) && readdirSync(holdfastDir).some((name) => /^(?:image|journal)-/u.test(name));

  /** A connection that has ended is no owner any more, also before its close was told. */
  const liveClient = (): OwnerClient | null => (client?.isOpen() === true ? client : null);

  /** Of the place: a read-only medium, a network or synchronised folder. */
  const barred = (): string | null =>
    readOnlyReason(options.inspectVolume(existsSync(holdfastDir) ? holdfastDir : homeDir), options.networkAllowed());

  /** What was changed from outside stops the store for good: only opening it again makes sure of what is there. */
  const readOnly = (): string | null => {
    if (owner === null) return liveClient() === null ? barred() : null;
    const { store, footing } = owner;
    const before = store.readOnly();
    if (before !== null) return before;
    const reason = footing.lost() ?? footing.changed();
    if (reason !== null) {
      store.stop(reason);
      options.onChange();
    }
    return reason;
  };

  const follow = (connected: OwnerClient): OwnerClient => {
    client = connected;
    options.onClient(connected);
    connected.onClose(() => {
      if (client === connected) client = null;
      options.onChange();
    });
    return connected;
  };

  /** The lock, or a client of who has it. A place that must not be written gets no lock file either. */
  const takeLock = async (): Promise<Result<{ lock: Lock } | { client: OwnerClient }>> => {
    const reason = barred();
    if (reason !== null) {
      const found = await asReader();
      if (!found.ok) return found;
      return found.data === 'local' ? fail({ type: 'ReadOnly', reason }) : ok({ client: found.data });
    }
    const claimed = await claimHome({ holdfastDir, now: clock.now, appVersion, takeOver: options.takeOver }, hello());
    if (!claimed.ok) return claimed;
    return ok(claimed.data.held ? { lock: claimed.data.lock } : { client: follow(claimed.data.client) });
  };

  /** Opens the store under a lock that is held, and serves it. `server` goes on where one is there already. */
  const own = async (lock: Lock, create: boolean, server: OwnerServer | null): Promise<Result<Store>> => {
    const store = await open('owner', create);
    if (!store.ok) return store;
    const lockPath = join(holdfastDir, `owner-${String(lock.address.generation)}`);
    const footing = takeFooting({ dir: holdfastDir, lock: lockPath, imagePath: () => store.data.info().imagePath });
    owner = { lock, server: server ?? serveOwner(lock, { hello, ...options.serve }), store: store.data, footing };
    await options.onOwned(store.data);
    options.onChange();
    return store;
  };

  /** Takes the lock and opens the store, or connects to who has it. */
  const claim = async (create: boolean): Promise<Result<'local' | OwnerClient>> => {
    if (owner !== null) return ok('local');
    const followed = liveClient();
    if (followed !== null) return ok(followed);
    const taken = await takeLock();
    if (!taken.ok) return taken;
    if ('client' in taken.data) return ok(taken.data.client);
    const store = await own(taken.data.lock, create, null);
    if (store.ok) return ok('local');
    await taken.data.lock.release();
    return store;
  };

  const closeStore = async ({ store, footing }: Pick<Owner, 'store' | 'footing'>): Promise<void> => {
    const lost = footing.lost();
    if (lost !== null) store.stop(lost);
    await store.close(lost === null ? undefined : 'abandoned');
  };

  /** In the background: a caller of the other process may be waiting for the very call that gives the lock up. */
  const giveUp = ({ lock, server }: Pick<Owner, 'lock' | 'server'>): void => {
    void server.close().then(() => lock.release());
  };

  /** The lock with the store closed: that of this process, where it still stands, else a new one. */
  const lockAlone = async (): Promise<Result<{ lock: Lock; server: OwnerServer | null }>> => {
    const before = owner;
    owner = null;
    if (before !== null) await closeStore(before);
    if (before !== null && before.footing.lost() === null) return ok(before);
    // A lock whose folder or file is gone holds nobody off.
    if (before !== null) giveUp(before);
    if (!existsSync(holdfastDir)) return fail({ type: 'NotFound', what: 'store in', name: homeDir });
    const taken = await takeLock();
    if (!taken.ok) return taken;
    if ('lock' in taken.data) return ok({ lock: taken.data.lock, server: null });
    return fail({ type: 'Conflict', what: 'Another process has just opened this home; look at it first', items: [] });
  };

  const exclusively = async <T>(work: () => Promise<Result<T>>): Promise<Result<T>> => {
    if (liveClient() !== null)
      return fail({ type: 'Conflict', what: 'Another process has this home open; close it first', items: [] });
    const held = await lockAlone();
    if (!held.ok) {
      options.onChange();
      return held;
    }
    const { lock, server } = held.data;
    let done: Result<T> | null = null;
    let store: Result<Store> | null = null;
    try {
      done = await work();
    } finally {
      store = await own(lock, false, server);
      if (!store.ok) {
        if (server === null) await lock.release();
        else giveUp({ lock, server });
        options.onChange();
      }
    }
    // What `work` refused with says more than that the store still does not open.
    return done.ok && !store.ok ? store : done;
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
    const strange = strangeFolder();
    if (strange !== null) return strange;
    if (!existsSync(holdfastDir)) return ok('local');
    // Without a store there is nothing to lock; a process that is just making one is found by its lock.
    if (!hasStore() || !(writes || options.stays)) return asReader();
    const claimed = await claim(false);
    if (claimed.ok) return claimed;
    // Files of a creation that was cut off are no store: a command that makes one may begin again.
    if (claimed.error.type === 'NotFound') return ok('local');
    if (writes) return claimed;
    const elsewhere = claimed.error.type === 'StoreLocked' || claimed.error.type === 'OwnerVersionDiffers';
    // Reading goes on without the lock, also in a place that must not be written: the answer then says what is wrong with the store.
    return elsewhere ? claimed : ok('local');
  };

  /** When the folder was last looked at without success: looking again is no use before it changes. */
  let lookedAt: number | null = null;
  const look = async (): Promise<void> => {
    const changedAt = statSync(holdfastDir, { throwIfNoEntry: false })?.mtimeMs;
    // Nobody may be asking just now: what was changed from outside still shows at once.
    if (owner !== null) readOnly();
    if (owner !== null || liveClient() !== null || changedAt === undefined || changedAt === lookedAt) return;
    await route(false);
    lookedAt = statSync(holdfastDir, { throwIfNoEntry: false })?.mtimeMs ?? null;
  };
  /** A door that stays notices when another process sets this home up, or gives it up. */
  const watch = options.stays ? setInterval(() => void inTurn(look), watchEveryMs).unref() : null;

  const makeFolder = (): Result<void> => {
    const strange = strangeFolder();
    if (strange !== null) return strange;
    try {
      if (!existsSync(holdfastDir)) {
        mkdirSync(holdfastDir, { mode: 0o700 });
        realFs.flushDir(homeDir);
      }
      return ok(undefined);
    } catch (error) {
      return fail(writeError(error, { what: 'the folder .holdfast', dir: homeDir, path: holdfastDir, bytes: null }));
    }
  };

  return {
    route: (writes) => inTurn(() => route(writes)),
    create: () =>
      inTurn(async () => {
        const reason = owner === null ? barred() : null;
        if (reason !== null) return fail({ type: 'ReadOnly', reason });
        const made = makeFolder();
        if (!made.ok) return made;
        const claimed = await claim(true);
        if (!claimed.ok) return claimed;
        return owner === null
          ? fail({ type: 'Conflict', what: 'Another process has just set this home up; look at it first', items: [] })
          : ok(owner.store);
      }),
    exclusively: (work) => inTurn(() => exclusively(work)),
    readOnly,
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
        const { lock, server, store, footing } = owner;
        await server.close();
        await closeStore({ store, footing });
        await lock.release();
        owner = null;
      });
    },
  };
};
