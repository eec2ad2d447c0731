/** A secret gets a new value, or none. One change set with its undo; the typed value goes with the dialog. */
import { useRef, useState, type ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { undoExactly } from '../settings/apply.ts';
import { ConfirmKey, isConfirmed } from '../settings/confirm-key.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, TextArea, TextInput } from '../ui/field.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall, useUnlockStore } from '../unlock-request.ts';
import css from './secrets-page.module.css';

const say = messages.secrets;
const review = messages.settings.review;

export type Change = 'set' | 'remove';

type Props = { setting: SettingView; change: Change; onClose: () => void };

const useSave = ({ setting, change, onClose }: Props) => {
  const call = useCall();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  /** `value` null: the core makes one. */
  const save = async (value: string | null, reason: string): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const { key, version } = setting;
    const made = value === null ? ({ key, op: 'generate' } as const) : ({ key, op: 'set', value } as const);
    const answer = await call('settings.apply', {
      changes: [change === 'set' ? made : { key, op: 'unset' }],
      expect: { [key]: version },
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
    setBusy(false);
    if (!answer.ok) {
      if (answer.error.type !== 'Cancelled') setProblem(describeError(answer.error));
      return;
    }
    const { changeSet } = answer.data;
    if (changeSet === null) toast({ title: say.same });
    else
      toast({
        title: change === 'set' ? say.saved(setting.title) : say.removed(setting.title),
        action: { label: messages.frame.undo, onClick: () => void undoExactly(call, changeSet) },
      });
    onClose();
  };
  return { busy, problem, save };
};

export const ChangeDialog = (props: Props): ReactNode => {
  const { setting, change, onClose } = props;
  const { busy, problem, save } = useSave(props);
  const unlocking = useUnlockStore((state) => state.waiting !== null);
  const [value, setValue] = useState('');
  const [random, setRandom] = useState(false);
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const [typed, setTyped] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const reasonField = useRef<HTMLTextAreaElement>(null);
  const confirmField = useRef<HTMLInputElement>(null);
  const sets = change === 'set';
  const empty = sets && !random && value === '';
  const unreasoned = setting.critical && reason.trim() === '';
  const unconfirmed = setting.critical && !isConfirmed(setting.key, typed);
  const submit = (): void => {
    setAsked(true);
    if (empty) first.current?.focus();
    else if (unreasoned) reasonField.current?.focus();
    else if (unconfirmed) confirmField.current?.focus();
    else void save(random ? null : value, reason);
  };
  const title = sets ? (setting.set === true ? say.replaceTitle : say.setTitle) : say.removeTitle;
  const button = sets ? (setting.set === true ? say.replace : say.set) : say.remove;
  return (
    <Dialog
      // Kept while the Unlock dialog asks, so that nothing has to be typed again.
      open={!unlocking}
      onClose={onClose}
      title={title(setting.title)}
      description={sets ? <span className="mono">{setting.key}</span> : say.removeText}
      {...(sets ? { initialFocus: first } : {})}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant={sets ? 'primary' : 'danger'} busy={busy} onClick={submit}>
            {button}
          </Button>
        </>
      }
    >
      <form
        className={css['form']}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {problem === null ? null : (
          <NoticeLine tone="bad" alert>
            {problem}
          </NoticeLine>
        )}
        {setting.critical ? <NoticeLine tone="warn">{review.critical}</NoticeLine> : null}
        {setting.restart ? <NoticeLine tone="info">{messages.settings.restartTitle}</NoticeLine> : null}
        {sets ? (
          <Field label={say.newValue} problem={asked && empty ? messages.unlock.needed : null}>
            {({ id, describedBy }) => (
              <TextInput
                id={id}
                ref={first}
                type="password"
                autoComplete="new-password"
                aria-describedby={describedBy}
                invalid={asked && empty}
                disabled={random}
                value={random ? '' : value}
                onChange={setValue}
              />
            )}
          </Field>
        ) : null}
        {sets ? <Checkbox label={say.random} hint={say.randomText} checked={random} onChange={setRandom} /> : null}
        <Field
          label={review.reason}
          {...(setting.critical ? {} : { hint: review.reasonHint })}
          problem={asked && unreasoned ? review.reasonNeeded : null}
        >
          {({ id, describedBy }) => (
            <TextArea
              id={id}
              ref={reasonField}
              aria-describedby={describedBy}
              required={setting.critical}
              invalid={asked && unreasoned}
              rows={2}
              maxLength={2000}
              value={reason}
              onChange={setReason}
            />
          )}
        </Field>
        {setting.critical ? (
          <ConfirmKey ref={confirmField} settingKey={setting.key} value={typed} asked={asked} onChange={setTyped} />
        ) : null}
        {/* Several fields: without it, Enter in one of them would do nothing. */}
        <button type="submit" hidden aria-label={button} />
      </form>
    </Dialog>
  );
};
