/** Changing profiles and own values from the page: toasts with what changed and the way back. */
import { useCallback } from 'react';
import type { Input } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { Result } from '../../contract/result.ts';
import type { UserView } from '../../contract/users.ts';
import { messages } from '../messages.en.ts';
import { undoExactly } from '../settings/apply.ts';
import { outcomeOf, type SaveOutcome } from '../ui/form-dialog.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { nameInSentence } from './acting.ts';

const say = messages.users;

const named = (name: string): string => nameInSentence({ name, displayName: null });

type Changed = { changeSet: string | null };
const about = (reason: string): { reason?: string } => (reason.trim() === '' ? {} : { reason: reason.trim() });

export const useUsers = () => {
  const call = useCall();
  const told = useCallback(
    (title: string, { changeSet }: Changed): void =>
      toast(
        changeSet === null
          ? { title: say.same }
          : { title, action: { label: messages.frame.undo, onClick: () => void undoExactly(call, changeSet) } },
      ),
    [call],
  );
  const done = (answer: Result<Changed>, title: string): boolean => {
    if (answer.ok) told(title, answer.data);
    else toastError(answer.error);
    return answer.ok;
  };
  const add = async (input: Input<'user.add'>): Promise<SaveOutcome> =>
    outcomeOf(await call('user.add', input), (data) => told(say.added(named(input.name)), data));
  const update = async (input: Input<'user.update'>): Promise<SaveOutcome> =>
    outcomeOf(await call('user.update', input), (data) => told(say.saved(named(input.name)), data));
  const disable = async (user: UserView, disabled: boolean, reason: string): Promise<SaveOutcome> =>
    outcomeOf(await call('user.disable', { name: user.name, disabled, ...about(reason) }), (data) =>
      told((disabled ? say.wasDisabled : say.wasEnabled)(nameInSentence(user)), data),
    );
  const remove = async (user: UserView, reason: string): Promise<SaveOutcome> =>
    outcomeOf(await call('user.remove', { name: user.name, ...about(reason) }), (data) =>
      told(say.wasRemoved(nameInSentence(user)), data),
    );
  const setOwn = async (
    user: UserView,
    own: { key: string; title: string; value: JsonValue; reason: string },
  ): Promise<SaveOutcome> =>
    outcomeOf(
      await call('user.override', {
        user: user.name,
        changes: [{ key: own.key, op: 'set', value: own.value }],
        ...about(own.reason),
      }),
      (data) => told(say.ownSaved(own.title, nameInSentence(user)), data),
    );
  const clearOwn = async (user: UserView, own: { key: string; title: string }): Promise<boolean> =>
    done(
      await call('user.override', { user: user.name, changes: [{ key: own.key, op: 'unset' }] }),
      say.ownGone(own.title, nameInSentence(user)),
    );
  return { add, update, disable, remove, setOwn, clearOwn };
};

/** From now on this session acts as a profile; null: as the account of this computer. */
export const useSwitch = () => {
  const call = useCall();
  return useCallback(
    async (user: Pick<UserView, 'name' | 'displayName'> | null): Promise<void> => {
      const answer = await call('user.switch', { name: user?.name ?? null });
      if (answer.ok) toast({ title: user === null ? say.switchedBack : say.switched(nameInSentence(user)) });
      else toastError(answer.error);
    },
    [call],
  );
};
