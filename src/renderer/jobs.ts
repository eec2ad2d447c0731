/**
 * Long work in progress and its results, by slot (one slot per place that starts it), so that leaving a page and coming
 * back loses neither progress nor result. Memory only: results may hold a recovery code.
 */
import { create } from 'zustand';
import type { CommandName, Input, Output } from '../contract/commands.ts';
import type { HoldfastError } from '../contract/errors.ts';
import type { JobProgress } from '../contract/events.ts';
import type { Result } from '../contract/result.ts';
import type { Door } from './client.ts';

export type JobSlot = 'setup' | 'backup' | 'export' | 'verify' | 'restore' | 'upgrade' | 'test' | 'after';

export type Job = {
  id: string;
  command: CommandName;
  /** What the job works on, in the page's own terms (a backup's path). */
  subject: string;
  step: string;
  percent: number | null;
  state: 'running' | 'cancelling' | 'done' | 'failed';
  result: unknown;
  error: HoldfastError | null;
};

type JobStore = { jobs: { [slot in JobSlot]?: Job } };

export const useJobs = create<JobStore>(() => ({ jobs: {} }));

const patch = (slot: JobSlot, id: string, change: Partial<Job>): void =>
  useJobs.setState(({ jobs }) => {
    const job = jobs[slot];
    return job?.id === id ? { jobs: { ...jobs, [slot]: { ...job, ...change } } } : {};
  });

export const noteProgress = (progress: JobProgress): void => {
  for (const [slot, job] of Object.entries(useJobs.getState().jobs)) {
    if (job.id === progress.id && job.state === 'running') {
      patch(slot as JobSlot, job.id, { step: progress.step, percent: progress.percent });
    }
  }
};

/** Starts a job in its slot; the answer also stays in the store. */
export const startJob = async <N extends CommandName>(
  call: Door['call'],
  slot: JobSlot,
  name: N,
  input: Input<N>,
  subject = '',
): Promise<Result<Output<N>>> => {
  const id = crypto.randomUUID();
  useJobs.setState(({ jobs }) => ({
    jobs: {
      ...jobs,
      [slot]: { id, command: name, subject, step: '', percent: null, state: 'running', result: null, error: null },
    },
  }));
  const answer = await call(name, input, { jobId: id });
  patch(
    slot,
    id,
    answer.ok ? { state: 'done', percent: 100, result: answer.data } : { state: 'failed', error: answer.error },
  );
  return answer;
};

export const cancelJob = async (door: Door, slot: JobSlot): Promise<void> => {
  const job = useJobs.getState().jobs[slot];
  if (job?.state !== 'running') return;
  patch(slot, job.id, { state: 'cancelling' });
  const answer = await door.call('job.cancel', { jobId: job.id });
  if (!answer.ok || !answer.data.cancelled) patch(slot, job.id, { state: 'running' });
};

export const clearJob = (slot: JobSlot): void =>
  useJobs.setState(({ jobs }) => {
    const { [slot]: _gone, ...rest } = jobs;
    return { jobs: rest };
  });
