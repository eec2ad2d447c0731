/** The question before a profile is disabled, enabled again or removed, with a place for the reason. */
import { useState, type ReactNode } from 'react';
import type { UserView } from '../../contract/users.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useSave } from '../ui/form-dialog.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { nameInSentence } from './acting.ts';
import css from './user-dialog.module.css';
import { ReasonField } from './reason-field.tsx';
import type { useUsers } from './use-users.ts';

const say = messages.users;

export type Question = { user: UserView; what: 'disable' | 'enable' | 'remove' };

const wordsOf = ({ user, what }: Question): { title: string; text: string; button: string } => {
  const name = nameInSentence(user);
  if (what === 'disable') return { title: say.disableTitle(name), text: say.disableText, button: say.disable };
  if (what === 'enable') return { title: say.enableTitle(name), text: say.enableText, button: say.enable };
  const text = say.removeText(user.overrides, user.secretFields.length);
  return { title: say.removeTitle(name), text, button: say.remove };
};

type Props = { question: Question; actions: ReturnType<typeof useUsers>; onClose: () => void };

export const AskDialog = ({ question, actions, onClose }: Props): ReactNode => {
  const { user, what } = question;
  const [reason, setReason] = useState('');
  const saving = useSave(
    () => (what === 'remove' ? actions.remove(user, reason) : actions.disable(user, what === 'disable', reason)),
    onClose,
  );
  const { title, text, button } = wordsOf(question);
  return (
    <Dialog
      open
      onClose={onClose}
      title={<bdi>{title}</bdi>}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button
            variant={what === 'enable' ? 'primary' : 'danger'}
            command={what === 'remove' ? 'user.remove' : 'user.disable'}
            busy={saving.busy}
            onClick={() => void saving.submit()}
          >
            {button}
          </Button>
        </>
      }
    >
      <div className={css['stack']}>
        {saving.outcome?.kind === 'failed' ? (
          <NoticeLine tone="bad" alert>
            {saving.outcome.text}
          </NoticeLine>
        ) : null}
        <p>{text}</p>
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </Dialog>
  );
};
