/** Gives a version a name, so that it can be found again. */
import { useRef, useState, type ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, TextInput } from '../ui/field.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import type { Moment } from './time-slider.tsx';
import css from './versions-page.module.css';

const say = messages.versions.naming;

/** Without a moment, the version of now. */
export const NameDialog = ({ moment, onClose }: { moment: Moment | null; onClose: () => void }): ReactNode => {
  const door = useDoor();
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [pinned, setPinned] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const save = async (): Promise<void> => {
    if (name.trim() === '') {
      setProblem(say.nameProblem);
      field.current?.focus();
      return;
    }
    const answer = await door.call('versions.name', {
      name: name.trim(),
      ...(moment === null ? {} : { changeSet: moment.changeSet }),
      ...(note.trim() === '' ? {} : { note: note.trim() }),
      ...(pinned ? { pinned } : {}),
    });
    if (!answer.ok) return setError(describeError(answer.error));
    toast({ title: say.saved(answer.data.name) });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={say.title}
      description={moment === null ? say.now : say.text(lowerWhen(moment.at))}
      initialFocus={field}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="primary" onClick={() => void save()}>
            {say.save}
          </Button>
        </>
      }
    >
      <div className={css['dialog']}>
        {error === null ? null : (
          <NoticeLine tone="bad" alert>
            {error}
          </NoticeLine>
        )}
        <Field label={say.name} hint={say.nameHint} problem={problem}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              ref={field}
              aria-describedby={describedBy}
              invalid={problem !== null}
              maxLength={100}
              value={name}
              onChange={(text) => {
                setName(text);
                setProblem(null);
              }}
              onKeyDown={(event) => (event.key === 'Enter' ? void save() : undefined)}
            />
          )}
        </Field>
        <Field label={say.note}>
          {({ id }) => <TextInput id={id} maxLength={2000} value={note} onChange={setNote} />}
        </Field>
        <Checkbox checked={pinned} onChange={setPinned} label={say.pin} />
      </div>
    </Dialog>
  );
};
