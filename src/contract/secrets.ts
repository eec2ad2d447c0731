/** Keys: slots, unlocking and locking. Secret values themselves are settings or integration fields. */
import { Strict, Time, Type, command, query } from './command.ts';

/** What opens a home's keys; crosses a door only inside an input, is never logged or stored. */
export const Credential = Type.Union([
  Strict({ passphrase: Type.String({ minLength: 1, maxLength: 1024 }) }),
  Strict({ recoveryCode: Type.String({ minLength: 1, maxLength: 128 }) }),
]);

export const secretCommands = {
  'secret.status': query(
    Strict({}),
    Type.Object({
      keys: Type.Union([Type.Literal('none'), Type.Literal('locked'), Type.Literal('unlocked')]),
      slots: Type.Array(Type.Object({ kind: Type.String(), createdAt: Time })),
      secrets: Type.Integer(),
      recipient: Type.Union([Type.String(), Type.Null()]),
      /** True once the recovery code was typed back. */
      recoveryConfirmed: Type.Boolean(),
    }),
  ),
  /** Unlocks the owner's keys for all its doors until locked or closed. */
  'secret.unlock': command(Strict({ credential: Credential }), Type.Object({ keys: Type.Literal('unlocked') }), {
    permission: 'edit',
    audit: 'event',
  }),
  'secret.lock': command(Strict({}), Type.Object({ keys: Type.Literal('locked') }), {
    permission: 'edit',
    audit: 'event',
  }),
  /**
   * Makes a recovery code (again): its slot and its backup key. The answer is the only time that it is shown. Backups made
   * before still open with the code of their day.
   */
  'secret.make-recovery': command(Strict({}), Type.Object({ recoveryCode: Type.String() }), {
    permission: 'admin',
    audit: 'event',
  }),
  /** Checks the recovery code that was shown once; ends the standing notice. `WrongKey` when it does not fit. */
  'secret.confirm-recovery': command(
    Strict({ recoveryCode: Type.String({ maxLength: 128 }) }),
    Type.Object({ confirmed: Type.Literal(true) }),
    {
      permission: 'admin',
      audit: 'event',
    },
  ),
};
