/** What a command hands back to the door: data for `--json`, lines for people, notes for stderr. */
import type { HoldfastError } from '../contract/errors.ts';
import type { Failure } from '../contract/result.ts';

export type Globals = {
  home?: string;
  json?: boolean;
  user?: string;
  passphraseFile?: string;
  recoveryCodeFile?: string;
  recoveryCodeOut?: string;
  dryRun?: boolean;
  reason?: string;
  yes?: boolean;
  takeOver?: boolean;
  remember?: boolean;
  allowNetworkHome?: boolean;
};

export type Answer = {
  ok: true;
  data: unknown;
  /** For people, on stdout; never when `--json`. */
  text: string[];
  /** For people, on stderr; also with `--json`. */
  notes?: string[];
  /** True when the command has already written its answer (`serve`). */
  written?: boolean;
  /** 0 unless a program that was started in our place ended otherwise (`open`). */
  exitCode?: number;
};

export type Trouble = {
  ok: false;
  error: HoldfastError;
  /** More members for the error object of `--json`, such as the sources of a failed migration. */
  extra?: { [name: string]: unknown };
  /** For people, before the sentence. */
  notes?: string[];
  /** When the error type's own code is not the one that cli.md asks for. */
  exitCode?: number;
};

export type Outcome = Answer | Trouble;

export const answer = (data: unknown, text: string[], notes: string[] = []): Answer => ({
  ok: true,
  data,
  text,
  notes,
});

export const trouble = (failure: Failure, more: Omit<Trouble, 'ok' | 'error'> = {}): Trouble => ({
  ok: false,
  error: failure.error,
  ...more,
});
