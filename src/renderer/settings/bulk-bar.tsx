/** What can be done with several settings at once: reset, copy, one value for all. Everything is staged, nothing saved. */
import { useState, type ReactNode } from 'react';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { toast } from '../ui/toast.tsx';
import css from './filter-bar.module.css';
import { isEditable, shownValue, stagedAt, type Edit, type StagedEdits } from './staging.ts';
import { parseJson } from './validate.ts';

const say = messages.settings.bulk;

export type StageEdits = (edits: readonly { setting: SettingView; edit: Edit }[]) => void;

/** Back to the default, where there is one and something stands in its way. */
export const resetEdits = (settings: readonly SettingView[]): { setting: SettingView; edit: Edit }[] =>
  settings
    .filter((one) => one.hasDefault && one.version !== null && isEditable(one))
    .map((setting) => ({ setting, edit: { op: 'unset' } }));

/** Secrets are left out. */
export const copyAsJson = (settings: readonly SettingView[], staged: StagedEdits): void => {
  const shown = settings.filter((one) => !one.secret);
  const all = Object.fromEntries(shown.map((one) => [one.key, shownValue(one, stagedAt(staged, one.key))]));
  void copyText(JSON.stringify(all, null, 2)).then(() => toast({ title: messages.ui.copied }));
};

const ValueDialog = ({
  settings,
  onStage,
  onClose,
}: {
  settings: readonly SettingView[];
  onStage: StageEdits;
  onClose: () => void;
}): ReactNode => {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState(false);
  // A word without quotes is a text, as on the command line.
  const parsed = parseJson(text);
  const quoted = /^["[{]/u.test(text.trim());
  const problem =
    text === '' ? messages.settings.invalid.empty : !parsed.ok && (quoted || parsed.isJson) ? parsed.problem : null;
  const submit = (): void => {
    setAsked(true);
    if (problem !== null) return;
    const value = parsed.ok ? parsed.value : text;
    onStage(settings.filter(isEditable).map((setting) => ({ setting, edit: { op: 'set', value } })));
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={say.setTitle(settings.length)}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="primary" onClick={submit}>
            {messages.settings.fields.keep}
          </Button>
        </>
      }
    >
      <Field label={say.value} hint={say.setText} problem={asked ? problem : null}>
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            aria-describedby={describedBy}
            mono
            invalid={asked && problem !== null}
            value={text}
            onChange={setText}
          />
        )}
      </Field>
    </Dialog>
  );
};

type Props = {
  selected: readonly SettingView[];
  staged: StagedEdits;
  onStage: StageEdits;
  onSelectAll: () => void;
  onEnd: () => void;
};

export const BulkBar = ({ selected, staged, onStage, onSelectAll, onEnd }: Props): ReactNode => {
  const [setting, setSetting] = useState(false);
  const none = selected.length === 0;
  const reset = (): void => {
    const edits = resetEdits(selected);
    if (edits.length === 0) toast({ title: say.nothing });
    else onStage(edits);
  };
  return (
    <div className={css['bar']} role="group" aria-label={say.label}>
      <strong role="status">{say.selected(selected.length)}</strong>
      <Button small onClick={onSelectAll}>
        {say.all}
      </Button>
      <Button small command="settings.apply" disabled={none} onClick={reset}>
        {say.reset}
      </Button>
      <Button small command="settings.apply" disabled={none} onClick={() => setSetting(true)}>
        {say.set}
      </Button>
      <Button small disabled={none} onClick={() => copyAsJson(selected, staged)}>
        {say.copy}
      </Button>
      <Button small onClick={onEnd}>
        {say.end}
      </Button>
      {setting ? (
        <ValueDialog
          settings={selected.filter((one) => !one.secret)}
          onStage={onStage}
          onClose={() => setSetting(false)}
        />
      ) : null}
    </div>
  );
};
