/**
 * Between sessions nobody guards the log: when one ends its head is remembered in Holdfast's own folder, and when the
 * next one begins the log must still have it. Found once, it becomes an entry. An older copy that a person opened in
 * recovery is shorter for a good reason.
 */
import type { JsonValue } from '../../contract/json.ts';
import type { Result } from '../../contract/result.ts';
import type { Store } from '../store/types.ts';
import { findCut, rememberHead } from './anchors.ts';
import { chainHead } from './queries.ts';

type LogWatch = {
  /** The store was opened for writing. */
  opened: (store: Store) => Promise<void>;
  /** Recovery is putting an older copy in its place. */
  expectOther: (expected: boolean) => void;
  closing: (store: Store | null) => Promise<void>;
};

type Parts = {
  configDir: string;
  note: (store: Store, detail: JsonValue) => Promise<Result<unknown>>;
  log: (line: string) => void;
};

export const createLogWatch = ({ configDir, note, log }: Parts): LogWatch => {
  /** A folder that cannot be written is no reason to fail: then there is one head less to compare with. */
  const remember = async (store: Store | null, after?: 'recovery' | 'found'): Promise<void> => {
    if (store === null || store.readOnly() !== null) return;
    try {
      const done = await rememberHead(configDir, store.info().storeId, await store.read(chainHead), after);
      if (done?.ok === false) log(`the head of the audit log was not remembered: ${done.error.type}`);
    } catch (error) {
      log(`the head of the audit log was not remembered: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
    }
  };
  let other = false;
  return {
    opened: async (store) => {
      if (other) {
        await remember(store, 'recovery');
        return;
      }
      const found = await findCut(configDir, store.info().storeId, store.read);
      if (found !== null && (await note(store, found)).ok) await remember(store, 'found');
    },
    expectOther: (expected) => {
      other = expected;
    },
    closing: (store) => remember(store),
  };
};
