/** The frame of one wizard page: heading that takes focus, content, buttons that stay in sight. */
import { useEffect, useRef, type ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { RecoveryLine } from '../recovery/recovery-line.tsx';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import css from './wizard-screen.module.css';

type Props = {
  title: string;
  subtitle?: ReactNode;
  narrow?: boolean;
  onBack?: () => void;
  /** Left of the buttons: hints and commands. */
  aside?: ReactNode;
  action?: ReactNode;
  /** False where the page has its own words about the recovery code. */
  standing?: boolean;
  children: ReactNode;
};

export const Step = ({
  title,
  subtitle,
  narrow = false,
  onBack,
  aside,
  action,
  standing = true,
  children,
}: Props): ReactNode => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = messages.ui.windowTitle(title);
  }, [title]);
  return (
    <div className={css['page']}>
      <header className={css['title']}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {subtitle === undefined ? null : <p className={css['subtitle']}>{subtitle}</p>}
      </header>
      <div className={cx(css['content'], narrow && css['narrow'])}>
        {standing ? <RecoveryLine /> : null}
        {children}
      </div>
      <div className={css['buttons']} data-actions="">
        {aside}
        <span className={css['push']} />
        {onBack === undefined ? null : <Button onClick={onBack}>{messages.wizard.back}</Button>}
        {action}
      </div>
    </div>
  );
};
