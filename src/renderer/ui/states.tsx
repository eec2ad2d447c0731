/** What a page shows when it has nothing yet, nothing at all, or a problem: each says what happened and what to do. */
import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { messages } from '../messages.en.ts';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import css from './states.module.css';

export const Loading = ({ label = messages.ui.loading }: { label?: string }): ReactNode => (
  <div className={css['loading']} role="status">
    <span className="visually-hidden">{label}</span>
    <div className={css['bar']} />
    <div className={css['bar']} />
    <div className={css['bar']} />
    <div className={css['bar']} />
  </div>
);

type EmptyProps = {
  icon: LucideIcon; /** Left out where the page's heading says it already. */
  title?: string;
  text?: ReactNode;
  compact?: boolean;
  children?: ReactNode;
};

export const Empty = ({ icon: Icon, title, text, compact = false, children }: EmptyProps): ReactNode => (
  <div className={cx(css['state'], compact && css['compact'])}>
    <Icon aria-hidden />
    {title === undefined ? null : <h2>{title}</h2>}
    {text === undefined ? null : <p className={css['text']}>{text}</p>}
    {children === undefined ? null : <div className={css['actions']}>{children}</div>}
  </div>
);

type ErrorProps = { error: HoldfastError; title?: string; onRetry?: () => void; children?: ReactNode };

export const ErrorState = ({ error, title = messages.ui.problem, onRetry, children }: ErrorProps): ReactNode => (
  <div className={cx(css['state'], css['bad'])} role="alert">
    <CircleAlert aria-hidden />
    <h2>{title}</h2>
    <p className={css['text']}>{describeError(error)}</p>
    <div className={css['actions']}>
      {onRetry === undefined ? null : <Button onClick={onRetry}>{messages.ui.tryAgain}</Button>}
      {children}
    </div>
  </div>
);

const noticeIcons = { info: Info, ok: CircleCheck, warn: TriangleAlert, bad: CircleAlert };

type NoticeProps = { tone: keyof typeof noticeIcons; children: ReactNode; alert?: boolean };

/** A line inside a page or dialog that must not be missed. */
export const NoticeLine = ({ tone, children, alert = false }: NoticeProps): ReactNode => {
  const Icon = noticeIcons[tone];
  return (
    <div className={cx(css['notice'], tone !== 'info' && css[`${tone}Notice`])} {...(alert ? { role: 'alert' } : {})}>
      <Icon aria-hidden />
      <div className={css['noticeBody']}>{children}</div>
    </div>
  );
};
