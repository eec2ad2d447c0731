/** Keys: slots, unlocking and locking. Secret values themselves are settings or integration fields. */
import { Strict, Time, Type, command, query } from './command.ts';
import { Reason } from './settings.ts';

/** What opens a home's keys; crosses a door only inside an input, is never logged or stored. */
export const Credential = Type.Union([
  Strict({ passphrase: Type.String({ minLength: 1, maxLength: 1024 }) }),
  Strict({ recoveryCode: Type.String({ minLength: 1, maxLength: 128 }) }),
]);

export const SlotKind = Type.Union([Type.Literal('passphrase'), Type.Literal('recovery'), Type.Literal('keyring')]);
/** `id` names a slot and tells nothing of it. */
const Slot = Type.Object({ id: Type.String(), kind: SlotKind, createdAt: Time });

/** What can be wrong with a secret, told without showing it. */
export const SecretFinding = Type.Union([
  Type.Literal('old'),
  Type.Literal('empty'),
  Type.Literal('placeholder'),
  Type.Literal('weak'),
  Type.Literal('reused'),
  /** It cannot be opened with the keys that are there. */
  Type.Literal('unreadable'),
]);

/** Kind and key of the subject: `setting`, `field`, `user-field`, `override`. */
const SecretItem = Type.Object({
  kind: Type.String(),
  key: Type.String(),
  /** As people know it: the setting's title, or the integration and its field. */
  name: Type.String(),
  /** The legacy file that it was last read from. */
  file: Type.Union([Type.String(), Type.Null()]),
  changedAt: Time,
  /** The beginning of the keyed fingerprint: equal values have equal ones. Null where there is none. */
  fingerprint: Type.Union([Type.String(), Type.Null()]),
  findings: Type.Array(SecretFinding),
  /** Names of the others with the same value. */
  sameAs: Type.Array(Type.String()),
});

/** How the slot of the system's keyring is doing. */
const KeyringState = Type.Union([
  Type.Literal('none'),
  /** It has not been asked by this process. */
  Type.Literal('unasked'),
  Type.Literal('opened'),
  /** The keyring does not answer, is locked, or is not there. */
  Type.Literal('unavailable'),
  Type.Literal('slow'),
  /** It answers, and has no entry for this home. */
  Type.Literal('missing'),
  /** What it has does not open the slot. */
  Type.Literal('wrong'),
]);

export const secretCommands = {
  'secret.status': query(
    Strict({}),
    Type.Object({
      keys: Type.Union([Type.Literal('none'), Type.Literal('locked'), Type.Literal('unlocked')]),
      slots: Type.Array(Slot),
      keyring: KeyringState,
      /** When the data key that encrypts now was made; null without keys. */
      rotatedAt: Type.Union([Time, Type.Null()]),
      dataKeys: Type.Integer(),
      secrets: Type.Integer(),
      recipient: Type.Union([Type.String(), Type.Null()]),
      /** True once the recovery code was typed back. */
      recoveryConfirmed: Type.Boolean(),
    }),
  ),
  /** Unlocks the owner's keys for all its doors until locked or closed. */
  'secret.unlock': command(
    Strict({ credential: Type.Union([Credential, Strict({ keyring: Type.Literal(true) })]) }),
    Type.Object({ keys: Type.Literal('unlocked') }),
    { permission: 'edit', audit: 'event' },
  ),
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
  /** One more way to open the keys. `recoveryCode` comes back for a new code only: the one time that it is shown. */
  'secret.add-slot': command(
    Strict({
      slot: Type.Union([
        Strict({ passphrase: Type.String({ minLength: 8, maxLength: 1024 }) }),
        Strict({ keyring: Type.Literal(true) }),
        Strict({ recoveryCode: Type.Literal(true) }),
      ]),
    }),
    Type.Object({ slot: Slot, recoveryCode: Type.Optional(Type.String()) }),
    { permission: 'admin', audit: 'event' },
  ),
  /** Needs unlocked keys. The last slot that works on any machine (passphrase, recovery code) is never removed. */
  'secret.remove-slot': command(
    Strict({ id: Type.String({ pattern: '^[0-9a-f]{8}$' }), reason: Type.Optional(Reason) }),
    Type.Object({ removed: Slot }),
    { permission: 'admin', audit: 'event' },
  ),
  /** A new data key; every value and its history are encrypted again with it. Older keys go when nothing needs them. */
  'secret.rotate': command(
    Strict({ reason: Type.Optional(Reason) }),
    Type.Object({
      values: Type.Integer(),
      /** Values that the keys do not open: they stay as they are. */
      unreadable: Type.Integer(),
      retired: Type.Integer(),
      dataKeys: Type.Integer(),
    }),
    { permission: 'admin', audit: 'event', job: true },
  ),
  /**
   * For a secret that cannot be opened any more: it becomes "not set"; its ciphertext stays in the history. Where all keys
   * are lost, `protect` makes new ones beside the old key file; `keysLost` says so of keys that are there but locked.
   */
  'secret.reset': command(
    Strict({
      kind: Type.Optional(Type.String()),
      key: Type.String(),
      keysLost: Type.Optional(Type.Boolean()),
      protect: Type.Optional(
        Strict({
          passphrase: Type.Optional(Type.String({ minLength: 8, maxLength: 1024 })),
          recoveryCode: Type.Optional(Type.Boolean()),
        }),
      ),
      reason: Type.Optional(Reason),
    }),
    Type.Object({
      key: Type.String(),
      changeSet: Type.String(),
      newKeys: Type.Boolean(),
      recoveryCode: Type.Optional(Type.String()),
    }),
    { permission: 'admin' },
  ),
  /** All secrets and what is wrong with them; never a value. While locked only what needs no key is told. */
  'secret.hygiene': query(
    Strict({ olderThanDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })) }),
    Type.Object({
      locked: Type.Boolean(),
      olderThanDays: Type.Integer(),
      secrets: Type.Array(SecretItem),
    }),
  ),
  /**
   * The values of settings and secrets as environment variables, for `holdfast run`. With secrets it is one audit event that
   * names them; `names` only tells what would be there.
   */
  'secret.environment': command(
    Strict({
      prefix: Type.Optional(Type.String()),
      secrets: Type.Boolean(),
      command: Type.Optional(Type.String({ maxLength: 200 })),
      reason: Type.Optional(Reason),
      /** Names and keys, no values; writes nothing. */
      dryRun: Type.Optional(Type.Boolean()),
    }),
    Type.Object({
      variables: Type.Array(
        Type.Object({
          name: Type.String(),
          key: Type.String(),
          secret: Type.Boolean(),
          value: Type.Union([Type.String(), Type.Null()]),
        }),
      ),
      /** Settings that are left out, and why. */
      leftOut: Type.Array(Type.Object({ key: Type.String(), why: Type.String() })),
    }),
    { permission: 'admin', audit: 'event' },
  ),
};
