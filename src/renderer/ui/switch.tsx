/** On or off, said in words beside the switch. */
import { Switch as Base } from '@base-ui/react/switch';
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import css from './field.module.css';

type Props = {
  checked: boolean;
  onChange: (checked: boolean) => void;
  id?: string;
  label?: string;
  labelledBy?: string;
  describedBy?: string | undefined;
};

export const Switch = ({ checked, onChange, id, label, labelledBy, describedBy }: Props): ReactNode => (
  <span className={css['onoff']}>
    <span className="small muted" aria-hidden>
      {checked ? messages.ui.on : messages.ui.off}
    </span>
    <Base.Root
      id={id}
      className={css['switch']}
      checked={checked}
      onCheckedChange={onChange}
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
    >
      <Base.Thumb className={css['thumb']} />
    </Base.Root>
  </span>
);
