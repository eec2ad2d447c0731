/** Turns an outcome into bytes on stdout and stderr and an exit code. With `--json` stdout gets exactly one document. */
import { describeError, exitCodes, type HoldfastError } from '../contract/errors.ts';
import { paragraph } from './format.ts';
import { nextSteps } from './next-step.ts';
import type { CliIo } from './io.ts';
import type { Outcome, Trouble } from './outcome.ts';

const errorOf = (trouble: Trouble): { [name: string]: unknown } => {
  const { type, ...facts } = trouble.error;
  // `message` is what people get; a Usage error has its own member of that name with the same text.
  return { type, message: describeError(trouble.error), ...facts, ...trouble.extra };
};

/** The one document of `--json`, on one line for pipes. */
export const envelope = (outcome: Outcome, pretty: boolean): string =>
  JSON.stringify(
    outcome.ok ? { ok: true, data: outcome.data ?? null } : { ok: false, error: errorOf(outcome) },
    null,
    pretty ? 2 : 0,
  );

const errorLines = (error: HoldfastError, width: number): string[] => [
  ...paragraph(`holdfast: ${describeError(error)}`, width, '  '),
  ...nextSteps(error),
];

/** Writes the outcome and answers the exit code. */
export const printOutcome = (outcome: Outcome, io: CliIo, json: boolean): number => {
  const width = io.terminal ? Math.min(io.width, 120) : Number.POSITIVE_INFINITY;
  const notes = outcome.notes ?? [];
  if (outcome.ok) {
    if (outcome.written === true) return outcome.exitCode ?? 0;
    if (json) io.out(envelope(outcome, io.terminal));
    else if (outcome.text.length > 0) io.out(outcome.text.join('\n'));
    for (const note of notes) io.err(note);
    return 0;
  }
  for (const note of notes) io.err(note);
  if (json) io.out(envelope(outcome, io.terminal));
  for (const line of errorLines(outcome.error, width)) io.err(line);
  return outcome.exitCode ?? exitCodes[outcome.error.type];
};
