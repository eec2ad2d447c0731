/**
 * One open home: `openHome` is the one place that wires store, keys, lock, socket and dispatch together. A call is
 * answered here, or by the process that owns the home; the caller cannot tell.
 */
import { join } from 'node:path';
import type { HoldfastEvent, Topic } from '../contract/events.ts';
import { topics } from '../contract/events.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { AppCall, OpenAppOptions } from './app-types.ts';
import { commitTo, openCallContext, type HeldKeys } from './call-context.ts';
import type { Clock } from './clock.ts';
import type { DoorState } from './context.ts';
import { checkCall, needsLock, runCall, type Checked } from './dispatch.ts';
import type { FileRegistry } from './files.ts';
import { createDefinitionSource } from './homes/definition-source.ts';
import { allowNetworkHome, isNetworkHomeAllowed } from './homes/network-homes.ts';
import type { JobBook } from './jobs.ts';
import type { OwnerClient } from './owner/connect.ts';
import { createRole } from './role.ts';
import { bindKeyring } from './secrets/keyring.ts';
import type { Store } from './store/types.ts';
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
  if (noun === 'settings') return ['settings', 'audit', 'status'];
  if (noun === 'secret') return ['secrets', 'audit', 'status', 'settings'];
  if (noun === 'migration' || noun === 'setup' || noun === 'recovery' || noun === 'schema')
    return topics.filter((topic) => topic !== 'jobs' && topic !== 'home');
  if (noun === 'backup') return ['backups', 'settings', 'integrations', 'audit', 'status'];
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
  const handleFields = ['file', 'output', 'backup'];
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
  const held: HeldKeys = { keyring: null };
  const stays = options.door === 'window' || options.door === 'browser';
  const running = new Set<Promise<unknown>>();
  let closed = false;

  /** What the open found and set aside becomes an entry of the log, once. */
  const takeOwnership = async (store: Store): Promise<void> => {
    if (held.keyring !== null) held.keyring = bindKeyring(held.keyring, store.info().storeId);
    const definition = await definitions.present(() => Promise.resolve(ok(store)));
    if (definition !== null) options.onTitle(definition.title);
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

  const runLocal = async (checked: Checked, call: AppCall, peerSignal?: AbortSignal): Promise<Result<unknown>> => {
    const writes = needsLock(checked.spec, call.input);
    // Not only the store: nothing at all is written beside files that are not ours any more.
    const reason = writes ? role.readOnly() : null;
    if (reason !== null) return fail({ type: 'ReadOnly', reason });
    const job = jobs.start(call.jobId ?? null, call.name, call.actor.session, peerSignal);
    const { context, release } = openCallContext({ options, holdfastDir, definitions, role, held }, call, job.signal);
    try {
      const result = await runCall({ ...checked, input: call.input }, context, (logId, what) =>
        options.log(`${clock.now()} ${logId} ${what}`),
      );
      job.end(result);
      if (result.ok && writes) options.emit({ type: 'changed', topics: topicsOf(call.name) });
      return result;
    } finally {
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
      // A job ends at its next safe place; a call that is under way gets its answer before the store goes.
      jobs.cancelAll();
      await Promise.allSettled(running);
      await role.close();
      held.keyring = null;
    },
  };
};
