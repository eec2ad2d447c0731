/**
 * What a door (window, browser host, terminal) and the owner's socket see of the running app: one dispatch, one event
 * stream, the callers' files. `core/app.ts` makes it; doors add nothing to it.
 */
import type { HoldfastEvent } from '../contract/events.ts';
import type { Result } from '../contract/result.ts';
import type { Actor, Credential, Door } from './context.ts';
import type { FileRegistry } from './files.ts';
import type { MirrorFs } from './mirrors/write-file.ts';
import type { SystemKeyring } from './secrets/system-keyring.ts';
import type { StoreFs } from './store/types.ts';
import type { InspectVolume } from './volume.ts';

export type AppCall = {
  name: string;
  input: unknown;
  actor: Actor;
  credential: Credential | null;
  jobId?: string;
};

export type AppPort = {
  dispatch: (call: AppCall) => Promise<Result<unknown>>;
  /** Returns the function that ends the subscription. */
  onEvent: (listener: (event: HoldfastEvent) => void) => () => void;
  files: FileRegistry;
  /** The session ended: its handles are forgotten and its running jobs cancelled. */
  dropSession: (session: string) => void;
};

export type OpenedApp = AppPort & { close: () => Promise<void> };

export type OpenAppOptions = {
  /** Null where the person has not chosen a home yet. */
  homeDir: string | null;
  configDir: string;
  resourcesDir: string;
  door: Door;
  env: Readonly<Record<string, string | undefined>>;
  /** Makes the home writable from now on even where two computers could write (`--allow-network-home`). */
  allowNetworkHome?: boolean;
  /** Where a home lies; only tests give another. */
  inspectVolume?: InspectVolume;
  /** The keyring of the operating system; only tests give another. */
  systemKeyring?: SystemKeyring;
  /** File calls on the key file; only tests give others. */
  keysFs?: StoreFs;
  /** File calls on mirrored files; only tests give others. */
  mirrorFs?: MirrorFs;
};
