/** What every command file is given: how to turn its work into the action of a commander command. */
import type { Command } from 'commander';
import { parseWhole } from '../parse-value.ts';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';

export type Work = (session: Session) => Promise<Outcome>;

/** Runs the work with a session of the parsed global options, prints what comes of it, and keeps the exit code. */
export type Run = (work: Work) => Promise<void>;

export type AddCommands = (program: Command, run: Run) => void;

/** For options that take several values and may be repeated. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export { parseWhole };
