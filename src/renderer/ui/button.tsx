/**
 * Every button and button-like link. `busy` keeps it focusable while its work runs. With `command` it is off, and says why,
 * for whom the core would refuse that command.
 */
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import type { CommandName } from '../../contract/commands.ts';
import { useRefusal } from '../may.ts';
import css from './button.module.css';
import { cx } from './cx.ts';

export type Variant = 'plain' | 'primary' | 'quiet' | 'danger' | 'icon' | 'link';

type Look = { variant?: Variant; small?: boolean; icon?: LucideIcon };

export const buttonClass = ({ variant = 'plain', small = false }: Look): string =>
  cx(css['button'], variant !== 'plain' && css[variant], small && css['small']);

type ButtonProps = Look & { busy?: boolean; command?: CommandName } & Omit<ComponentProps<'button'>, 'type'>;

export const Button = ({
  variant,
  small,
  icon: Icon,
  busy = false,
  command,
  className,
  children,
  title,
  onClick,
  ...rest
}: ButtonProps): ReactNode => {
  const refusal = useRefusal(command);
  const off = busy || refusal !== null;
  return (
    <button
      type="button"
      {...rest}
      {...(off ? { 'aria-disabled': true } : {})}
      data-command={command}
      title={refusal ?? title}
      className={cx(buttonClass({ ...(variant && { variant }), ...(small && { small }) }), className)}
      onClick={off ? undefined : onClick}
    >
      {Icon === undefined ? null : <Icon aria-hidden />}
      {children}
    </button>
  );
};

/** A button that is only an icon: its label is read out and shown on hover. */
export const IconButton = ({
  label,
  ...rest
}: { label: string } & Omit<ButtonProps, 'children' | 'variant'>): ReactNode => (
  <Button variant="icon" aria-label={label} title={label} {...rest} />
);

export const LinkButton = ({
  variant,
  small,
  icon: Icon,
  className,
  children,
  ...rest
}: Look & ComponentProps<'a'>): ReactNode => (
  <a {...rest} className={cx(buttonClass({ ...(variant && { variant }), ...(small && { small }) }), className)}>
    {Icon === undefined ? null : <Icon aria-hidden />}
    {children}
  </a>
);
