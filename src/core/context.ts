/**
 * What a handler is given. Handlers never see sockets, sessions or Electron; they see the home, its store, its keys and
 * the caller's files, all through this one object.
 */
import type { CommandName, Input, Output } from '../contract/commands.ts';
import type { Permission } from '../contract/command.ts';
import type { Topic } from '../contract/events.ts';
import type { Result } from '../contract/result.ts';
import type { ChangeSetOptions, ChangeWriter } from './changes/write.ts';
import type { Clock } from './clock.ts';
import type { Definition } from './definitions/types.ts';
import type { LogIndex } from './search/log-index.ts';
import type { RuntimeConfig } from './settings/runtime.ts';
import type { AutoUnlock } from './secrets/auto-unlock.ts';
import type { Keyring } from './secrets/types.ts';
import type { Steps } from './store/steps.ts';
import type { Reader, StepsOptions, Store, StoreFs } from './store/types.ts';

export type Door = 'window' | 'browser' | 'cli' | 'wizard' | 'migration' | 'restore' | 'api';

export type Actor = {
  user: string;
  role: Permission;
  door: Door;
  session: string;
  /** The session chose to act as this profile. Without that the name is the account's, or was given with the call. */
  chosen?: boolean;
};

/** What the caller can open keys with for this one call. */
export type Credential = { passphrase: string } | { recoveryCode: string };

/** A file that the caller's door registered. `path` is absolute and was chosen by the person, not by the page. */
export type CallerFile = { path: string; name: string; use: 'read' | 'write' };

export type Context = {
  actor: Actor;
  clock: Clock;
  /** Absolute real path of the home; `<homeDir>/.holdfast` is the store's folder. */
  homeDir: string;
  holdfastDir: string;
  /** Holdfast's own folder: known homes, preferences, drafts, user definitions. */
  configDir: string;
  resourcesDir: string;
  /** All usable definitions, the home's and user's own first. */
  definitions: () => Promise<Result<Definition[]>>;
  /** The definition this home was migrated with, else null. */
  definition: () => Promise<Definition | null>;
  /**
   * The store as this process may see it. `NotFound` when the home has none. For a write command the process owns the
   * lock by now, and `createStore` (migrate, setup) makes `.holdfast/` and an empty store when there is none.
   */
  store: () => Promise<Result<Store>>;
  createStore: () => Promise<Result<Store>>;
  /**
   * Runs `work` while this process holds the lock and nobody has the store open, then opens it again: for what replaces
   * the store's files. Errors: those of the lock and of opening, `ReadOnly`, `Conflict` when another process is the owner.
   */
  exclusively: <T>(work: () => Promise<Result<T>>) => Promise<Result<T>>;
  /** Why nothing can be changed here; null when it can. */
  readOnly: () => string | null;
  /** Reads from the store between rounds; fails as `store` does. */
  read: <T>(fn: (db: Reader) => T) => Promise<Result<T>>;
  /** Runs `fn` as one transaction and one change set (see changes/write.ts), sealed while keys are unlocked. */
  commit: <T>(options: ChangeSetOptions, fn: (changes: ChangeWriter) => Result<T>) => Promise<Result<T>>;
  /** The same for work of seconds: the door goes on between its steps, while everything that reads the store waits. */
  commitInSteps: <T>(
    options: ChangeSetOptions & StepsOptions,
    fn: (changes: ChangeWriter) => Steps<Result<T>>,
  ) => Promise<Result<T>>;
  /** Unlocked keys: by the call's credential, else as unlocked before. `SecretsLocked` naming `what` otherwise. */
  keyring: (what: string) => Promise<Result<Keyring>>;
  /** The same without a complaint: null while locked. */
  keyringIfUnlocked: () => Promise<Keyring | null>;
  credential: Credential | null;
  /** File calls on `keys.json`. */
  keysFs: StoreFs;
  /** The slot of the system's keyring, and what came of asking it. */
  autoUnlock: AutoUnlock;
  /** Makes keys known to this process after they were created or unlocked; null locks. */
  holdKeyring: (keyring: Keyring | null) => void;
  /** A handle of the caller's own session; `NotFound` for any other. */
  file: (handle: string) => Result<CallerFile>;
  /** Reports a job's progress; `percent` null while unknown. */
  progress: (step: string, percent: number | null) => void;
  /** The search index of the audit log, as far as there is one. */
  logIndex: LogIndex;
  /** The configuration as it was last loaded for the application. */
  runtime: RuntimeConfig;
  /** Aborted when the caller cancels the job or goes away. */
  signal: AbortSignal;
  /** Extra `changed` topics beside those of the command's nouns. */
  changed: (...topics: Topic[]) => void;
  /** Calls another noun's command function is done directly; jobs and the door state come from here. */
  door: DoorState;
};

/** What only the door's app object knows: which homes there are and how jobs go. */
export type DoorState = {
  listHomes: () => Promise<Output<'home.list'>>;
  openHome: (id: string) => Promise<Result<{ path: string }>>;
  jobs: () => Output<'job.list'>['jobs'];
  cancelJob: (jobId: string, session: string) => boolean;
  /** True while a window or `serve` owns this home. */
  running: () => boolean;
};

export type Handler<N extends CommandName> = (ctx: Context, input: Input<N>) => Promise<Result<Output<N>>>;
export type Handlers = { [N in CommandName]: Handler<N> };
