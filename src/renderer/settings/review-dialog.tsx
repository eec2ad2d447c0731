/** The diff of everything staged, with a reason, before it is applied. */
import { RotateCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { SettingView } from '../../contract/settings.ts';
import { ChangeList, type ListedChange } from '../change/change-list.tsx';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { NoticeLine } from '../ui/states.tsx';
import css from './review-dialog.module.css';
import { shownValue, type StagedEdits } from './staging.ts';

const say = messages.settings.review;

const listed = (key: string, staged: StagedEdits, setting: SettingView | undefined): ListedChange[] => {
  const one = staged[key];
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
  onApply: (reason: string) => void;
  onClose: () => void;
};

export const ReviewDialog = ({ staged, settings, busy, error, onApply, onClose }: Props): ReactNode => {
  const [reason, setReason] = useState('');
  const byKey = new Map(settings.map((setting) => [setting.key, setting]));
  const keys = Object.keys(staged);
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
          <Button variant="primary" busy={busy} onClick={() => onApply(reason)}>
            {busy ? messages.settings.bar.applying : messages.settings.bar.apply}
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
        <Field label={say.reason} hint={say.reasonHint}>
          {({ id, describedBy }) => (
            <TextArea
              id={id}
              aria-describedby={describedBy}
              rows={2}
              maxLength={2000}
              value={reason}
              onChange={setReason}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
};
