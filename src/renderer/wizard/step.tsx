/** The frame of one wizard page: heading that takes focus, content, buttons that stay in sight. */
import { useEffect, useRef, type ReactNode } from 'react';
import { messages } from '../messages.en.ts';
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
  children: ReactNode;
};

export const Step = ({ title, subtitle, narrow = false, onBack, aside, action, children }: Props): ReactNode => {
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
      <div className={cx(css['content'], narrow && css['narrow'])}>{children}</div>
      <div className={css['buttons']}>
        {aside}
        <span className={css['push']} />
        {onBack === undefined ? null : <Button onClick={onBack}>{messages.wizard.back}</Button>}
        {action}
      </div>
    </div>
  );
};
