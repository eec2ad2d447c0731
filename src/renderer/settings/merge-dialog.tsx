/** Somebody changed the same settings meanwhile: what stood there, what stands there now, what was edited; one choice each. */
import { useState, type ReactNode } from 'react';
import type { JsonValue } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { fieldId } from './setting-row.tsx';
import css from './merge-dialog.module.css';
import { entryAt, shownValue, stagedAt, type StagedEdits } from './staging.ts';

const say = messages.settings.merge;

export type Choice = 'mine' | 'theirs';

type Props = {
  keys: readonly string[];
  staged: StagedEdits;
  settings: readonly SettingView[];
  /** Keys whose edit is given up. */
  onDone: (drop: readonly string[]) => void;
  onClose: () => void;
};

const shown = (value: JsonValue, secret: boolean): string =>
  secret ? messages.settings.secretHidden : formatValue(value, 200);

const Side = ({
  name,
  side,
  checked,
  onChange,
  children,
}: {
  name: string;
  side: Choice;
  checked: boolean;
  onChange: () => void;
  children: string;
}): ReactNode => (
  <div className={css['side']} data-checked={checked ? '' : undefined}>
    <input id={`${name}-${side}`} type="radio" name={name} value={side} checked={checked} onChange={onChange} />
    <label htmlFor={`${name}-${side}`}>
      <strong>{say[side]}</strong>
      <span className="mono">{children}</span>
    </label>
  </div>
);

export const MergeDialog = ({ keys, staged, settings, onDone, onClose }: Props): ReactNode => {
  const [choices, setChoices] = useState<{ readonly [key: string]: Choice }>({});
  const choose = (key: string, side: Choice): void => setChoices((before) => ({ ...before, [key]: side }));
  const chosen = keys.every((key) => Object.hasOwn(choices, key));
  return (
    <Dialog
      open
      onClose={onClose}
      shape="wide"
      title={messages.settings.staleTitle}
      description={messages.settings.stale(keys)}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button
            variant="primary"
            disabled={!chosen}
            onClick={() => onDone(keys.filter((key) => entryAt(choices, key) === 'theirs'))}
          >
            {messages.settings.bar.review}
          </Button>
        </>
      }
    >
      <ul className={css['list']}>
        {keys.map((key) => {
          const setting = settings.find((one) => one.key === key);
          const one = stagedAt(staged, key);
          if (one === undefined) return null;
          const mine = setting === undefined ? null : shownValue(setting, one);
          return (
            <li key={key}>
              <fieldset className={css['one']}>
                <legend>
                  {setting?.title ?? key} <span className="mono muted">{key}</span>
                </legend>
                <p className="muted">
                  {say.base} <span className="mono">{shown(one.base, one.secret)}</span>
                </p>
                <Side
                  name={fieldId(key)}
                  side="theirs"
                  checked={entryAt(choices, key) === 'theirs'}
                  onChange={() => choose(key, 'theirs')}
                >
                  {shown(setting?.value ?? null, one.secret)}
                </Side>
                <Side
                  name={key}
                  side="mine"
                  checked={entryAt(choices, key) === 'mine'}
                  onChange={() => choose(key, 'mine')}
                >
                  {shown(mine, one.secret)}
                </Side>
              </fieldset>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
};
