/**
 * Saves in rounds: every waiting command in one SQLite transaction, each in its own savepoint; one write, one flush,
 * COMMIT, then all answers. Queries run between rounds only, so nobody sees what is not on disk. When the disk's answer
 * is doubtful the store stops writing until it is opened again; it never guesses and never retries.
 */
import { fail, type Result } from '../../contract/result.ts';
import type { Engine } from './engine.ts';
import { errnoOf } from './failures.ts';
import type { Stop } from './journal-current.ts';
import type { JournalFile } from './journal-file.ts';
import type { Mark } from './journal-record.ts';
import type { Steps } from './steps.ts';
import { readWith, transactInSteps, transactWith, type Outcome } from './transaction.ts';
import type { Reader, StepsOptions, Tx } from './types.ts';

export type Rounds = {
  read: <T>(fn: (db: Reader) => T) => Promise<T>;
  transact: <T>(fn: (tx: Tx) => Result<T>) => Promise<Result<T>>;
  /** A long command in a round of its own, with turns of the event loop between its steps; queries wait for its end. */
  transactInSteps: <T>(fn: (tx: Tx) => Steps<Result<T>>, how?: StepsOptions) => Promise<Result<T>>;
  /** Runs `work` between rounds. */
  alone: <T>(work: () => T) => Promise<T>;
  /** The same for work that waits for the disk: no round and no query runs until it is done. */
  aloneUntil: <T>(work: () => Promise<T>) => Promise<T>;
  onCommit: (listener: () => void) => () => void;
  /** Stops all writing from now on; the first reason stays. */
  stop: (reason: string) => void;
  stopped: () => string | null;
  /** Resolves when nothing waits or runs. */
  idle: () => Promise<void>;
};

type Waiting = {
  resolve: (answer: Result<unknown>) => void;
  reject: (error: unknown) => void;
};
type Command = Waiting & { fn: (tx: Tx) => Result<unknown> };
type LongCommand = Waiting & { steps: (tx: Tx) => Steps<Result<unknown>>; how: StepsOptions };

export type RoundsOptions = {
  engine: Engine;
  /** Null for a reader. */
  journal: JournalFile | null;
  flush: 'sync' | 'async';
  /** Why this store does not write from the start. */
  readOnly: string | null;
  /** After each round that changed something, its answers given. */
  afterSave: () => void;
};

export const createRounds = (options: RoundsOptions): Rounds => {
  const { engine } = options;
  const commands: Command[] = [];
  const waiting: (() => void)[] = [];
  /** Each says whether something was saved. */
  const lengthy: (() => Promise<boolean>)[] = [];
  const listeners = new Set<() => void>();
  const idlers: (() => void)[] = [];
  let scheduled = false;
  let busy = false;
  let readOnly = options.readOnly;
  const stop = (reason: string): void => {
    readOnly ??= reason;
  };
  const refuseAll = (reason: string): void => {
    for (const command of commands.splice(0)) command.resolve(fail({ type: 'ReadOnly', reason }));
  };
  const serveWaiting = (): void => {
    for (const work of waiting.splice(0)) work();
  };
  const saved = (): void => {
    // After the answers' own continuations, which were queued before.
    for (const listener of listeners) queueMicrotask(listener);
    options.afterSave();
  };
  const pump = async (): Promise<void> => {
    while (commands.length > 0 || waiting.length > 0 || lengthy.length > 0) {
      serveWaiting();
      const work = lengthy.shift();
      if (work !== undefined) {
        busy = true;
        const changed = await work();
        busy = false;
        if (changed) saved();
        continue;
      }
      if (commands.length === 0) continue;
      if (readOnly !== null || options.journal === null) {
        refuseAll(readOnly ?? 'it was opened for reading');
        continue;
      }
      busy = true;
      const changed = await runRound(
        { engine, journal: options.journal, flush: options.flush, stop, stopped: () => readOnly },
        commands.splice(0),
      );
      busy = false;
      if (changed) saved();
    }
    scheduled = false;
    for (const resolve of idlers.splice(0)) resolve();
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    // A microtask later: what is called in the same breath shares the round.
    void Promise.resolve().then(pump);
  };
  const alone = <T>(work: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const run = (): void => {
        try {
          resolve(work());
        } catch (error) {
          // What `work` threw is passed on as it is.
          reject(error);
        }
      };
      if (!busy) run();
      else {
        waiting.push(run);
        schedule();
      }
    });
  const aloneUntil = <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      lengthy.push(async () => {
        await work().then(resolve, reject);
        return false;
      });
      schedule();
    });
  const runLong = async (command: LongCommand): Promise<boolean> => {
    const { journal, flush } = options;
    if (readOnly !== null || journal === null) {
      command.resolve(fail({ type: 'ReadOnly', reason: readOnly ?? 'it was opened for reading' }));
      return false;
    }
    const context = { engine, journal, flush, stop, stopped: () => readOnly };
    if (command.how.removesMany !== true) return runRound(context, command);
    // Outside of a transaction, where SQLite takes it; each reference to a removed row would be a look at a whole table.
    // One look at all of them, before it is saved, instead.
    const steps = function* (tx: Tx): Steps<Result<unknown>> {
      const result = yield* command.steps(tx);
      if (result.ok && engine.rows('PRAGMA foreign_key_check').length > 0)
        throw new Error('what was removed left rows that point at it');
      return result;
    };
    engine.exec('PRAGMA foreign_keys = OFF');
    try {
      return await runRound(context, { ...command, steps });
    } finally {
      engine.exec('PRAGMA foreign_keys = ON');
    }
  };
  return {
    alone,
    aloneUntil,
    read: (fn) => alone(() => readWith(engine, fn)),
    transact: (fn) =>
      new Promise((resolve, reject) => {
        commands.push({ fn, resolve: resolve as Command['resolve'], reject });
        schedule();
      }),
    transactInSteps: (steps, how = {}) =>
      new Promise((resolve, reject) => {
        const command: LongCommand = { steps, how, resolve: resolve as LongCommand['resolve'], reject };
        lengthy.push(() => runLong(command));
        schedule();
      }),
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop,
    stopped: () => readOnly,
    idle: () =>
      new Promise((resolve) => {
        if (scheduled) idlers.push(resolve);
        else resolve();
      }),
  };
};

type RoundContext = {
  engine: Engine;
  journal: JournalFile;
  flush: 'sync' | 'async';
  stop: (reason: string) => void;
  stopped: () => string | null;
};
type Answer = { command: Waiting; wrote: boolean; threw: boolean; give: () => void };

/** True when something was saved. Every command gets its answer here, whatever happens. */
const runRound = async (context: RoundContext, work: Command[] | LongCommand): Promise<boolean> => {
  const { engine, journal } = context;
  const start = journal.recorder.mark();
  try {
    engine.control('begin');
    const answers = Array.isArray(work)
      ? work.map((command) => runCommand(context, command, work.length === 1))
      : [await runLongCommand(context, work)];
    const changed = journal.recorder.transactions() > 0;
    const failure = changed ? await save(context) : null;
    if (failure !== null) {
      abandon(context, start);
      voidAnswers(answers, failure);
      return false;
    }
    if (!changed) engine.control('commit');
    journal.recorder.next();
    for (const answer of answers) answer.give();
    return changed;
  } catch (error) {
    // A bug in the store itself, or SQLite gave up: memory can no longer be trusted to equal the disk.
    context.stop('an internal error; open it again');
    abandon(context, start);
    for (const command of Array.isArray(work) ? work : [work]) command.reject(error);
    return false;
  }
};

/** From the first change on, every command saw what is not there any more: its answer is void as well. */
const voidAnswers = (answers: readonly Answer[], failure: Stop['error']): void => {
  let tainted = false;
  for (const answer of answers) {
    tainted ||= answer.wrote;
    if (tainted && !answer.threw) answer.command.resolve(fail(failure));
    else answer.give();
  }
};

/** A round of one needs no savepoint: SQLite would keep every page that changes a second time. */
const runCommand = ({ engine, journal }: RoundContext, command: Command, single: boolean): Answer => {
  const { recorder } = journal;
  const mark = recorder.mark();
  if (!single) engine.control('savepoint');
  return answerOf({ engine, journal, command, mark, single }, transactWith(engine, recorder, command.fn));
};

const runLongCommand = async ({ engine, journal, stopped }: RoundContext, command: LongCommand): Promise<Answer> => {
  const mark = journal.recorder.mark();
  const outcome = await transactInSteps(engine, journal.recorder, command.steps);
  // Another program wrote to the files meanwhile: nothing of this may follow.
  const reason = stopped();
  const end: Outcome<Result<unknown>> =
    reason === null ? outcome : { kind: 'returned', value: fail({ type: 'ReadOnly', reason }), wrote: false };
  return answerOf({ engine, journal, command, mark, single: true }, end);
};

type Ran = { engine: Engine; journal: JournalFile; command: Waiting; mark: Mark; single: boolean };

/** What a command did is kept, or undone. */
const answerOf = ({ engine, journal, command, mark, single }: Ran, outcome: Outcome<Result<unknown>>): Answer => {
  const { recorder } = journal;
  if (outcome.kind === 'returned' && outcome.value.ok) {
    if (!single) engine.control('release');
    if (outcome.wrote) recorder.endTransaction();
    const give = (): void => {
      command.resolve(outcome.value);
    };
    return { command, wrote: outcome.wrote, threw: false, give };
  }
  for (const step of single ? (['rollback', 'begin'] as const) : (['undo', 'release'] as const)) engine.control(step);
  recorder.backTo(mark);
  const give = (): void => {
    if (outcome.kind === 'returned') command.resolve(outcome.value);
    else command.reject(outcome.error);
  };
  return { command, wrote: false, threw: outcome.kind === 'threw', give };
};

/** Null when the round is on disk and committed; else the round has to be abandoned. */
const save = async ({ engine, journal, flush, stop }: RoundContext): Promise<Stop['error'] | null> => {
  const outcome = journal.write();
  if (outcome.kind === 'refused') return outcome.error;
  if (outcome.kind === 'stopped') {
    stop(outcome.stop.readOnly);
    return outcome.stop.error;
  }
  try {
    if (flush === 'sync') journal.flushSync();
    else await journal.flush();
  } catch (error) {
    // After a failed flush the kernel may have dropped the pages and call the next flush good: nothing can be retried.
    const code = errnoOf(error);
    if (code === null) throw error;
    stop(`the disk did not confirm a save (${code})`);
    return { type: 'OutcomeUnknown', what: 'the save' };
  }
  try {
    engine.control('commit');
  } catch {
    stop('a save is on disk but could not be completed in memory');
    return { type: 'OutcomeUnknown', what: 'the save' };
  }
  journal.confirm();
  return null;
};

/** Rolls the round back in memory and forgets its record. */
const abandon = ({ engine, journal }: RoundContext, start: Mark): void => {
  try {
    engine.control('rollback');
  } catch {
    // SQLite has rolled back by itself: there is no transaction to end.
  }
  journal.recorder.backTo(start);
};
