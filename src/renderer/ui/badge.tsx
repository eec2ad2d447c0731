/** A short word about the thing beside it. Colour only repeats what the word says. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import css from './badge.module.css';
import { cx } from './cx.ts';

export type Tone = 'neutral' | 'ok' | 'warn' | 'bad' | 'accent';

type Props = { tone?: Tone; icon?: LucideIcon; title?: string | undefined; children: ReactNode };

export const Badge = ({ tone = 'neutral', icon: Icon, title, children }: Props): ReactNode => (
  <span className={cx(css['badge'], tone !== 'neutral' && css[tone])} title={title}>
    {Icon === undefined ? null : <Icon aria-hidden />}
    {children}
  </span>
);
