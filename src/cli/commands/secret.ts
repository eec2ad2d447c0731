/** `secret …`: the keys of a home and whether they are unlocked. Never a value, never a key. */
import { facts, formatTime } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Credential } from '../../core/context.ts';
import { withProtection } from '../protect.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

const keyWords = {
  none: 'none yet: no secret can be stored',
  locked: 'locked: secrets can be neither read nor written',
  unlocked: 'unlocked',
} as const;

const status = async (session: Session): Promise<Outcome> => {
  const result = await session.call('secret.status', {});
  if (!result.ok) return trouble(result);
  const { keys, slots, secrets, recipient, recoveryConfirmed } = result.data;
  return answer(
    result.data,
    facts(
      [
        ['Keys', keyWords[keys]],
        [
          'Slots',
          slots.length === 0
            ? 'none'
            : slots.map((slot) => `${slot.kind} (since ${formatTime(slot.createdAt)})`).join(', '),
        ],
        ['Secrets', String(secrets)],
        ['Recovery code', keys === 'none' ? null : recoveryConfirmed ? 'typed back once' : 'not typed back yet'],
        ['Backups open to', recipient],
      ],
      session.width,
    ),
  );
};

const recoveryCode = async (session: Session): Promise<Result<string>> => {
  const given = session.recoveryCode();
  if (!given.ok) return given;
  if (given.data !== null) return ok(given.data);
  const typed = session.io.interactive ? await session.io.prompts.secret('The recovery code') : null;
  return typed === null || typed === ''
    ? fail({
        type: 'InputInvalid',
        field: 'The recovery code',
        problem: 'there is none: give --recovery-code-file FILE',
      })
    : ok(typed.trim());
};

const credential = async (session: Session): Promise<Result<Credential>> => {
  if (session.globals.recoveryCodeFile !== undefined) {
    const code = await recoveryCode(session);
    return code.ok ? ok({ recoveryCode: code.data }) : code;
  }
  const given = session.passphrase();
  if (!given.ok) return given;
  const passphrase =
    given.data ?? (session.io.interactive ? await session.io.prompts.secret("This home's passphrase") : null);
  return passphrase === null || passphrase === ''
    ? fail({
        type: 'SecretsLocked',
        what: 'Unlocking needs a passphrase or the recovery code',
        choices: ['--passphrase-file FILE', '--recovery-code-file FILE', 'run it in a terminal to be asked'],
      })
    : ok({ passphrase });
};

const dry = async (session: Session): Promise<Outcome> => {
  const result = await session.call('secret.status', {});
  return result.ok
    ? answer({ dryRun: true, keys: result.data.keys }, [`Dry run: the keys stay ${result.data.keys}.`])
    : trouble(result);
};

const unlock = async (session: Session): Promise<Outcome> => {
  const opened = await credential(session);
  if (!opened.ok) return trouble(opened);
  if (session.dryRun) return dry(session);
  const result = await session.call('secret.unlock', { credential: opened.data });
  if (!result.ok) return trouble(result);
  const home = await session.call('home.status', {});
  const running = home.ok && home.data.state === 'RUNNING';
  return answer(
    result.data,
    [running ? 'Unlocked until locked or closed.' : 'That opens the keys.'],
    running
      ? []
      : ['No window and no `holdfast serve` has this home open, so nothing stays unlocked after this command.'],
  );
};

const lock = async (session: Session): Promise<Outcome> => {
  if (session.dryRun) return dry(session);
  const result = await session.call('secret.lock', {});
  return result.ok ? answer(result.data, ['Locked.']) : trouble(result);
};

const confirmRecovery = async (session: Session): Promise<Outcome> => {
  const code = await recoveryCode(session);
  if (!code.ok) return trouble(code);
  if (session.dryRun) return dry(session);
  const result = await session.call('secret.confirm-recovery', { recoveryCode: code.data });
  return result.ok ? answer(result.data, ['The recovery code fits: the standing notice is gone.']) : trouble(result);
};

/** So far the one slot that can be added later: a recovery code, for a home that began with a passphrase only. */
const addSlot = async (session: Session): Promise<Outcome> => {
  if (session.globals.recoveryCodeOut === undefined && !session.io.interactive) {
    return trouble(fail({ type: 'Usage', message: 'Name a file for the new recovery code: --recovery-code-out FILE' }));
  }
  if (session.dryRun) return dry(session);
  const made = await withProtection(session, () => session.call('secret.make-recovery', {}));
  if (!made.ok) return trouble(made);
  return answer(
    { slot: 'recovery' },
    ['A new recovery code was made. Backups made before still open with the code of their day.'],
    made.data.notes,
  );
};

export const addSecret: AddCommands = (program, run) => {
  const secret = program.command('secret').description('the keys that protect secrets');
  secret
    .command('status')
    .description('slots and whether they are unlocked; never values')
    .action(() => run(status));
  secret
    .command('unlock')
    .description('unlock the keys of the window or `serve` that has this home open')
    .action(() => run(unlock));
  secret
    .command('lock')
    .description('lock them again')
    .action(() => run(lock));
  secret
    .command('add-slot')
    .description('make a (new) recovery code, into the file of --recovery-code-out')
    .action(() => run(addSlot));
  secret
    .command('confirm-recovery')
    .description('show that the recovery code was kept; ends the standing notice')
    .action(() => run(confirmRecovery));
};
