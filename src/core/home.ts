/**
 * One home, as this process may see it: nothing yet, a reader of the files, the owner of the lock, or a client of the
 * process that owns it. `openHome` is the one place that wires store, keys, lock, socket and dispatch together.
 * Asking never creates anything: a read without an owner reads the files; the lock is taken by the first write, or at
 * once by a door that stays.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HoldfastEvent, Topic } from '../contract/events.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { AppCall, OpenAppOptions } from './app-types.ts';
import { createChangeWriter, type ChangeSetOptions, type ChangeWriter } from './changes/write.ts';
import type { Clock } from './clock.ts';
import type { Context, Credential, Door, DoorState } from './context.ts';
import { checkCall, needsLock, runCall } from './dispatch.ts';
import type { FileRegistry } from './files.ts';
import type { JobBook } from './jobs.ts';
import { createDefinitionSource } from './homes/definition-source.ts';
import { claimHome } from './owner/claim.ts';
import { findOwner, type Lock } from './owner/lock.ts';
import { connectOwner, type OwnerClient } from './owner/connect.ts';
import { createHello, serveOwner, type OwnerServer } from './owner/serve.ts';
import { bindKeyring, unlockKeys } from './secrets/keyring.ts';
import { readKeys } from './secrets/ensure-keys.ts';
import type { Keyring } from './secrets/types.ts';
import { realFs } from './store/fs.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/types.ts';
import { appVersion } from './version.ts';

export type OpenHomeOptions = Omit<OpenAppOptions, 'homeDir'> & {
  /** Absolute real path. */
  homeDir: string;
  clock: Clock;
  files: FileRegistry;
  jobs: JobBook;
  doorState: DoorState;
  emit: (event: HoldfastEvent) => void;
  onEvent: (listener: (event: HoldfastEvent) => void) => () => void;
  log: (line: string) => void;
  takeOver: boolean;
};

export type Home = {
  dispatch: (call: AppCall) => Promise<Result<unknown>>;
  /** True while this process holds the lock for a door that stays. */
  owns: () => boolean;
  cancel: (jobId: string) => void;
  close: () => Promise<void>;
};

type Owned = { lock: Lock; server: OwnerServer; store: Store };

/** What each noun's successful write makes worth reading again. */
const topicsOf = (name: string): Topic[] => {
  const noun = name.split('.')[0];
  if (noun === 'settings') return ['settings', 'audit', 'status'];
  if (noun === 'secret') return ['secrets', 'audit', 'status', 'settings'];
  if (noun === 'migration' || noun === 'setup') return ['migration', 'settings', 'integrations', 'secrets', 'backups', 'audit', 'status'];
  if (noun === 'backup') return ['backups', 'settings', 'integrations', 'audit', 'status'];
  return ['status'];
};

/** A door that stays keeps the lock; a single CLI command gives it up at once. */
const stays = (door: Door): boolean => door === 'window' || door === 'browser';

export const openHome = (options: OpenHomeOptions): Home => {
  const { homeDir, clock, files, jobs } = options;
  const holdfastDir = join(homeDir, '.holdfast');
  const definitions = createDefinitionSource({ homeDir, configDir: options.configDir, resourcesDir: options.resourcesDir });
  let owned: Owned | null = null;
  let client: OwnerClient | null = null;
  let held: Keyring | null = null;
  let closed = false;
  /** Changes of role (lock, connect, open) happen one at a time. */
  let roleChange: Promise<unknown> = Promise.resolve();

  const bound = (keyring: Keyring | null): Keyring | null =>
    keyring === null || owned === null ? keyring : bindKeyring(keyring, owned.store.info().storeId);

  const hello = () => createHello({ appVersion, homeDir, storeId: owned?.store.info().storeId ?? null });

  const open = (mode: 'owner' | 'reader', create: boolean): Promise<Result<Store>> =>
    openStore({
      dir: holdfastDir,
      mode,
      create,
      fs: realFs,
      now: clock.now,
      newId: clock.newId,
      flush: stays(options.door) ? 'async' : 'sync',
    });

  const follow = (connected: OwnerClient): OwnerClient => {
    client = connected;
    connected.on(options.emit);
    connected.onClose(() => {
      client = null;
      options.emit({ type: 'changed', topics: ['status', 'home'] });
    });
    return connected;
  };

  /** Takes the lock and opens the store, or connects to who has it. `create` also makes `.holdfast/` and an empty store. */
  const becomeOwner = async (create: boolean): Promise<Result<'owner' | 'client'>> => {
    if (owned !== null) return ok('owner');
    if (client !== null) return ok('client');
    if (!existsSync(holdfastDir)) {
      if (!create) return fail({ type: 'NotFound', what: 'store in', name: homeDir });
      mkdirSync(holdfastDir, { mode: 0o700 });
      realFs.flushDir(homeDir);
    }
    const claimed = await claimHome({ holdfastDir, now: clock.now, appVersion, takeOver: options.takeOver }, hello());
    if (!claimed.ok) return claimed;
    if (!claimed.data.held) {
      follow(claimed.data.client);
      return ok('client');
    }
    const { lock } = claimed.data;
    const store = await open('owner', create);
    if (!store.ok) {
      await lock.release();
      return store;
    }
    const server = serveOwner(lock, {
      hello,
      onCall: (call, peer) => runLocal(call, peer.signal),
      onEvent: options.onEvent,
      registerFile: files.register,
      dropSession: (session) => {
        files.drop(session);
        jobs.dropSession(session);
      },
    });
    owned = { lock, server, store: store.data };
    held = bound(held);
    await recordNotices(store.data);
    options.emit({ type: 'changed', topics: ['status', 'settings', 'integrations', 'audit', 'backups', 'secrets', 'home'] });
    return ok('owner');
  };

  const changeRole = <T>(fn: () => Promise<T>): Promise<T> => {
    const next = roleChange.then(fn, fn);
    roleChange = next.catch(() => undefined);
    return next;
  };

  /** What the open found and set aside becomes an entry of the log, once. */
  const recordNotices = async (store: Store): Promise<void> => {
    const notices = store.notices().filter((notice) => notice.id.startsWith('torn-tail'));
    if (notices.length === 0) return;
    const by = { user: 'holdfast', door: options.door, keyring: null };
    await commitTo(store, by, { kind: 'event' }, (changes) => {
      for (const notice of notices) changes.event('store', '', 'torn-tail', { message: notice.message });
      return ok(null);
    });
  };

  const commitTo = <T>(
    store: Store,
    by: { user: string; door: string; keyring: Keyring | null },
    set: ChangeSetOptions,
    fn: (changes: ChangeWriter) => Result<T>,
  ): Promise<Result<T>> => {
    const at = clock.now();
    const uid = clock.newId();
    return store.transact((tx) => {
      const writer = createChangeWriter(tx, { ...set, actor: by.user, door: set.door ?? by.door, at, uid, keyring: by.keyring });
      const result = fn(writer);
      if (result.ok) writer.finish();
      return result;
    });
  };

  /** The store for one call: the owner's, or a reader that lives as long as the call. */
  const storeFor = (call: { reader: Store | null }) => async (): Promise<Result<Store>> => {
    if (owned !== null) return ok(owned.store);
    if (call.reader !== null) return ok(call.reader);
    if (!existsSync(holdfastDir)) return fail({ type: 'NotFound', what: 'store in', name: homeDir });
    const opened = await open('reader', false);
    if (opened.ok) call.reader = opened.data;
    return opened;
  };

  const unlock = async (credential: Credential): Promise<Result<Keyring>> => {
    const keys = readKeys(holdfastDir);
    if (!keys.ok) return keys;
    if (keys.data === null) return locked('There are no keys yet');
    return unlockKeys(keys.data.file, credential);
  };

  const locked = (what: string) => {
    const keys = readKeys(holdfastDir);
    const choices =
      keys.ok && keys.data === null
        ? ['a passphrase with --passphrase-file FILE', 'a recovery code with --recovery-code-out FILE']
        : ['unlock with the passphrase (--passphrase-file FILE)', 'unlock with the recovery code'];
    return fail({ type: 'SecretsLocked', what: `${what} and needs the keys, which are locked`, choices });
  };

  const contextFor = (call: AppCall, signal: AbortSignal, own: { reader: Store | null; keyring: Keyring | null }): Context => {
    const store = storeFor(own);
    const bindTo = async (keyring: Keyring): Promise<Keyring> => {
      const opened = await store();
      return opened.ok ? bindKeyring(keyring, opened.data.info().storeId) : keyring;
    };
    const keyringIfUnlocked = async (): Promise<Keyring | null> => {
      if (own.keyring !== null) return own.keyring;
      if (call.credential !== null && existsSync(join(holdfastDir, 'keys.json'))) {
        const unlocked = await unlock(call.credential);
        if (unlocked.ok) own.keyring = await bindTo(unlocked.data);
        if (own.keyring !== null) return own.keyring;
      }
      return held === null ? null : bindTo(held);
    };
    return {
      actor: call.actor,
      clock,
      homeDir,
      holdfastDir,
      configDir: options.configDir,
      resourcesDir: options.resourcesDir,
      definitions: definitions.all,
      definition: () => definitions.present(store),
      store,
      createStore: async () => {
        const role = await changeRole(() => becomeOwner(true));
        if (!role.ok) return role;
        if (owned === null) return fail({ type: 'Conflict', what: 'Another process has just set this home up', items: [] });
        await own.reader?.close();
        own.reader = null;
        if (own.keyring !== null) own.keyring = bindKeyring(own.keyring, owned.store.info().storeId);
        return ok(owned.store);
      },
      read: async (fn) => {
        const opened = await store();
        return opened.ok ? ok(await opened.data.read(fn)) : opened;
      },
      commit: async (set, fn) => {
        const opened = await store();
        if (!opened.ok) return opened;
        const { user, door } = call.actor;
        return commitTo(opened.data, { user, door, keyring: await keyringIfUnlocked() }, set, fn);
      },
      keyring: async (what) => {
        if (call.credential !== null && own.keyring === null && existsSync(join(holdfastDir, 'keys.json'))) {
          const unlocked = await unlock(call.credential);
          if (!unlocked.ok) return unlocked;
          own.keyring = await bindTo(unlocked.data);
        }
        const keyring = await keyringIfUnlocked();
        return keyring === null ? locked(what) : ok(keyring);
      },
      keyringIfUnlocked,
      credential: call.credential,
      holdKeyring: (keyring) => {
        own.keyring = keyring === null ? null : bound(keyring);
        held = own.keyring;
      },
      file: (handle) => files.resolve(call.actor.session, handle),
      progress: (step, percent) => {
        if (call.jobId !== undefined) jobs.progress(call.jobId, step, percent);
      },
      signal,
      changed: (...topics) => options.emit({ type: 'changed', topics }),
      door: options.doorState,
    };
  };

  const runLocal = async (call: AppCall, peerSignal?: AbortSignal): Promise<Result<unknown>> => {
    const checked = checkCall(call.name, call.input, call.actor.role);
    if (!checked.ok) return checked;
    const job = jobs.start(call.jobId ?? null, call.name, call.actor.session, peerSignal);
    const own = { reader: null as Store | null, keyring: null as Keyring | null };
    try {
      const result = await runCall({ name: checked.name, spec: checked.spec, input: call.input }, contextFor(call, job.signal, own), (logId, what) =>
        options.log(`${clock.now()} ${logId} ${what}`),
      );
      job.end(result);
      if (result.ok && needsLock(checked.spec, call.input)) options.emit({ type: 'changed', topics: topicsOf(call.name) });
      return result;
    } finally {
      await own.reader?.close();
    }
  };

  /** Handles of this process mean nothing to the owner: its copies of them go with the call. */
  const forward = async (owner: OwnerClient, call: AppCall): Promise<Result<unknown>> => {
    const input = call.input;
    if (typeof input !== 'object' || input === null) return owner.call(call);
    const translate = async (value: unknown): Promise<unknown> => {
      if (typeof value === 'string' && value.startsWith('file_')) {
        const file = files.resolve(call.actor.session, value);
        const there = file.ok ? await owner.registerFile(call.actor.session, file.data) : file;
        return there.ok ? there.data : value;
      }
      if (typeof value === 'object' && value !== null && !Array.isArray(value) && ('file' in value || 'output' in value)) {
        return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, one]) => [key, await translate(one)])));
      }
      return value;
    };
    const translated = Object.fromEntries(
      await Promise.all(
        Object.entries(input).map(async ([key, value]: [string, unknown]) => [
          key,
          key === 'output' || key === 'file' || key === 'backup' ? await translate(value) : value,
        ]),
      ),
    );
    return owner.call({ ...call, input: translated });
  };

  /** Decides who answers: this process, or the owner of the home. */
  const route = async (writes: boolean): Promise<Result<'local' | OwnerClient>> => {
    if (owned !== null) return ok('local');
    if (client !== null) return ok(client);
    if (!existsSync(holdfastDir)) return ok('local');
    if (writes || stays(options.door)) {
      const role = await becomeOwner(false);
      if (role.ok) return client === null ? ok('local') : ok(client);
      // Reading goes on without the lock: the answer then says what is wrong with the store.
      return role.error.type === 'NotFound' || (!writes && role.error.type !== 'StoreLocked' && role.error.type !== 'OwnerVersionDiffers') ? ok('local') : role;
    }
    const owner = await findOwner({ holdfastDir });
    if (owner === null) return ok('local');
    const connected = await connectOwner(owner, hello());
    if (connected.ok) return ok(follow(connected.data));
    // It ended between being found and being asked.
    return connected.error.type === 'NotFound' ? ok('local') : connected;
  };

  /** A door that stays notices when another process sets this home up, or gives it up. */
  const watch = stays(options.door)
    ? setInterval(() => {
        if (owned === null && client === null && existsSync(holdfastDir)) void changeRole(() => route(false));
      }, 1500).unref()
    : null;

  return {
    dispatch: async (call) => {
      if (closed) return fail({ type: 'ReadOnly', reason: 'it is being closed' });
      const checked = checkCall(call.name, call.input, call.actor.role);
      if (!checked.ok) return checked;
      const routed = await changeRole(() => route(needsLock(checked.spec, call.input)));
      if (!routed.ok) return routed;
      if (routed.data === 'local') return runLocal(call);
      const answer = await forward(routed.data, call);
      if (answer.ok || answer.error.type !== 'StoreLocked' || routed.data.isOpen()) return answer;
      // The owner went away before it looked at the call, so asking once more where it is now cannot do it twice.
      const again = await changeRole(() => route(needsLock(checked.spec, call.input)));
      if (!again.ok) return again;
      return again.data === 'local' ? runLocal(call) : forward(again.data, call);
    },
    owns: () => owned !== null && stays(options.door),
    cancel: (jobId) => {
      jobs.cancel(jobId);
      client?.cancel(jobId);
    },
    close: async () => {
      if (closed) return;
      closed = true;
      if (watch !== null) clearInterval(watch);
      await roleChange;
      client?.close();
      if (owned !== null) {
        await owned.server.close();
        await owned.store.close();
        await owned.lock.release();
        owned = null;
      }
      held = null;
    },
  };
};
