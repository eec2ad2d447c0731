/** Beside a port or a path: whether it would work on this machine now, looked up a moment after typing. Never in the way. */
import { useEffect, useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { SettingKind } from '../../contract/settings.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { textOf } from './fields/field-props.ts';
import css from './live-check.module.css';

type Trial = Output<'settings.try'>;
const say = messages.settings.live;
const pauseMs = 400;

type Props = {
  settingKey: string;
  kind: SettingKind;
  value: JsonValue;
  /** Before the home has one. */
  definition?: string | null;
  onPick: (value: JsonValue) => void;
};

const Known = ({ settingKey, value, definition, onPick }: Omit<Props, 'kind'>): ReactNode => {
  const door = useDoor();
  const [trial, setTrial] = useState<Trial | null>(null);
  const asked = JSON.stringify(value);
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => {
      const input = { key: settingKey, value: JSON.parse(asked) as JsonValue };
      void door
        .call('settings.try', { ...input, ...(definition === null || definition === undefined ? {} : { definition }) })
        .then((answer) => {
          if (!gone) setTrial(answer.ok ? answer.data : null);
        });
    }, pauseMs);
    return () => {
      gone = true;
      clearTimeout(timer);
      setTrial(null);
    };
  }, [door, settingKey, asked, definition]);
  return (
    <p className={css['line']} role="status" data-result={trial?.result}>
      {trial === null || trial.result === 'unknown' ? null : trial.message}
      {trial === null || trial.suggestions.length === 0 ? null : (
        <span className={css['picks']}>
          {say.instead}
          {trial.suggestions.map((one) => (
            <Button key={JSON.stringify(one)} small variant="quiet" onClick={() => onPick(one)}>
              {textOf(one)}
            </Button>
          ))}
        </span>
      )}
    </p>
  );
};

export const LiveCheck = ({ kind, value, ...rest }: Props): ReactNode =>
  (kind === 'port' && typeof value === 'number') || (kind === 'path' && typeof value === 'string' && value !== '') ? (
    <Known value={value} {...rest} />
  ) : null;
