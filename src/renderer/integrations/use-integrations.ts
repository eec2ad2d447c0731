/** Changing and testing integrations from the page: toasts with what changed and the way back, and the running test. */
import { useCallback } from 'react';
import type { Input, Output } from '../../contract/commands.ts';
import type { IntegrationChange } from '../../contract/integrations.ts';
import { cancelJob, clearJob, startJob, useJobs } from '../jobs.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { undoExactly } from '../settings/apply.ts';
import { useStatus } from '../status.ts';
import { outcomeOf, type SaveOutcome } from '../ui/form-dialog.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { diffText } from './draft.ts';

const say = messages.integrations;

export const useIntegrations = () => {
  const call = useCall();
  const { title: application } = useStatus();
  const told = useCallback(
    (title: string, change: IntegrationChange): void => {
      const { changeSet, changes, notMirrored } = change;
      if (changeSet === null) return toast({ title: say.same });
      const behind = (notMirrored ?? []).length > 0 ? messages.settings.behind(application) : '';
      const text = [diffText(changes), behind].filter((one) => one !== '').join('. ');
      return toast({
        title,
        ...(text === '' ? {} : { text }),
        action: { label: messages.frame.undo, onClick: () => void undoExactly(call, changeSet) },
      });
    },
    [call, application],
  );
  const save = async (input: Input<'integration.apply'>, title: string): Promise<SaveOutcome> =>
    outcomeOf(await call('integration.apply', input), (change) => told(title, change));
  const duplicate = async (input: Input<'integration.duplicate'>): Promise<SaveOutcome> =>
    outcomeOf(await call('integration.duplicate', input), (change) => told(say.copied(input.as), change));
  const turn = async (id: string, name: string, enabled: boolean): Promise<void> => {
    const answer = await call('integration.apply', { id, enabled });
    if (answer.ok) told(enabled ? say.turnedOn(name) : say.turnedOff(name), answer.data);
    else toastError(answer.error);
  };
  const remove = async (id: string, name: string): Promise<boolean> => {
    const answer = await call('integration.remove', { id });
    if (answer.ok) told(say.removed(name), { ...answer.data, changes: [] });
    else toastError(answer.error);
    return answer.ok;
  };
  return { save, duplicate, turn, remove };
};

/** One test at a time; it goes on, and its result stays, when the form is left and opened again. */
export const useConnectionTest = (id: string) => {
  const call = useCall();
  const door = useDoor();
  const job = useJobs(({ jobs }) => jobs.test);
  const mine = job?.subject === id ? job : undefined;
  const running = (one: typeof job): boolean => one?.state === 'running' || one?.state === 'cancelling';
  const start = async (input: Input<'integration.test'>): Promise<void> => {
    const answer = await startJob(call, 'test', 'integration.test', input, id);
    if (!answer.ok && answer.error.type === 'Cancelled') clearJob('test');
  };
  return {
    start,
    cancel: () => void cancelJob(door, 'test'),
    clear: () => (mine === undefined || running(mine) ? undefined : clearJob('test')),
    running: running(mine),
    /** Another one is being tested. */
    busy: running(job) && mine === undefined,
    step: mine?.step ?? '',
    // The slot only ever holds answers of this command.
    result: mine?.state === 'done' ? (mine.result as Output<'integration.test'>) : null,
    error: mine?.state === 'failed' ? mine.error : null,
  };
};
