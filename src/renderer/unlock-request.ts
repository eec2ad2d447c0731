/** Who waits for unlocked keys: a call that met `SecretsLocked` opens the dialog and goes on when it closes. */
import { useCallback } from 'react';
import { create } from 'zustand';
import type { CallOptions } from '../contract/client.ts';
import type { CommandName, Input, Output } from '../contract/commands.ts';
import type { Result } from '../contract/result.ts';
import { useDoor, type Door } from './client.ts';
import { messages } from './messages.en.ts';

type UnlockStore = { waiting: { why: string; settle: (unlocked: boolean) => void } | null };

export const useUnlockStore = create<UnlockStore>(() => ({ waiting: null }));

/** Opens the Unlock dialog; true once unlocked, false when the owner closed it. */
export const askUnlock = (why: string): Promise<boolean> =>
  new Promise((resolve) => {
    useUnlockStore.getState().waiting?.settle(false);
    useUnlockStore.setState({
      waiting: {
        why,
        settle: (unlocked) => {
          useUnlockStore.setState({ waiting: null });
          resolve(unlocked);
        },
      },
    });
  });

/** `door.call` that asks for the key when secrets are locked, then tries once more. Closing the question is `Cancelled`. */
export const useCall = (): Door['call'] => {
  const door = useDoor();
  return useCallback(
    async <N extends CommandName>(name: N, input: Input<N>, options?: CallOptions): Promise<Result<Output<N>>> => {
      const answer = await door.call(name, input, options);
      if (answer.ok || answer.error.type !== 'SecretsLocked') return answer;
      if (await askUnlock(answer.error.what)) return door.call(name, input, options);
      return { ok: false, error: { type: 'Cancelled', what: messages.unlock.cancelled } };
    },
    [door],
  );
};
