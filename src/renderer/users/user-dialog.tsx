/** One profile: its name, address and role beside its own values; a new one only the form. */
import { useState, type ReactNode } from 'react';
import type { Role, UserView } from '../../contract/users.ts';
import { roles } from '../../contract/users.ts';
import { useRefusal } from '../may.ts';
import { messages } from '../messages.en.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { FormDialog, useSave } from '../ui/form-dialog.tsx';
import { Select } from '../ui/select.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { shownName } from './acting.ts';
import { OwnValues } from './own-values.tsx';
import { ReasonField } from './reason-field.tsx';
import css from './user-dialog.module.css';
import type { useUsers } from './use-users.ts';

const say = messages.users;

/** One that is there, or what a new one begins with. */
export type Opened = { user: UserView } | { name: string; role: Role };

type Draft = { name: string; displayName: string; email: string; role: Role; reason: string };

const beginning = (opened: Opened): Draft => {
  if (!('user' in opened)) return { ...opened, displayName: '', email: '', reason: '' };
  const { name, displayName, email, role } = opened.user;
  return { name, displayName: displayName ?? '', email: email ?? '', role, reason: '' };
};

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

const inputOf = ({ name, displayName, email, role, reason }: Draft) => ({
  name,
  displayName: orNull(displayName),
  email: orNull(email),
  role,
  ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
});

const Facts = ({ user }: { user: UserView }): ReactNode => (
  <>
    {shownName(user) === user.name ? null : (
      <>
        <bdi className="mono">{user.name}</bdi>
        {' · '}
      </>
    )}
    {user.lastSeen === null ? say.neverSeen : say.seen(lowerWhen(user.lastSeen))}
    {user.disabled ? ` · ${say.disabled}` : ''}
  </>
);

type Props = {
  opened: Opened;
  actions: ReturnType<typeof useUsers>;
  onClose: () => void;
  onRemove: (user: UserView) => void;
  onReload: () => void;
};

export const UserDialog = ({ opened, actions, onClose, onRemove, onReload }: Props): ReactNode => {
  const user = 'user' in opened ? opened.user : null;
  // What was read stays what the edits are of, whoever changes the profile meanwhile.
  const [first] = useState(() => beginning(opened));
  const [read] = useState(user?.changedAt);
  const [draft, setDraft] = useState(first);
  const command = user === null ? 'user.add' : 'user.update';
  const refusal = useRefusal(command);
  const saving = useSave(
    () => (read === undefined ? actions.add(inputOf(draft)) : actions.update({ ...inputOf(draft), expect: read })),
    onClose,
  );
  const change = (part: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    saving.touched();
  };
  const problemOf = (field: string): string | null =>
    saving.problems.find((one) => one.field === field)?.problem ?? null;
  const dirty = JSON.stringify({ ...draft, reason: '' }) !== JSON.stringify(first);
  return (
    <FormDialog
      title={user === null ? say.newTitle : shownName(user)}
      description={user === null ? say.newText : <Facts user={user} />}
      saveLabel={user === null ? say.add : say.save}
      saving={saving}
      dirty={dirty}
      ready={draft.name.trim() !== '' && (user === null || dirty)}
      command={command}
      keeps={say.keeps}
      onClose={onClose}
      onReload={onReload}
      removing={user === null ? null : { label: say.remove, command: 'user.remove', act: () => onRemove(user) }}
      above={
        user === null || user.secretFields.length === 0 ? null : (
          <NoticeLine tone="info">{say.keptSecrets(user.secretFields)}</NoticeLine>
        )
      }
      {...(user === null ? {} : { side: <OwnValues user={user} actions={actions} /> })}
    >
      {user === null ? (
        <Field label={say.name} hint={say.nameHint} problem={problemOf('name')}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              dir="auto"
              aria-describedby={describedBy}
              maxLength={300}
              value={draft.name}
              onChange={(name) => change({ name })}
            />
          )}
        </Field>
      ) : null}
      <Field label={say.displayName} problem={problemOf('displayName')}>
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            dir="auto"
            aria-describedby={describedBy}
            maxLength={300}
            value={draft.displayName}
            onChange={(displayName) => change({ displayName })}
          />
        )}
      </Field>
      <Field label={say.email} problem={problemOf('email')}>
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            type="email"
            dir="auto"
            aria-describedby={describedBy}
            maxLength={300}
            value={draft.email}
            onChange={(email) => change({ email })}
          />
        )}
      </Field>
      <Field label={say.role} hint={say.roleHints[draft.role]}>
        {({ id, describedBy }) =>
          refusal === null ? (
            <Select
              id={id}
              describedBy={describedBy}
              className={css['role']}
              value={draft.role}
              options={roles.map((value) => ({ value, label: say.roles[value] }))}
              onChange={(role) => change({ role })}
            />
          ) : (
            <TextInput
              id={id}
              readOnly
              aria-describedby={describedBy}
              value={say.roles[draft.role]}
              onChange={() => undefined}
            />
          )
        }
      </Field>
      {refusal === null ? <ReasonField value={draft.reason} onChange={(reason) => change({ reason })} /> : null}
    </FormDialog>
  );
};
