/** Makes the `Context` of one call: the home's parts as this caller may use them, released when the call is over. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Failure, type Result } from '../contract/result.ts';
import type { AppCall } from './app-types.ts';
import { createChangeWriter, type ChangeSetOptions, type ChangeWriter } from './changes/write.ts';
import type { Clock } from './clock.ts';
import type { Context } from './context.ts';
import type { Definition } from './definitions/types.ts';
import type { DefinitionSource } from './homes/definition-source.ts';
import type { OpenHomeOptions } from './home.ts';
import { markDue } from './mirrors/due.ts';
import type { MirrorKeeper } from './mirrors/keeper.ts';
import type { Role } from './role.ts';
import type { LogIndex } from './search/log-index.ts';
import type { AutoUnlock } from './secrets/auto-unlock.ts';
import { homeKeys } from './secrets/home-keys.ts';
import { lockGuard } from './settings/locks.ts';
import type { RuntimeConfig } from './settings/runtime.ts';
import type { IdleLock } from './secrets/idle-lock.ts';
import { bindKeyring, unlockKeys } from './secrets/keyring.ts';
import type { Keyring } from './secrets/types.ts';
import { realFs } from './store/fs.ts';
import type { Steps } from './store/steps.ts';
import type { StepsOptions, Store, Tx } from './store/types.ts';

/** The keys this process holds unlocked between calls; null while locked. */
export type HeldKeys = {
  keyring: Keyring | null;
  auto: AutoUnlock;
  /** Keys that nobody uses for a while are locked again. */
  idle: Pick<IdleLock, 'used' | 'check'>;
};

export type CallParts = {
  options: OpenHomeOptions;
  holdfastDir: string;
  definitions: DefinitionSource;
  role: Role;
  held: HeldKeys;
  logIndex: LogIndex;
  mirrors: MirrorKeeper;
  runtime: RuntimeConfig;
};

type Committer = {
  user: string;
  door: string;
  keyring: Keyring | null;
  /** Says which mirrored file a new value belongs to, and what it locks. */
  definition?: Definition | null;
  mirrors?: MirrorKeeper;
};

/** A change set in its transaction: `finish` is asked with what the caller's own work came to. */
const changeSetIn = (tx: Tx, clock: Clock, by: Committer, set: ChangeSetOptions) => {
  const about = {
    ...set,
    actor: by.user,
    door: set.door ?? by.door,
    at: clock.now(),
    uid: clock.newId(),
    keyring: by.keyring,
  };
  const writer = createChangeWriter(tx, about);
  const refusedBy = lockGuard(tx, by.definition ?? null, set.kind);
  const finish = <T>(result: Result<T>): Result<T> => {
    if (!result.ok) return result;
    const changed = writer.changed();
    const refused = refusedBy(changed);
    if (refused !== null) return refused;
    if (changed.some((subject) => subject.kind === 'mirror')) by.mirrors?.wake();
    if (by.mirrors?.active() === true) markDue(writer, changed, by.definition ?? null);
    writer.finish();
    return result;
  };
  return { writer, finish };
};

/** One transaction, one change set, sealed while there are keys. */
export const commitTo = <T>(
  store: Store,
  clock: Clock,
  by: Committer,
  set: ChangeSetOptions,
  fn: (changes: ChangeWriter) => Result<T>,
): Promise<Result<T>> =>
  store.transact((tx) => {
    const { writer, finish } = changeSetIn(tx, clock, by, set);
    return finish(fn(writer));
  });

const commitStepsTo = <T>(
  store: Store,
  clock: Clock,
  by: Committer,
  set: ChangeSetOptions & StepsOptions,
  fn: (changes: ChangeWriter) => Steps<Result<T>>,
): Promise<Result<T>> =>
  store.transactInSteps(function* (tx) {
    const { writer, finish } = changeSetIn(tx, clock, by, set);
    return finish(yield* fn(writer));
  }, set);

const locked = async (parts: CallParts, store: () => Promise<Result<Store>>, what: string): Promise<Failure> => {
  const keys = await homeKeys(parts.holdfastDir, store);
  if (!keys.ok) return keys;
  const none = keys.data === null;
  const choices = none
    ? ['a passphrase with --passphrase-file FILE', 'a recovery code with --recovery-code-out FILE']
    : ['unlock with the passphrase (--passphrase-file FILE)', 'unlock with the recovery code'];
  return fail({
    type: 'SecretsLocked',
    what: `${what}, and ${none ? 'this home has no keys yet' : 'the keys are locked'}`,
    choices,
  });
};

/** Keys for one call: opened by its own credential, else those held. */
const createCallKeys = (parts: CallParts, call: AppCall, store: () => Promise<Result<Store>>) => {
  const { held, holdfastDir } = parts;
  let own: Keyring | null = null;
  const bind = async (keyring: Keyring): Promise<Keyring> => {
    const opened = await store();
    return opened.ok ? bindKeyring(keyring, opened.data.info().storeId) : keyring;
  };
  /** Null when the call brings no credential, or there are no keys to open. */
  const unlock = async (): Promise<Result<Keyring> | null> => {
    if (call.credential === null || !existsSync(join(holdfastDir, 'keys.json'))) return null;
    const keys = await homeKeys(holdfastDir, store);
    if (!keys.ok) return keys;
    return keys.data === null ? null : unlockKeys(keys.data.file, call.credential);
  };
  const open = async (): Promise<Result<Keyring> | null> => {
    if (own !== null) return ok(own);
    const unlocked = await unlock();
    if (unlocked?.ok === true) own = await bind(unlocked.data);
    return own === null ? unlocked : ok(own);
  };
  /** By the slot of the system's keyring, where there is one that was not asked yet. */
  const byKeyring = async (): Promise<Keyring | null> => {
    const keys = await homeKeys(holdfastDir, store);
    return keys.ok && keys.data !== null ? held.auto.once(keys.data.file) : null;
  };
  return {
    rebind: async (): Promise<void> => {
      if (own !== null) own = await bind(own);
      if (held.keyring !== null) held.keyring = await bind(held.keyring);
    },
    ifUnlocked: async (): Promise<Keyring | null> => {
      const opened = await open();
      if (opened?.ok === true) return opened.data;
      held.idle.check();
      return held.keyring === null ? null : bind(held.keyring);
    },
    need: async (what: string): Promise<Result<Keyring>> => {
      const opened = await open();
      if (opened !== null) return opened;
      held.idle.check();
      held.keyring ??= await byKeyring();
      held.idle.used();
      return held.keyring === null ? locked(parts, store, what) : ok(await bind(held.keyring));
    },
    hold: (keyring: Keyring | null): void => {
      own = keyring;
      // Keys that a call opened with its own credential are for that call alone.
      if (keyring === null || call.credential === null) held.keyring = keyring;
      held.idle.used();
    },
  };
};

export const openCallContext = (
  parts: CallParts,
  call: AppCall,
  signal: AbortSignal,
): { context: Context; release: () => Promise<void> } => {
  const { options, role, definitions, holdfastDir } = parts;
  const { clock, files, jobs } = options;
  let reader: Store | null = null;
  const store = async (): Promise<Result<Store>> => {
    const owned = role.owned();
    if (owned !== null) return ok(owned);
    if (reader !== null) return ok(reader);
    const opened = await role.openReader();
    if (opened.ok) reader = opened.data;
    return opened;
  };
  const release = async (): Promise<void> => {
    await reader?.close();
    reader = null;
  };
  const keys = createCallKeys(parts, call, store);
  const committed = async <T>(
    set: ChangeSetOptions,
    commit: (opened: Store, by: Committer) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const opened = await store();
    if (!opened.ok) return opened;
    const { user, door } = call.actor;
    const keyring = await keys.ifUnlocked();
    const { mirrors } = parts;
    // Edits and events were asked about the definition's locks by their own handlers.
    const asks = mirrors.active() || (set.kind !== 'edit' && set.kind !== 'event');
    const definition = asks ? await definitions.present(store) : null;
    const result = await commit(opened.data, { user, door, keyring, definition, mirrors });
    // After the save, before its answer: what was saved is what the application reads.
    if (result.ok && mirrors.active() && (await mirrors.flush(opened.data, keyring)))
      options.emit({ type: 'changed', topics: ['status', 'migration'] });
    return result;
  };
  const context: Context = {
    actor: call.actor,
    clock,
    homeDir: options.homeDir,
    holdfastDir,
    configDir: options.configDir,
    resourcesDir: options.resourcesDir,
    definitions: definitions.all,
    definition: () => definitions.present(store),
    store,
    createStore: async () => {
      const created = await role.create();
      if (!created.ok) return created;
      await release();
      await keys.rebind();
      return created;
    },
    exclusively: async (work) => {
      await release();
      return role.exclusively(work);
    },
    readOnly: role.readOnly,
    read: async (fn) => {
      const opened = await store();
      return opened.ok ? ok(await opened.data.read(fn)) : opened;
    },
    commit: (set, fn) => committed(set, (opened, by) => commitTo(opened, clock, by, set, fn)),
    commitInSteps: (set, fn) => committed(set, (opened, by) => commitStepsTo(opened, clock, by, set, fn)),
    keyring: keys.need,
    keyringIfUnlocked: keys.ifUnlocked,
    credential: call.credential,
    keysFs: options.keysFs ?? realFs,
    autoUnlock: parts.held.auto,
    holdKeyring: keys.hold,
    file: (handle) => files.resolve(call.actor.session, handle),
    progress: (step, percent) => {
      if (call.jobId !== undefined) jobs.progress(call.jobId, step, percent);
    },
    logIndex: parts.logIndex,
    runtime: parts.runtime,
    signal,
    changed: (...topics) => options.emit({ type: 'changed', topics }),
    door: options.doorState,
  };
  return { context, release };
};
