/**
 * The first keys of a home: from a passphrase, a new recovery code written to a file, or both. Used by `migrate` and
 * `setup`. Nothing is asked and no file is made before the core says that keys are needed, or a file was named.
 */
import type { Input } from '../contract/commands.ts';
import { ok, type Result } from '../contract/result.ts';
import { reserveRecoveryFile, type ReservedFile } from './credential.ts';
import type { Session } from './session.ts';

export type Protect = NonNullable<Input<'migration.run'>['protect']>;

type Coded = { recoveryCode?: string };

const leastLength = 8;

/** A new passphrase, typed twice; null when the person gives up. */
export const askNewPassphrase = async (session: Session): Promise<string | null> => {
  const { prompts, err } = session.io;
  for (;;) {
    const first = await prompts.secret('A passphrase that will protect the secrets of this home');
    if (first === null || first === '') return null;
    if (first.length < leastLength) {
      err(`Take ${String(leastLength)} characters or more.`);
      continue;
    }
    const second = await prompts.secret('The same once more');
    if (second === null) return null;
    if (second === first) return first;
    err('The two are not the same.');
  }
};

const keep = (session: Session, file: ReservedFile | null, code: string | undefined): string[] => {
  if (code === undefined) {
    file?.release();
    return file === null ? [] : ['This home has keys already: no new recovery code was made.'];
  }
  if (file === null) return showCode(session, code);
  if (file.write(code))
    return [
      `The recovery code is in ${file.path} (only you can read it). It opens the secrets and every backup: keep it somewhere else, then run`,
      '  holdfast secret confirm-recovery --recovery-code-file FILE',
    ];
  // The keys exist by now: a code that nobody has seen would be lost.
  session.io.err(`${file.path} could not be written. Write this recovery code down now: ${code}`);
  return [];
};

/** On the terminal of the person who is there; never on stdout, where a script might keep it. */
const showCode = (session: Session, code: string): string[] => {
  session.io.err(
    ['', 'The recovery code, shown only now. It opens the secrets and every backup:', '', `  ${code}`, ''].join('\n'),
  );
  return ['Write it down, then: holdfast secret confirm-recovery'];
};

/**
 * Calls `work` with what the person gave to protect a home with, asks for a passphrase when the home has no keys and a
 * person is there, and puts a new recovery code into its file, or on that person's terminal. The answer no longer holds
 * the code; `notes` are lines for stderr.
 */
export const withProtection = async <T extends Coded>(
  session: Session,
  work: (protect: Protect | null) => Promise<Result<T>>,
): Promise<Result<{ data: Omit<T, 'recoveryCode'>; notes: string[] }>> => {
  const { globals } = session;
  const passphrase = session.passphrase();
  if (!passphrase.ok) return passphrase;
  const out = globals.recoveryCodeOut;
  const reserved = out === undefined ? ok(null) : reserveRecoveryFile(out, session.io.cwd);
  if (!reserved.ok) return reserved;
  const file = reserved.data;
  const protect: Protect = {
    ...(passphrase.data === null ? {} : { passphrase: passphrase.data }),
    ...(file === null ? {} : { recoveryCode: true }),
  };
  let result = await work(Object.keys(protect).length === 0 ? null : protect);
  if (
    !result.ok &&
    result.error.type === 'SecretsLocked' &&
    Object.keys(protect).length === 0 &&
    session.io.interactive
  ) {
    const status = await session.call('secret.status', {});
    const fresh = status.ok ? status.data.keys === 'none' : status.error.type === 'NotFound';
    const typed = fresh ? await askNewPassphrase(session) : null;
    if (typed !== null) result = await work({ passphrase: typed, recoveryCode: true });
  }
  if (!result.ok) {
    file?.release();
    return result;
  }
  const { recoveryCode, ...data } = result.data;
  return ok({ data, notes: keep(session, file, recoveryCode) });
};
