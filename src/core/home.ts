/**
 * One open home: `openHome` is the one place that wires store, keys, lock, socket and dispatch together. A call is
 * answered here, or by the process that owns the home; the caller cannot tell.
 */
import { join } from 'node:path';
import type { HoldfastError } from '../contract/errors.ts';
import type { HoldfastEvent, Topic } from '../contract/events.ts';
import { topics } from '../contract/events.ts';
import type { JsonValue } from '../contract/json.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { AppCall, OpenAppOptions } from './app-types.ts';
import { createLogWatch } from './audit/log-watch.ts';
import { createOutsideWatch, foundAction } from './audit/outside/watch.ts';
import { createRetentionKeeper } from './audit/retention/keeper.ts';
import { createBackupKeeper, type KeeperOptions } from './backup/keeper.ts';
import { commitTo, openCallContext, type HeldKeys } from './call-context.ts';
import type { Clock } from './clock.ts';
import type { DoorState } from './context.ts';
import { checkCall, needsLock, runCall, type Checked } from './dispatch.ts';
import type { FileRegistry } from './files.ts';
import { createDefinitionSource } from './homes/definition-source.ts';
import { readKnown } from './homes/known.ts';
import { allowNetworkHome, isNetworkHomeAllowed } from './homes/network-homes.ts';
import type { JobBook } from './jobs.ts';
import type { OwnerClient } from './owner/connect.ts';
import { createMirrorKeeper } from './mirrors/keeper.ts';
import { legacyFilesOf } from './mirrors/known.ts';
import { watchLegacyFiles } from './mirrors/watch.ts';
import { createRole } from './role.ts';
import { createLogIndex } from './search/log-index.ts';
import { createAutoUnlock } from './secrets/auto-unlock.ts';
import { homeKeys } from './secrets/home-keys.ts';
import { createIdleLock, everyQuarterMinute } from './secrets/idle-lock.ts';
import { bindKeyring } from './secrets/keyring.ts';
import { systemKeyring } from './secrets/system-keyring.ts';
import type { Keyring } from './secrets/types.ts';
import type { RuntimeConfig } from './settings/runtime.ts';
import { realFs } from './store/fs.ts';
import type { Store } from './store/types.ts';
import { resolveActor } from './users/roles.ts';
import { createTrialKeeper } from './versions/trial-keeper.ts';
import { inspectVolume } from './volume.ts';

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
  /** What this home is called, once its store tells: for the list of known homes. */
  onTitle: (title: string) => void;
  takeOver: boolean;
};

export type Home = {
  dispatch: (call: AppCall) => Promise<Result<unknown>>;
  /** True while this process holds the lock for a door that stays. */
  owns: () => boolean;
  cancel: (jobId: string) => void;
  /** Takes the role that this door wants, so that a door that stays owns its home before it says that it is there. */
  settle: () => Promise<void>;
  close: () => Promise<void>;
};

/** What each noun's successful write makes worth reading again. */
const topicsOf = (name: string): Topic[] => {
  const noun = name.split('.')[0];
  // Undo and redo go through `settings` whatever they take back.
  if (name === 'settings.undo' || name === 'settings.redo')
    return ['settings', 'integrations', 'records', 'users', 'audit', 'status'];
  if (noun === 'versions' || noun === 'trial' || noun === 'bundle' || noun === 'template')
    return ['settings', 'integrations', 'records', 'users', 'audit', 'status', 'secrets'];
  if (noun === 'user') return ['users', 'settings', 'audit', 'status'];
  if (noun === 'settings') return ['settings', 'audit', 'status'];
  if (noun === 'secret') return ['secrets', 'audit', 'status', 'settings'];
  if (noun === 'migration' || noun === 'setup' || noun === 'recovery' || noun === 'schema')
    return topics.filter((topic) => topic !== 'jobs' && topic !== 'home');
  if (name === 'audit.settle-outside') return topics.filter((topic) => topic !== 'jobs' && topic !== 'home');
  if (noun === 'records') return ['records', 'audit', 'status'];
  if (noun === 'integration') return ['integrations', 'audit', 'status'];
  if (noun === 'metrics') return ['metrics', 'audit'];
  if (noun === 'backup')
    return ['backups', 'settings', 'secrets', 'integrations', 'records', 'metrics', 'users', 'audit', 'status'];
  return ['status'];
};

/** One that is for a store that cannot be opened takes the lock itself. */
const opensStoreFirst = (name: string): boolean => !['recovery.open', 'schema.upgrade', 'schema.stamp'].includes(name);

/** Handles of this process mean nothing to the owner: it gets handles of its own for the same files. */
const forward = async (owner: OwnerClient, call: AppCall, files: FileRegistry): Promise<Result<unknown>> => {
  const translate = async (value: unknown): Promise<unknown> => {
    if (typeof value === 'string') {
      const file = files.resolve(call.actor.session, value);
      const there = file.ok ? await owner.registerFile(call.actor.session, file.data) : file;
      return there.ok ? there.data : value;
    }
    return isRecord(value) ? translateFields(value) : value;
  };
  // Only these fields of the contract hold handles; another string that looks like one is a value.
  const handleFields = ['file', 'output', 'backup', 'anchor'];
  const translateFields = async (record: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const fields = Object.entries(record).map(async ([name, value]): Promise<[string, unknown]> => [
      name,
      handleFields.includes(name) ? await translate(value) : value,
    ]);
    return Object.fromEntries(await Promise.all(fields));
  };
  return owner.call({ ...call, input: isRecord(call.input) ? await translateFields(call.input) : call.input });
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const openHome = (options: OpenHomeOptions): Home => {
  const { homeDir, clock, files, jobs } = options;
  const holdfastDir = join(homeDir, '.holdfast');
  const definitions = createDefinitionSource({
    homeDir,
    configDir: options.configDir,
    resourcesDir: options.resourcesDir,
  });
  if (options.allowNetworkHome === true) allowNetworkHome(options.configDir, homeDir);
  const idle = createIdleLock({
    minutes: () => readKnown(options.configDir).lockAfterMinutes ?? null,
    now: Date.now,
    isOpen: () => held.keyring !== null,
    lock: () => lockIdle(),
    every: options.door === 'cli' ? null : everyQuarterMinute,
  });
  const held: HeldKeys = { keyring: null, auto: createAutoUnlock(options.systemKeyring ?? systemKeyring), idle };
  const stays = options.door === 'window' || options.door === 'browser';
  const ownActor = { user: 'holdfast', role: 'admin', door: options.door, session: 'holdfast' } as const;
  const running = new Set<Promise<unknown>>();
  let closed = false;
  const mirrors = createMirrorKeeper({
    homeDir,
    clock,
    definition: (store) => definitions.present(() => Promise.resolve(ok(store))),
    fs: options.mirrorFs,
    log: options.log,
  });

  const watching = stays
    ? watchLegacyFiles({
        homeDir,
        polling: (options.inspectVolume ?? inspectVolume)(homeDir).kind !== 'local',
        onChange: () => options.emit({ type: 'changed', topics: ['status', 'migration'] }),
      })
    : null;
  const noteKeys = async (store: Store, action: 'lock' | 'unlock', detail: JsonValue, keyring: Keyring) => {
    const by = { user: 'holdfast', door: options.door, keyring };
    await commitTo(store, clock, by, { kind: 'event' }, (changes) => {
      changes.event('keys', '', action, detail);
      return ok(null);
    });
    options.emit({ type: 'changed', topics: topicsOf('secret.unlock') });
  };
  const lockIdle = (): void => {
    const { keyring } = held;
    const store = role.owned();
    held.keyring = null;
    held.auto.stop();
    if (keyring !== null && store !== null) void track(noteKeys(store, 'lock', { idle: true }, keyring));
  };
  /** A door that stays opens the keys by itself where the system's keyring can; the home does not wait for it. */
  const openByItself = async (store: Store): Promise<void> => {
    const keys = await homeKeys(holdfastDir, () => Promise.resolve(ok(store)));
    if (!keys.ok || keys.data === null) return;
    const keyring = await held.auto.once(keys.data.file);
    if (keyring === null || held.keyring !== null || closed || role.owned() !== store) return;
    held.keyring = bindKeyring(keyring, store.info().storeId);
    idle.used();
    await noteKeys(store, 'unlock', { slot: 'keyring' }, held.keyring);
  };
  const followFiles = async (store: Store): Promise<void> => {
    const definition = watching === null ? null : await definitions.present(() => Promise.resolve(ok(store)));
    await watching?.follow(await store.read((reader) => legacyFilesOf(reader, definition)));
  };

  const keeping: KeeperOptions = {
    owns: () => !closed && role.owned() !== null,
    now: clock.now,
    // The contract's own types: what a command answers was checked where it was made.
    call: async (name, input) => {
      // Listed as a job, so that closing and a person can cancel it.
      const jobId = `job_${clock.newId()}`;
      const call = { name, input, actor: ownActor, credential: null };
      const isLook = name === 'backup.policy' || name === 'audit.retention';
      return (await track(answer(isLook ? call : { ...call, jobId }))) as never;
    },
  };
  const keepers = stays ? [createBackupKeeper(keeping), createRetentionKeeper(keeping)] : [];

  const logWatch = createLogWatch({
    configDir: options.configDir,
    log: (line) => options.log(`${clock.now()} ${line}`),
    note: (store, detail) =>
      commitTo(
        store,
        clock,
        { user: 'holdfast', door: options.door, keyring: held.keyring },
        { kind: 'event' },
        (changes) => {
          changes.event('store', '', 'tampering', detail);
          return ok(null);
        },
      ),
  });

  const outside = createOutsideWatch({
    holdfastDir,
    keyring: () => held.keyring,
    definition: (store) => definitions.present(() => Promise.resolve(ok(store))),
    note: (store, detail) => {
      const by = { user: 'holdfast', door: options.door, keyring: held.keyring };
      return commitTo(store, clock, by, { kind: 'event' }, (changes) => {
        changes.event('store', '', foundAction, detail);
        return ok(null);
      });
    },
    onFound: () => options.emit({ type: 'changed', topics: ['status', 'audit'] }),
    log: (line) => options.log(`${clock.now()} ${line}`),
  });

  const trials = createTrialKeeper({
    clock,
    stays,
    owned: () => (closed ? null : role.owned()),
    commit: (store) => async (set, fn) => {
      const { keyring } = held;
      const definition = await definitions.present(() => Promise.resolve(ok(store)));
      const by = { user: 'holdfast', door: options.door, keyring, definition, mirrors };
      const done = await commitTo(store, clock, by, set, fn);
      if (done.ok && mirrors.active()) await mirrors.flush(store, keyring);
      return done;
    },
    onEnded: () => options.emit({ type: 'changed', topics: topicsOf('trial.end') }),
  });

  /** What the open found and set aside becomes an entry of the log, once. */
  const takeOwnership = async (store: Store): Promise<void> => {
    if (held.keyring !== null) held.keyring = bindKeyring(held.keyring, store.info().storeId);
    if (stays) logIndex.keep(store);
    if (stays && held.keyring === null) void track(openByItself(store));
    const definition = await definitions.present(() => Promise.resolve(ok(store)));
    if (definition !== null) options.onTitle(definition.title);
    // What a save still owed to a mirrored file when the last process ended.
    await mirrors.begin(store, held.keyring);
    await followFiles(store);
    await logWatch.opened(store);
    await trials.begin(store);
    if (stays) void track(outside.opened(store));
    const notices = store.notices().filter((notice) => notice.id.startsWith('torn-tail'));
    if (notices.length === 0) return;
    await commitTo(
      store,
      clock,
      { user: 'holdfast', door: options.door, keyring: null },
      { kind: 'event' },
      (changes) => {
        for (const notice of notices) changes.event('store', '', 'torn-tail', { message: notice.message });
        return ok(null);
      },
    );
  };

  const runtime: RuntimeConfig = { loaded: null };

  /** A key that did not open something is an entry, whatever command it was given to; `secret.unlock` writes its own. */
  const noteWrongKey = async (store: Store, call: AppCall, error: HoldfastError): Promise<void> => {
    if (error.type !== 'WrongKey' || call.credential === null || call.name === 'secret.unlock') return;
    const slot = 'passphrase' in call.credential ? 'passphrase' : 'recovery';
    const by = { user: call.actor.user, door: call.actor.door, keyring: held.keyring };
    await commitTo(store, clock, by, { kind: 'event' }, (changes) => {
      changes.event('keys', '', 'unlock-failed', { slot, for: call.name });
      return ok(null);
    });
    options.emit({ type: 'changed', topics: ['audit'] });
  };

  const runLocal = async (checked: Checked, call: AppCall, peerSignal?: AbortSignal): Promise<Result<unknown>> => {
    const writes = needsLock(checked.spec, call.input);
    // Not only the store: nothing at all is written beside files that are not ours any more.
    const reason = writes ? role.readOnly() : null;
    if (reason !== null) return fail({ type: 'ReadOnly', reason });
    await trials.due();
    const job = jobs.start(call.jobId ?? null, call.name, call.actor.session, peerSignal);
    if (call.name === 'recovery.open') logWatch.expectOther(true);
    const { context, release } = openCallContext(
      { options, holdfastDir, definitions, role, held, logIndex, mirrors, runtime },
      call,
      job.signal,
    );
    try {
      const actor = await resolveActor(context, checked, call.input);
      const result = actor.ok
        ? await runCall({ ...checked, input: call.input }, { ...context, actor: actor.data }, (logId, what) =>
            options.log(`${clock.now()} ${logId} ${what}`),
          )
        : actor;
      job.end(result);
      const store = role.owned();
      if (store !== null && !result.ok) await noteWrongKey(store, call, result.error);
      // A migration may have brought files that were not known before.
      if (result.ok && writes && store !== null && /^(?:migration|setup|mirror)\./u.test(call.name))
        await followFiles(store);
      if (result.ok && writes && /^(?:settings|versions|trial)\./u.test(call.name)) await trials.look();
      if (result.ok && writes) options.emit({ type: 'changed', topics: topicsOf(call.name) });
      return result;
    } finally {
      if (call.name === 'recovery.open') logWatch.expectOther(false);
      await release();
    }
  };

  /** Another process's call was checked there by its own build: here it is checked by ours. */
  const runForPeer = async (call: AppCall, signal: AbortSignal): Promise<Result<unknown>> => {
    const checked = checkCall(call.name, call.input, call.actor.role);
    return checked.ok ? runLocal(checked, call, signal) : checked;
  };

  const role = createRole({
    homeDir,
    holdfastDir,
    clock,
    stays,
    takeOver: options.takeOver,
    inspectVolume: options.inspectVolume ?? inspectVolume,
    networkAllowed: () => isNetworkHomeAllowed(options.configDir, homeDir),
    serve: {
      onCall: (call, peer) => track(runForPeer(call, peer.signal)),
      onEvent: options.onEvent,
      registerFile: files.register,
      dropSession: (session) => {
        files.drop(session);
        jobs.dropSession(session);
      },
    },
    onOwned: takeOwnership,
    onClient: (client) => client.on(options.emit),
    onChange: () => options.emit({ type: 'changed', topics: [...topics] }),
  });

  const logIndex = createLogIndex({
    fs: realFs,
    dir: holdfastDir,
    mayWrite: () => role.owned() !== null && role.readOnly() === null,
    log: (line) => options.log(`${clock.now()} ${line}`),
  });

  /** Closing waits for these: from the first question who answers to the answer. */
  const track = <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    return work.finally(() => running.delete(work));
  };

  const ask = async (checked: Checked, call: AppCall): Promise<{ answer: Result<unknown>; lost: boolean }> => {
    const writes = needsLock(checked.spec, call.input) && opensStoreFirst(checked.name);
    const routed = await role.route(writes);
    if (!routed.ok) return { answer: routed, lost: false };
    if (routed.data === 'local') return { answer: await runLocal(checked, call), lost: false };
    const answer = await forward(routed.data, call, files);
    return { answer, lost: !answer.ok && answer.error.type === 'StoreLocked' && !routed.data.isOpen() };
  };

  const answer = async (call: AppCall): Promise<Result<unknown>> => {
    const checked = checkCall(call.name, call.input, call.actor.role);
    if (!checked.ok) return checked;
    const first = await ask(checked, call);
    // The owner went away before it looked at the call, so asking once more where it is now cannot do it twice.
    return first.lost ? (await ask(checked, call)).answer : first.answer;
  };

  return {
    dispatch: (call) =>
      closed ? Promise.resolve(fail({ type: 'ReadOnly', reason: 'it is being closed' })) : track(answer(call)),
    owns: () => stays && role.owned() !== null,
    cancel: (jobId) => {
      jobs.cancel(jobId);
      role.client()?.cancel(jobId);
    },
    settle: async () => {
      // What stands in the way is told by the first command, not here.
      await track(role.route(false));
    },
    close: async () => {
      if (closed) return;
      closed = true;
      idle.close();
      for (const keeper of keepers) keeper.stop();
      trials.stop();
      outside.stop();
      // A job ends at its next safe place; a call that is under way gets its answer before the store goes.
      jobs.cancelAll();
      await Promise.allSettled(running);
      await logIndex.close();
      await watching?.close();
      await logWatch.closing(role.owned());
      await role.close();
      held.keyring = null;
    },
  };
};
