/**
 * After the home was opened, and when nothing else is asked of it: looks for what was changed outside meanwhile, and notes
 * it in the log, once for each state of things. It never holds the open up.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { isJsonObject, type JsonValue } from '../../../contract/json.ts';
import { ok, type Result } from '../../../contract/result.ts';
import type { Definition } from '../../definitions/types.ts';
import type { Keyring } from '../../secrets/types.ts';
import type { Reader, Store } from '../../store/types.ts';
import { lookAtAll } from './look.ts';
import { lastTold } from './queries.ts';

export const foundAction = 'outside-change';
const shownKeys = 20;

export type Told = { number: number; keys: string[]; mark: string; at: string };

/** What the log says is still to be settled; `mark` is empty after a settlement. */
export const toldIn = (reader: Reader): Told | null => {
  const last = lastTold(reader);
  if (last === null) return null;
  let detail: JsonValue;
  try {
    detail = JSON.parse(last.detail ?? 'null') as JsonValue;
  } catch {
    return null;
  }
  if (!isJsonObject(detail)) return null;
  const { number, left, keys, mark } = detail;
  const count = last.action === foundAction ? number : left;
  return {
    number: typeof count === 'number' ? count : 0,
    keys: Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [],
    mark: typeof mark === 'string' ? mark : '',
    at: last.at,
  };
};

type Options = {
  holdfastDir: string;
  keyring: () => Keyring | null;
  definition: (store: Store) => Promise<Definition | null>;
  note: (store: Store, detail: JsonValue) => Promise<Result<unknown>>;
  onFound: () => void;
  log: (line: string) => void;
};

/** Between two slices, so that the search takes a part of the time only. */
const restMs = 10;

export const createOutsideWatch = ({ holdfastDir, keyring, definition, note, onFound, log }: Options) => {
  const stopping = new AbortController();

  const look = async (store: Store): Promise<void> => {
    const keys = keyring();
    const read = async <T>(fn: (reader: Reader) => T): Promise<Result<T>> => {
      await wait(restMs, undefined, { signal: stopping.signal, ref: false });
      return ok(await store.read(fn));
    };
    const ctx = { read, signal: stopping.signal, holdfastDir };
    const found = await lookAtAll({ ctx, store, keyring: keys, definition: await definition(store) });
    if (!found.ok || found.data === null) return;
    const { findings, originals } = found.data;
    originals.close();
    const told = await store.read(toldIn);
    const mark = findings.map(({ change }) => change.id).join(' ');
    // While locked less is seen: that says nothing about what was found with the keys.
    const less = keys === null && findings.length < (told?.number ?? 0);
    if (less || mark === (told?.mark ?? '') || (findings.length === 0 && (told?.number ?? 0) === 0)) return;
    const names = findings.slice(0, shownKeys).map(({ change }) => `${change.type} ${change.key}`);
    const done = await note(store, { number: findings.length, keys: names, mark });
    if (done.ok) onFound();
  };

  return {
    opened: async (store: Store): Promise<void> => {
      try {
        if (store.readOnly() === null) await look(store);
      } catch (error) {
        // The home was closed meanwhile; anything else must not take the home down with it.
        if (!stopping.signal.aborted)
          log(`the search for outside changes failed: ${error instanceof Error ? error.message : 'unknown'}`);
      }
    },
    stop: (): void => stopping.abort(),
  };
};
