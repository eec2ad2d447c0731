/** Saving and deleting records from the page: what the core says becomes what the dialog shows; a toast has the way back. */
import { useCallback } from 'react';
import type { Input } from '../../contract/commands.ts';
import { messages } from '../messages.en.ts';
import { undoExactly } from '../settings/apply.ts';
import { outcomeOf, type SaveOutcome } from '../ui/form-dialog.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';

export type SaveRecord = (input: Input<'records.put'>) => Promise<SaveOutcome>;

const say = messages.records;

export const useRecords = () => {
  const call = useCall();
  const withUndo = useCallback(
    (title: string, changeSet: string | null): void =>
      toast(
        changeSet === null
          ? { title: say.same }
          : { title, action: { label: messages.frame.undo, onClick: () => void undoExactly(call, changeSet) } },
      ),
    [call],
  );
  const save: SaveRecord = useCallback(
    async (input) => {
      const answer = await call('records.put', input);
      return outcomeOf(answer, ({ id, changeSet }) => withUndo(say.saved(id), changeSet));
    },
    [call, withUndo],
  );
  const remove = useCallback(
    async (collection: string, id: string): Promise<boolean> => {
      const answer = await call('records.delete', { collection, ids: [id] });
      if (answer.ok) withUndo(say.deleted(id), answer.data.changeSet);
      else toastError(answer.error);
      return answer.ok;
    },
    [call, withUndo],
  );
  const expire = useCallback(
    async (collection: string): Promise<void> => {
      const answer = await call('records.expire', { collection });
      if (answer.ok) withUndo(say.expiredRemoved(answer.data.removed.length), answer.data.changeSet);
      else toastError(answer.error);
    },
    [call, withUndo],
  );
  return { save, remove, expire };
};
