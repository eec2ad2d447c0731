/** Changing and testing integrations from the page: toasts with what changed and the way back, and the running test. */
import { useCallback } from 'react';
import type { Input, Output } from '../../contract/commands.ts';
import { describeError } from '../../contract/errors.ts';
import type { IntegrationChange } from '../../contract/integrations.ts';
import type { Result } from '../../contract/result.ts';
import { cancelJob, clearJob, startJob, useJobs } from '../jobs.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { undoExactly } from '../settings/apply.ts';
import { useStatus } from '../status.ts';
import { toast, toastError } from '../ui/toast.tsx';
import type { FormProblem } from '../ui/schema-form/schema-form.tsx';
import { useCall } from '../unlock-request.ts';
import { diffText } from './draft.ts';

const say = messages.integrations;

export type SaveOutcome =
  | { kind: 'saved' }
  | { kind: 'stale' }
  | { kind: 'invalid'; problems: readonly FormProblem[] }
  | { kind: 'failed'; text: string };

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
  const outcomeOf = useCallback(
    (answer: Result<IntegrationChange>, title: string): SaveOutcome => {
      if (answer.ok) {
        told(title, answer.data);
        return { kind: 'saved' };
      }
      const { error } = answer;
      if (error.type === 'Stale') return { kind: 'stale' };
      if (error.type !== 'InputInvalid') return { kind: 'failed', text: describeError(error) };
      return { kind: 'invalid', problems: error.invalid ?? [{ field: error.field, problem: error.problem }] };
    },
    [told],
  );
  const save = async (input: Input<'integration.apply'>, title: string): Promise<SaveOutcome> =>
    outcomeOf(await call('integration.apply', input), title);
  const duplicate = async (input: Input<'integration.duplicate'>): Promise<SaveOutcome> =>
    outcomeOf(await call('integration.duplicate', input), say.copied(input.as));
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
