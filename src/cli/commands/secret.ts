/** `secret …`: the keys of a home and whether they are unlocked. Never a value, never a key. */
import { Argument } from 'commander';
import { readSecretFile } from '../credential.ts';
import { facts, formatCount, formatTime, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Output } from '../../contract/commands.ts';
import type { Credential } from '../../core/context.ts';
import { askNewPassphrase, withProtection } from '../protect.ts';
import type { Session } from '../session.ts';
import { parseWhole } from '../parse-value.ts';
import type { AddCommands } from './run.ts';

const keyWords = {
  none: 'none yet: no secret can be stored',
  locked: 'locked: secrets can be neither read nor written',
  unlocked: 'unlocked',
} as const;

const keyringWords = {
  none: null,
  unasked: null,
  opened: 'opens this home',
  unavailable: 'does not answer, or is locked',
  slow: 'did not answer in time',
  missing: 'has no entry for this home',
  wrong: 'has an entry that does not open this home',
} as const;

const slotWords = { passphrase: 'passphrase', recovery: 'recovery code', keyring: 'system’s keyring' } as const;

const codeWords = ({ keys, slots, recoveryConfirmed }: Output<'secret.status'>): string | null =>
  keys === 'none'
    ? null
    : !slots.some((slot) => slot.kind === 'recovery')
      ? 'none: holdfast secret add-slot recovery --recovery-code-out FILE makes one'
      : recoveryConfirmed
        ? 'typed back once'
        : 'not typed back yet: holdfast secret confirm-recovery';

const status = async (session: Session): Promise<Outcome> => {
  const result = await session.call('secret.status', {});
  if (!result.ok) return trouble(result);
  const { keys, slots, secrets, recipient, keyring, rotatedAt } = result.data;
  return answer(
    result.data,
    facts(
      [
        ['Keys', keyWords[keys]],
        [
          'Opened by',
          slots.length === 0
            ? 'none'
            : slots
                .map(({ kind, id, createdAt }) => `${slotWords[kind]} (slot ${id}, since ${formatTime(createdAt)})`)
                .join(', '),
        ],
        ['Keyring', keyringWords[keyring]],
        ['Data key', rotatedAt === null ? null : `made ${formatTime(rotatedAt)}`],
        ['Secrets', String(secrets)],
        ['Recovery code', codeWords(result.data)],
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

const slotKinds = ['recovery', 'passphrase', 'keyring'] as const;
type SlotKind = (typeof slotKinds)[number];

/** Not the one that opens the home now: from its own file, or typed twice. */
const newPassphrase = async (session: Session, file: string | undefined): Promise<Result<string>> => {
  if (file !== undefined) return readSecretFile(file, session.io.cwd, '--new-passphrase-file');
  const typed = session.io.interactive ? await askNewPassphrase(session) : null;
  return typed === null
    ? fail({ type: 'Usage', message: 'Name a file with the new passphrase: --new-passphrase-file FILE' })
    : ok(typed);
};

const addRecovery = async (session: Session): Promise<Outcome> => {
  if (session.globals.recoveryCodeOut === undefined && !session.io.interactive) {
    return trouble(fail({ type: 'Usage', message: 'Name a file for the new recovery code: --recovery-code-out FILE' }));
  }
  if (session.dryRun) return dry(session);
  const before = await session.call('secret.status', {});
  const had = before.ok && before.data.slots.some((slot) => slot.kind === 'recovery');
  const made = await withProtection(session, () => session.call('secret.add-slot', { slot: { recoveryCode: true } }));
  if (!made.ok) return trouble(made);
  return answer(
    { slot: 'recovery', id: made.data.data.slot.id },
    [
      had
        ? 'A new recovery code was made. Backups made before still open with the code of their day.'
        : 'A recovery code was made. It opens backups made from now on; those from before still need the keys of this home.',
    ],
    made.data.notes,
  );
};

const addSlot = async (session: Session, kind: SlotKind, options: { newPassphraseFile?: string }): Promise<Outcome> => {
  if (kind === 'recovery') return addRecovery(session);
  const slot =
    kind === 'keyring' ? ok({ keyring: true as const }) : await newPassphrase(session, options.newPassphraseFile);
  if (!slot.ok) return trouble(slot);
  if (session.dryRun) return dry(session);
  const input = typeof slot.data === 'string' ? { passphrase: slot.data } : slot.data;
  const added = await session.call('secret.add-slot', { slot: input });
  if (!added.ok) return trouble(added);
  const text =
    kind === 'keyring'
      ? 'The system’s keyring opens the secrets of this home from now on.'
      : 'The new passphrase opens the secrets of this home from now on.';
  return answer({ slot: kind, id: added.data.slot.id }, [text]);
};

const removeSlot = async (session: Session, which: string): Promise<Outcome> => {
  const known = await session.call('secret.status', {});
  if (!known.ok) return trouble(known);
  const found = known.data.slots.filter((slot) => slot.id === which || slot.kind === which);
  const [slot] = found;
  if (slot === undefined) return trouble(fail({ type: 'NotFound', what: 'slot', name: which }));
  if (found.length > 1) {
    const ids = found.map(({ id, createdAt }) => `${id} (since ${formatTime(createdAt)})`).join(', ');
    return trouble(fail({ type: 'Usage', message: `There are several of them; name one by its id: ${ids}.` }));
  }
  if (session.dryRun) return answer({ dryRun: true, slot }, [`Dry run: the slot ${slot.id} stays.`]);
  const sure = await session.confirm(`Take away the ${slotWords[slot.kind]} of ${formatTime(slot.createdAt)}?`);
  if (!sure.ok) return trouble(sure);
  const removed = await session.call('secret.remove-slot', { id: slot.id, ...session.reason() });
  if (!removed.ok) return trouble(removed);
  return answer(removed.data, [
    `The ${slotWords[slot.kind]} opens this home no more. Copies of the home and backups from before still open with it.`,
  ]);
};

const rotate = async (session: Session): Promise<Outcome> => {
  if (session.dryRun) return dry(session);
  const done = await session.call('secret.rotate', session.reason());
  if (!done.ok) return trouble(done);
  const { values, unreadable, retired, dataKeys } = done.data;
  return answer(done.data, [
    `${formatCount(values, 'value was', 'values were')} encrypted again with a new data key.`,
    ...(unreadable === 0
      ? []
      : [`${formatCount(unreadable, 'value', 'values')} could not be opened and stay as they are.`]),
    dataKeys === 1
      ? 'No older key is needed any more.'
      : `${formatCount(dataKeys - 1, 'older key is', 'older keys are')} kept for what still needs them${retired === 0 ? '' : `, ${String(retired)} went`}.`,
  ]);
};

const findingWords = {
  old: 'old',
  empty: 'empty',
  placeholder: 'looks like a placeholder',
  weak: 'weak',
  reused: 'used more than once',
  unreadable: 'cannot be opened with these keys',
} as const;

const hygiene = async (session: Session, options: { olderThan?: string; all?: true }): Promise<Outcome> => {
  const days = options.olderThan === undefined ? null : parseWhole(options.olderThan, '--older-than', 1, 36_500);
  if (days?.ok === false) return trouble(days);
  const result = await session.call('secret.hygiene', days === null ? {} : { olderThanDays: days.data });
  if (!result.ok) return trouble(result);
  const { secrets, locked } = result.data;
  const shown = secrets.filter((one) => options.all === true || one.findings.length > 0);
  const rows = shown.map((one) => [
    one.key,
    one.findings.map((finding) => findingWords[finding]).join(', ') || 'nothing found',
    formatTime(one.changedAt),
  ]);
  const columns = [{ title: 'SECRET' }, { title: 'FINDING' }, { title: 'LAST CHANGED' }];
  const good = formatCount(
    secrets.length - secrets.filter((one) => one.findings.length > 0).length,
    'secret',
    'secrets',
  );
  return answer(
    result.data,
    [...table(columns, rows, session.width, session.io.strong), `${good} without a finding.`],
    locked ? ['The keys are locked: only age and re-use could be told.'] : [],
  );
};

const reset = async (session: Session, key: string, options: { kind?: string; keysLost?: true }): Promise<Outcome> => {
  if (session.dryRun) return answer({ dryRun: true, key }, [`Dry run: ${key} stays as it is.`]);
  const sure = await session.confirm(`Give up the value of ${key}? Its ciphertext stays in the history.`);
  if (!sure.ok) return trouble(sure);
  const about = {
    key,
    ...(options.kind === undefined ? {} : { kind: options.kind }),
    ...(options.keysLost === true ? { keysLost: true } : {}),
    ...session.reason(),
  };
  const code = session.globals.recoveryCodeOut !== undefined;
  const file = options.keysLost === true ? session.passphrase() : ok(null);
  if (!file.ok) return trouble(file);
  const protect = {
    ...(file.data === null ? {} : { passphrase: file.data }),
    ...(code ? { recoveryCode: true } : {}),
  };
  const asked = Object.keys(protect).length > 0;
  const done = await withProtection(session, () =>
    session.call(
      'secret.reset',
      { ...about, ...(asked ? { protect } : {}) },
      options.keysLost === true ? { credential: null } : {},
    ),
  );
  if (!done.ok) return trouble(done);
  const { newKeys, changeSet } = done.data.data;
  const lines = [
    `${key} is not set any more. Set it anew with: holdfast config set ${key} --stdin`,
    ...(newKeys ? ['This home has new keys; the old key file lies in .holdfast/quarantine/.'] : []),
  ];
  return answer({ key, changeSet, newKeys }, lines, done.data.notes);
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
    .description('one more way to open the keys; a recovery code goes into the file of --recovery-code-out')
    .addArgument(new Argument('[kind]', 'what will open them').choices(slotKinds).default('recovery'))
    .option('--new-passphrase-file <file>', 'the new passphrase, without its last line break')
    .action((kind: SlotKind, options: { newPassphraseFile?: string }) =>
      run((session) => addSlot(session, kind, options)),
    );
  secret
    .command('remove-slot')
    .description('take one away; the last passphrase or recovery code stays')
    .argument('<slot>', 'its id, or its kind where there is one of that kind')
    .action((which: string) => run((session) => removeSlot(session, which)));
  secret
    .command('rotate')
    .description('a new data key; every value is encrypted again with it')
    .action(() => run(rotate));
  secret
    .command('hygiene')
    .description('old, empty, weak, re-used secrets and placeholders; never a value')
    .option('--older-than <days>', 'when a secret counts as old (365 days)')
    .option('--all', 'also those without a finding')
    .action((options: { olderThan?: string; all?: true }) => run((session) => hygiene(session, options)));
  secret
    .command('reset')
    .description('give up a secret that cannot be opened any more: it becomes "not set"')
    .argument('<key>', 'its key, as `secret hygiene` shows it')
    .option('--kind <kind>', 'setting, field, user-field or override')
    .option(
      '--keys-lost',
      'what opens the keys is lost for good; --passphrase-file or --recovery-code-out make new ones',
    )
    .action((key: string, options: { kind?: string; keysLost?: true }) =>
      run((session) => reset(session, key, options)),
    );
  secret
    .command('confirm-recovery')
    .description('show that the recovery code was kept; ends the standing notice')
    .action(() => run(confirmRecovery));
};
