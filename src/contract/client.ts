/** The shape every door offers to its callers, and what the preload and the browser host's wire carry. */
import type { CommandName, Input, Output } from './commands.ts';
import type { HoldfastEvent } from './events.ts';
import type { Result } from './result.ts';

export type CallOptions = {
  /** Ties progress events and `job.cancel` to this call. */
  jobId?: string;
};

export type Client = {
  call: <N extends CommandName>(name: N, input: Input<N>, options?: CallOptions) => Promise<Result<Output<N>>>;
  /** Returns the function that ends the subscription. */
  on: (listener: (event: HoldfastEvent) => void) => () => void;
};

/** A file that a door registered: what commands take instead of a path. */
export type OpenedFile = { file: string; name: string };

/** A file that a page hands over, dropped on it or chosen in it, is at most this long. */
export const maxUploadBytes = 1024 * 1024 * 1024;

/**
 * What the preload exposes as `window.holdfast`. `call` carries every contract command, and the door's own:
 * `door.save-file {name}` and `door.open-file {}` (native dialogs; data: OpenedFile or null), `door.open-home {}`
 * (a folder dialog; data: {path} or null), `door.pick-path {}` (a file or folder as the value of a setting, never read;
 * data: {path} or null), `door.take-file {name, file, part}` (a file dropped on the page, piece by piece: `part` is its
 * next bytes in Base64, `file` null with the first one and then the handle of the answer; data: OpenedFile).
 */
export type Bridge = {
  call: (name: string, input: unknown, options?: CallOptions) => Promise<Result<unknown>>;
  on: (listener: (event: HoldfastEvent) => void) => () => void;
};

/**
 * The browser host's wire, all on one loopback origin; every /api request but the first carries `x-holdfast-session`.
 *   POST /api/session      {code}                     -> Result<{token, host}>   (launch code from the address' #launch=, used once)
 *   POST /api/call         {name, input, jobId?}      -> Result<output>, status by `httpStatuses`
 *   GET  /api/events                                  -> text/event-stream of HoldfastEvent JSON (read with fetch)
 *   POST /api/files        raw bytes, ?name=          -> Result<OpenedFile>       an upload
 *   POST /api/sinks        {name}                     -> Result<OpenedFile>       a place for a download to come
 *   GET  /api/files/:file                             -> the sink's bytes
 *   POST /api/stop         {}                         -> Result<{stopped: true}>
 */
export const sessionHeader = 'x-holdfast-session';

/** Bumped when a change to the contract stops an older process from talking to a newer owner. */
export const protocolVersion = 1;
