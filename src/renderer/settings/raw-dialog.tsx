/** A group of settings as JSON beside the form: the same checks, and the same staged edits. */
import { useMemo, useState, type ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import type { SettingView } from '../../contract/settings.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Problem, TextArea } from '../ui/field.tsx';
import css from './raw-dialog.module.css';
import { rawText, readRaw } from './raw-json.ts';
import { toChanges, stageEdit, type Edit, type StagedEdits } from './staging.ts';

const say = messages.settings.raw;

type Props = {
  title: string;
  settings: readonly SettingView[];
  staged: StagedEdits;
  onStage: (edits: readonly { setting: SettingView; edit: Edit }[]) => void;
  onClose: () => void;
};

export const RawDialog = ({ title, settings, staged, onStage, onClose }: Props): ReactNode => {
  const door = useDoor();
  const [text, setText] = useState(() => rawText(settings, staged));
  const [refused, setRefused] = useState<readonly string[]>([]);
  const { edits, problems } = useMemo(() => readRaw(text, settings, staged), [text, settings, staged]);
  const submit = async (): Promise<void> => {
    const changes = toChanges(edits.reduce<StagedEdits>((all, { setting, edit }) => stageEdit(all, setting, edit), {}));
    if (changes.length > 0) {
      const answer = await door.call('settings.apply', { changes, dryRun: true });
      if (!answer.ok) {
        const { error } = answer;
        setRefused(
          error.type === 'SettingInvalid'
            ? error.invalid.map((one) => `${one.key} ${one.problem}`)
            : [describeError(error)],
        );
        return;
      }
    }
    onStage(edits);
    onClose();
  };
  const shown = [...problems.map(({ line, problem }) => say.line(line, problem)), ...refused];
  return (
    <Dialog
      open
      onClose={onClose}
      shape="wide"
      title={say.title(title)}
      description={say.description}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="primary" disabled={problems.length > 0} onClick={() => void submit()}>
            {say.stage(edits.length)}
          </Button>
        </>
      }
    >
      <Field label={say.label}>
        {({ id }) => (
          <TextArea
            id={id}
            className={css['text']}
            mono
            rows={18}
            invalid={shown.length > 0}
            aria-describedby={`${id}-problems`}
            value={text}
            onChange={(next) => {
              setText(next);
              setRefused([]);
            }}
          />
        )}
      </Field>
      <div role="status" className={css['problems']}>
        {shown.slice(0, 5).map((problem) => (
          <Problem key={problem}>{problem}</Problem>
        ))}
      </div>
    </Dialog>
  );
};
