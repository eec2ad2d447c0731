/**
 * What a door opens: zero or one home at a time, the list of homes it could open, and the jobs and files of its
 * callers. A door that stays can change its home; a CLI run never does.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { topics, type HoldfastEvent } from '../contract/events.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { AppCall, OpenAppOptions, OpenedApp } from './app-types.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Context, DoorState } from './context.ts';
import { checkCall, runCall } from './dispatch.ts';
import { createFileRegistry } from './files.ts';
import { openHome, type Home } from './home.ts';
import { ensureSample, homeCandidates, homeId, readKnown, rememberHome, samplePath } from './homes/known.ts';
import { createJobBook } from './jobs.ts';
import { createLog } from './log.ts';
import { loadDefinitions } from './definitions/load.ts';
import { noIndex } from './search/log-index.ts';
import { createAutoUnlock } from './secrets/auto-unlock.ts';
import { systemKeyring } from './secrets/system-keyring.ts';
import { realFs } from './store/fs.ts';
import { createActing } from './users/acting.ts';

export type { AppCall, OpenAppOptions, OpenedApp } from './app-types.ts';

/** Commands about this door, not about a home: never forwarded to another process. */
const homeless = ['home.list', 'home.open', 'preference.get', 'preference.set', 'job.list', 'job.cancel'];
/** These say more where there is a home, and answer without one too. */
const homeOptional = ['definition.list', 'definition.show', 'definition.check'];

const resolveHome = (dir: string): Result<string> => {
  const path = resolve(dir);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return fail({ type: 'NotFound', what: 'folder', name: dir });
  if (!stat.isDirectory()) return fail({ type: 'InputInvalid', field: 'home', problem: `${dir} is not a folder` });
  return ok(realpathSync(path));
};

/** As it was known before, else the folder's name until its store tells. */
const titleOf = (known: readonly { path: string; title: string }[], path: string): string =>
  known.find((home) => home.path === path)?.title ?? basename(path);

export type OpenApp = OpenedApp & {
  /** For the door's own folder dialog; a page can only name ids. */
  openHomeDir: (dir: string) => Promise<Result<{ path: string }>>;
  homeDir: () => string | null;
};

export const openApp = async (
  options: OpenAppOptions & { clock?: Clock; takeOver?: boolean; remember?: boolean },
): Promise<Result<OpenApp>> => {
  const clock = options.clock ?? systemClock;
  const listeners = new Set<(event: HoldfastEvent) => void>();
  const emit = (event: HoldfastEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const onEvent = (listener: (event: HoldfastEvent) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const files = createFileRegistry();
  const jobs = createJobBook(clock, emit);
  const acting = createActing();
  const log = createLog(options.configDir);
  const staysOpen = options.door === 'window' || options.door === 'browser';
  let home: { dir: string; session: Home } | null = null;

  const listHomes: DoorState['listHomes'] = async () => {
    const definitions = await loadDefinitions({
      homeDir: home?.dir ?? null,
      configDir: options.configDir,
      resourcesDir: options.resourcesDir,
    });
    const homes = homeCandidates(options, definitions.ok ? definitions.data : []);
    const current = home === null ? null : homeId(home.dir);
    if (home !== null && !homes.some((one) => one.id === current)) {
      homes.unshift({
        id: homeId(home.dir),
        title: basename(home.dir),
        path: home.dir,
        origin: 'known',
        definition: null,
        hasStore: existsSync(`${home.dir}/.holdfast`),
      });
    }
    return { current, homes };
  };

  const doorState: DoorState = {
    listHomes,
    openHome: async (id) => {
      const found = (await listHomes()).homes.find((one) => one.id === id);
      if (found === undefined) return fail({ type: 'NotFound', what: 'home', name: id });
      if (found.path === samplePath(options.configDir)) ensureSample(options.configDir, options.resourcesDir);
      return openHomeDir(found.path);
    },
    jobs: jobs.list,
    cancelJob: (jobId, session) => {
      home?.session.cancel(jobId);
      return jobs.cancel(jobId, session);
    },
    running: () => home?.session.owns() ?? false,
  };

  const openHomeDir = async (dir: string): Promise<Result<{ path: string }>> => {
    const path = resolveHome(dir);
    if (!path.ok) return path;
    await home?.session.close();
    // The same home again: who is chosen in another session stays chosen.
    if (home?.dir !== path.data) acting.clear();
    const remember = (title: string): void => {
      if (staysOpen || options.remember === true) rememberHome(options.configDir, path.data, title, clock.now());
    };
    const session = openHome({
      ...options,
      homeDir: path.data,
      clock,
      files,
      jobs,
      doorState,
      emit,
      onEvent,
      log,
      onTitle: remember,
      takeOver: options.takeOver ?? false,
    });
    home = { dir: path.data, session };
    if (staysOpen) await session.settle();
    remember(titleOf(readKnown(options.configDir).homes, path.data));
    emit({ type: 'changed', topics: ['home', 'status'] });
    return ok({ path: path.data });
  };

  const noHome = (): Promise<Extract<Result<never>, { ok: false }>> =>
    Promise.resolve(fail({ type: 'NotFound', what: 'home', name: '' }));

  /** The same handlers as with a home, in a context that has none. */
  const withoutHome = (call: AppCall): Promise<Result<unknown>> => {
    const checked = checkCall(call.name, call.input, call.actor.role);
    if (!checked.ok) return Promise.resolve(checked);
    if (![...homeless, ...homeOptional].includes(checked.name)) return noHome();
    const ctx: Context = {
      actor: call.actor,
      clock,
      homeDir: '',
      holdfastDir: '',
      configDir: options.configDir,
      resourcesDir: options.resourcesDir,
      definitions: () => loadDefinitions({ ...options, homeDir: null }),
      definition: () => Promise.resolve(null),
      store: noHome,
      createStore: noHome,
      exclusively: noHome,
      readOnly: () => null,
      read: noHome,
      commit: noHome,
      commitInSteps: noHome,
      keyring: noHome,
      keyringIfUnlocked: () => Promise.resolve(null),
      credential: null,
      keysFs: options.keysFs ?? realFs,
      autoUnlock: createAutoUnlock(options.systemKeyring ?? systemKeyring),
      holdKeyring: () => undefined,
      file: (handle) => files.resolve(call.actor.session, handle),
      progress: () => undefined,
      logIndex: noIndex,
      runtime: { loaded: null },
      signal: new AbortController().signal,
      changed: (...changedTopics) => emit({ type: 'changed', topics: changedTopics }),
      door: doorState,
    };
    return runCall({ name: checked.name, spec: checked.spec, input: call.input }, ctx, (logId, what) =>
      log(`${clock.now()} ${logId} ${what}`),
    );
  };

  if (options.homeDir !== null) {
    const opened = await openHomeDir(options.homeDir);
    if (!opened.ok) return opened;
  }
  return ok({
    dispatch: async (call) => {
      if (home === null || homeless.includes(call.name)) return withoutHome(call);
      const result = await home.session.dispatch(acting.as(call));
      if (acting.note(call, result)) emit({ type: 'changed', topics: [...topics] });
      return result;
    },
    onEvent,
    files,
    dropSession: (session) => {
      files.drop(session);
      jobs.dropSession(session);
      acting.drop(session);
    },
    openHomeDir,
    homeDir: () => home?.dir ?? null,
    close: async () => {
      await home?.session.close();
      home = null;
    },
  });
};
