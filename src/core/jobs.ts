/** Long work of this process: progress, cancellation and results that stay listed after a page was left. */
import type { Output } from '../contract/commands.ts';
import type { HoldfastEvent } from '../contract/events.ts';
import type { Result } from '../contract/result.ts';
import type { Clock } from './clock.ts';

export type Job = Output<'job.list'>['jobs'][number];

export type JobBook = {
  /** Without an id the work is not listed, but can still be aborted by `peer`. */
  start: (
    id: string | null,
    command: string,
    session: string,
    peer?: AbortSignal,
  ) => { signal: AbortSignal; end: (result: Result<unknown>) => void };
  progress: (id: string, step: string, percent: number | null) => void;
  list: () => Job[];
  /** False when there is no such running job, or (with a session) it is another session's. */
  cancel: (id: string, session?: string) => boolean;
  dropSession: (session: string) => void;
  cancelAll: () => void;
};

const keptJobs = 50;

export const createJobBook = (clock: Clock, emit: (event: HoldfastEvent) => void): JobBook => {
  const jobs = new Map<string, { job: Job; session: string; controller: AbortController }>();
  const tell = (job: Job): void => {
    const { id, command, step, percent } = job;
    emit({ type: 'progress', job: { id, command, step, percent, done: job.endedAt !== null } });
  };
  const start: JobBook['start'] = (id, command, session, peer) => {
    const controller = new AbortController();
    const signal = peer === undefined ? controller.signal : AbortSignal.any([controller.signal, peer]);
    if (id === null) return { signal, end: () => undefined };
    const job: Job = { id, command, step: '', percent: null, startedAt: clock.now(), endedAt: null, result: null };
    jobs.set(id, { job, session, controller });
    for (const old of [...jobs.keys()].slice(0, Math.max(0, jobs.size - keptJobs))) jobs.delete(old);
    return {
      signal,
      end: (result) => {
        // A recovery code is shown once, by the answer itself; the list keeps only how it ended.
        job.result = result.ok ? { ok: true } : { ok: false, error: result.error };
        job.endedAt = clock.now();
        tell(job);
      },
    };
  };
  return {
    start,
    progress: (id, step, percent) => {
      const found = jobs.get(id);
      if (found === undefined || found.job.endedAt !== null) return;
      found.job.step = step;
      found.job.percent = percent === null ? null : Math.round(percent);
      tell(found.job);
    },
    list: () => [...jobs.values()].map((one) => ({ ...one.job })),
    cancel: (id, session) => {
      const found = jobs.get(id);
      if (found === undefined || found.job.endedAt !== null || (session !== undefined && found.session !== session))
        return false;
      found.controller.abort();
      return true;
    },
    dropSession: (session) => {
      for (const one of jobs.values()) if (one.session === session && one.job.endedAt === null) one.controller.abort();
    },
    cancelAll: () => {
      for (const one of jobs.values()) if (one.job.endedAt === null) one.controller.abort();
    },
  };
};
