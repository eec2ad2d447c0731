/** `user …`: profiles, their roles, and each one's own values of settings. `--user NAME` says who acts. */
import type { Command } from 'commander';
import type { Input, Output } from '../../contract/commands.ts';
import { fail, type Result } from '../../contract/result.ts';
import { roles, type UserView } from '../../contract/users.ts';
import { facts, formatCount, formatTime, formatValue, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseJsonValue, parseValue } from '../parse-value.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';
import type { AddCommands, Run } from './run.ts';

const roleWords = `one of: ${roles.join(', ')}`;

const list = async (session: Session): Promise<Outcome> => {
  const result = await session.call('user.list', {});
  if (!result.ok) return trouble(result);
  const { users, acting } = result.data;
  const rows = users.map((one) => [
    one.name === acting ? '*' : '',
    printable(one.name),
    printable(one.displayName ?? ''),
    printable(one.email ?? ''),
    one.disabled ? `${one.role}, disabled` : one.role,
    String(one.overrides),
    one.lastSeen === null ? 'never' : formatTime(one.lastSeen),
  ]);
  const columns = [
    { title: '' },
    { title: 'NAME', narrow: 'key' as const },
    { title: 'SHOWN AS', narrow: 'wrap' as const },
    { title: 'E-MAIL', narrow: 'wrap' as const },
    { title: 'ROLE' },
    { title: 'OWN VALUES', align: 'right' as const },
    { title: 'LAST SEEN' },
  ];
  if (rows.length === 0)
    return answer(result.data, [
      'No profiles: everybody may do everything here.',
      'Next: holdfast user add NAME --role admin, where several people share this home',
    ]);
  return answer(result.data, table(columns, rows, session.width, session.io.strong));
};

const show = async (session: Session, name: string): Promise<Outcome> => {
  const result = await session.call('user.show', { name });
  if (!result.ok) return trouble(result);
  const { user, overrides } = result.data;
  const rows = overrides.map((one) => [
    printable(one.key),
    formatValue(one.value, one.secret, one.set),
    formatValue(one.system, one.secret, one.set),
    formatTime(one.changedAt),
  ]);
  const columns = [
    { title: 'KEY', narrow: 'key' as const },
    { title: 'OWN VALUE', narrow: 'wrap' as const },
    { title: 'EVERYBODY ELSE', narrow: 'wrap' as const },
    { title: 'SINCE' },
  ];
  return answer(result.data, [
    ...facts(
      [
        ['Profile', printable(user.displayName ?? user.name)],
        ['Role', user.disabled ? `${user.role}, disabled` : user.role],
        ['E-mail', printable(user.email ?? '-')],
        ['Last seen', user.lastSeen === null ? 'never' : formatTime(user.lastSeen)],
        ['Kept secret', user.secretFields.length === 0 ? '-' : user.secretFields.map(printable).join(', ')],
      ],
      session.width,
    ),
    '',
    ...(rows.length === 0 ? ['No values of its own.'] : table(columns, rows, session.width, session.io.strong)),
  ]);
};

const articles = { admin: 'an admin', editor: 'an editor', viewer: 'a viewer' } as const;
const whatItIs = ({ role, disabled }: Pick<UserView, 'role' | 'disabled'>): string =>
  disabled ? `${articles[role]}, disabled` : articles[role];
const mayWords = { view: 'look at everything', edit: 'look and change', admin: 'do everything' } as const;

const whoami = async (session: Session): Promise<Outcome> => {
  const result = await session.call('user.whoami', {});
  if (!result.ok) return trouble(result);
  const { name, profile, may } = result.data;
  const words = profile === null ? 'no profile' : whatItIs(profile);
  return answer(result.data, [
    `${printable(name)} (${words}; may ${profile?.disabled === true ? 'do nothing' : mayWords[may]})`,
  ]);
};

const said = (user: UserView, dryRun: boolean): string =>
  `${dryRun ? 'Dry run: ' : ''}${printable(user.name)} is ${whatItIs(user)}${dryRun ? '; nothing was written' : ''}.`;

const about = (session: Session) => ({ ...session.reason(), ...(session.dryRun ? { dryRun: true } : {}) });

type Changing = 'user.add' | 'user.update' | 'user.set-role' | 'user.disable';
const change = async <N extends Changing>(session: Session, name: N, input: Input<N>): Promise<Outcome> => {
  const result: Result<Output<Changing>> = await session.call<Changing>(name, input);
  return result.ok ? answer(result.data, [said(result.data.user, result.data.dryRun)]) : trouble(result);
};

const roleOf = (text: string): (typeof roles)[number] | null => roles.find((role) => role === text) ?? null;
const wrongRole = (): Outcome => trouble(fail({ type: 'Usage', message: `The role must be ${roleWords}.` }));

type Who = { name?: string; email?: string; role?: string };
const named = ({ name, email }: Who) => ({
  ...(name === undefined ? {} : { displayName: name === '' ? null : name }),
  ...(email === undefined ? {} : { email: email === '' ? null : email }),
});

const add = (session: Session, name: string, who: Who): Promise<Outcome> | Outcome => {
  const role = roleOf(who.role ?? 'editor');
  return role === null ? wrongRole() : change(session, 'user.add', { name, role, ...named(who), ...about(session) });
};

const setRole = (session: Session, name: string, text: string): Promise<Outcome> | Outcome => {
  const role = roleOf(text);
  return role === null ? wrongRole() : change(session, 'user.set-role', { name, role, ...about(session) });
};

const remove = async (session: Session, name: string): Promise<Outcome> => {
  const result = await session.call('user.remove', { name, ...about(session) });
  if (!result.ok) return trouble(result);
  const { overrides, secretFields, dryRun } = result.data;
  const parts = [
    ...(overrides === 0 ? [] : [formatCount(overrides, 'own value')]),
    ...(secretFields === 0 ? [] : [formatCount(secretFields, 'kept secret')]),
  ];
  const words = `${printable(name)} is removed${parts.length === 0 ? '' : `, with ${parts.join(' and ')}`}`;
  return answer(result.data, [dryRun ? `Dry run: ${words}; nothing was written.` : `${words}.`]);
};

type OverrideOptions = { unset?: boolean; jsonValue?: boolean; of?: string };

const override = async (
  session: Session,
  key: string,
  text: string | undefined,
  options: OverrideOptions,
): Promise<Outcome> => {
  if ((options.unset === true) === (text !== undefined))
    return trouble(fail({ type: 'Usage', message: 'Give a VALUE, or --unset to take the own value away.' }));
  const listed = await session.call('settings.list', { prefix: key });
  if (!listed.ok) return trouble(listed);
  const view = listed.data.settings.find((one) => one.key === key) ?? null;
  const value =
    text === undefined || options.jsonValue !== true
      ? ({ ok: true, data: text === undefined ? null : parseValue(text, view) } as const)
      : parseJsonValue(text);
  if (!value.ok) return trouble(value);
  const result = await session.call('user.override', {
    ...(options.of === undefined ? {} : { user: options.of }),
    changes: [text === undefined ? { key, op: 'unset' } : { key, op: 'set', value: value.data }],
    ...about(session),
  });
  return result.ok ? answer(result.data, changeText(result.data, 'Changed', session)) : trouble(result);
};

const addProfiles = (user: Command, run: Run): void => {
  user
    .command('list')
    .description('the profiles of this home; * is who acts')
    .action(() => run(list));
  user
    .command('show')
    .description('one profile with its own values of settings')
    .argument('<name>')
    .action((name: string) => run((session) => show(session, name)));
  user
    .command('whoami')
    .description('who this command acts as, and what that may do')
    .action(() => run(whoami));
  user
    .command('add')
    .description('a new profile; no login, only a name and a role')
    .argument('<name>')
    .option('--name <text>', 'the name to show')
    .option('--email <address>', 'the e-mail address')
    .option('--role <role>', `${roleWords}; editor unless given`)
    .action((name: string, who: Who) => run(async (session) => add(session, name, who)));
  user
    .command('update')
    .description('another name to show or e-mail address; an empty one takes it away')
    .argument('<name>')
    .option('--name <text>', 'the name to show')
    .option('--email <address>', 'the e-mail address')
    .action((name: string, who: Who) =>
      run((session) => change(session, 'user.update', { name, ...named(who), ...about(session) })),
    );
};

export const addUser: AddCommands = (program, run) => {
  const user = program.command('user').description('profiles with roles and own values; a single user needs none');
  addProfiles(user, run);
  user
    .command('set-role')
    .description('what a profile may do')
    .argument('<name>')
    .argument('<role>', roleWords)
    .action((name: string, role: string) => run(async (session) => setRole(session, name, role)));
  user
    .command('disable')
    .description('nobody acts as this profile any more')
    .argument('<name>')
    .action((name: string) => run((session) => change(session, 'user.disable', { name, ...about(session) })));
  user
    .command('enable')
    .description('a disabled profile works again')
    .argument('<name>')
    .action((name: string) =>
      run((session) => change(session, 'user.disable', { name, disabled: false, ...about(session) })),
    );
  user
    .command('remove')
    .description('the profile goes, with its own values and kept secrets; one undo brings all of it back')
    .argument('<name>')
    .action((name: string) => run((session) => remove(session, name)));
  user
    .command('override')
    .description('a value of one’s own, over that of the home')
    .argument('<key>')
    .argument('[value]', 'read by the type of the setting')
    .option('--of <name>', 'whose; the acting user’s own unless given')
    .option('--json-value', 'the value is JSON')
    .option('--unset', 'take the own value away')
    .action((key: string, value: string | undefined, options: OverrideOptions) =>
      run((session) => override(session, key, value, options)),
    );
};
