/** On or off, said in words beside the switch. With `command` it stays as it is for whom the core would refuse that. */
import { Switch as Base } from '@base-ui/react/switch';
import type { ReactNode } from 'react';
import type { CommandName } from '../../contract/commands.ts';
import { useRefusal } from '../may.ts';
import { messages } from '../messages.en.ts';
import css from './field.module.css';

type Props = {
  checked: boolean;
  onChange: (checked: boolean) => void;
  id?: string;
  label?: string;
  labelledBy?: string;
  describedBy?: string | undefined;
  command?: CommandName;
};

export const Switch = ({ checked, onChange, id, label, labelledBy, describedBy, command }: Props): ReactNode => {
  const refusal = useRefusal(command);
  return (
    <span className={css['onoff']} title={refusal ?? undefined}>
      <span className="small muted" aria-hidden>
        {checked ? messages.ui.on : messages.ui.off}
      </span>
      <Base.Root
        id={id}
        className={css['switch']}
        checked={checked}
        readOnly={refusal !== null}
        onCheckedChange={onChange}
        data-command={command}
        aria-disabled={refusal === null ? undefined : true}
        aria-label={label}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
      >
        <Base.Thumb className={css['thumb']} />
      </Base.Root>
    </span>
  );
};
