/** The diff of everything staged, with a reason, before it is applied. */
import { RotateCw } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import type { SettingView } from '../../contract/settings.ts';
import { ChangeList, type ListedChange } from '../change/change-list.tsx';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { ConfirmKey, isConfirmed } from './confirm-key.tsx';
import css from './review-dialog.module.css';
import { shownValue, stagedAt, type StagedEdits } from './staging.ts';
import { minutesOf, TrialChoice } from './trial-choice.tsx';

const say = messages.settings.review;

const listed = (key: string, staged: StagedEdits, setting: SettingView | undefined): ListedChange[] => {
  const one = stagedAt(staged, key);
  if (one === undefined) return [];
  if (setting === undefined)
    return [{ key, action: 'update', old: null, new: null, secret: one.secret, note: say.notThere }];
  const unset = one.edit.op === 'unset';
  const gone = unset && !setting.hasDefault;
  return [
    {
      key,
      title: setting.title,
      action:
        gone || (unset && setting.secret)
          ? 'delete'
          : setting.secret && setting.set !== true
            ? 'create'
            : !setting.secret && setting.version === null && !setting.hasDefault
              ? 'create'
              : 'update',
      old: setting.value,
      new: shownValue(setting, one),
      secret: setting.secret,
      ...(setting.critical ? { note: say.critical } : {}),
    },
  ];
};

type Props = {
  staged: StagedEdits;
  settings: readonly SettingView[];
  busy: boolean;
  error: string | null;
  /** With minutes: on trial, for as long. */
  onApply: (reason: string, minutes: number | null) => void;
  onClose: () => void;
};

export const ReviewDialog = ({ staged, settings, busy, error, onApply, onClose }: Props): ReactNode => {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState(false);
  const [trial, setTrial] = useState<string | null>(null);
  const minutes = trial === null ? null : minutesOf(trial);
  const reasonField = useRef<HTMLTextAreaElement>(null);
  const confirmField = useRef<HTMLInputElement>(null);
  const byKey = new Map(settings.map((setting) => [setting.key, setting]));
  const keys = Object.keys(staged);
  const critical = keys.find((key) => byKey.get(key)?.critical === true);
  const missing = critical !== undefined && reason.trim() === '';
  const unconfirmed = critical !== undefined && !isConfirmed(critical, typed);
  const apply = (): void => {
    setAsked(true);
    if (missing) reasonField.current?.focus();
    else if (unconfirmed) confirmField.current?.focus();
    else if (trial === null || minutes !== null) onApply(reason, minutes);
  };
  const restart = keys.filter((key) => byKey.get(key)?.restart === true).length;
  return (
    <Dialog
      open
      onClose={onClose}
      shape="wide"
      title={say.title(keys.length)}
      description={say.description}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="primary" command="settings.apply" busy={busy} onClick={apply}>
            {busy
              ? messages.settings.bar.applying
              : minutes === null
                ? messages.settings.bar.apply
                : messages.trial.apply(minutes)}
          </Button>
        </>
      }
    >
      <div className={css['body']}>
        {error === null ? null : (
          <NoticeLine tone="bad" alert>
            {error}
          </NoticeLine>
        )}
        <ChangeList changes={keys.flatMap((key) => listed(key, staged, byKey.get(key)))} />
        {restart === 0 ? null : (
          <p className={css['restart']}>
            <RotateCw aria-hidden /> {say.restart(restart, keys.length)}
          </p>
        )}
        <Field
          label={say.reason}
          {...(critical === undefined ? { hint: say.reasonHint } : {})}
          problem={asked && missing ? say.reasonNeeded : null}
        >
          {({ id, describedBy }) => (
            <TextArea
              id={id}
              ref={reasonField}
              required={critical !== undefined}
              invalid={asked && missing}
              aria-describedby={describedBy}
              rows={2}
              maxLength={2000}
              value={reason}
              onChange={setReason}
            />
          )}
        </Field>
        <TrialChoice
          minutes={trial}
          secrets={keys.some((key) => stagedAt(staged, key)?.secret === true)}
          problem={asked && trial !== null && minutes === null}
          onChange={setTrial}
        />
        {critical === undefined ? null : (
          <ConfirmKey ref={confirmField} settingKey={critical} value={typed} asked={asked} onChange={setTyped} />
        )}
      </div>
    </Dialog>
  );
};
