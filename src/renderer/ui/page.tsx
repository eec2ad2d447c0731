/** The frame of every page: one heading that takes focus when the page opens, its actions, its cards. */
import { useEffect, useRef, type ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { CommandLine } from './copy.tsx';
import { cx } from './cx.ts';
import css from './page.module.css';

let shownBefore = false;

type Props = {
  title: string;
  subtitle?: ReactNode;
  badges?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  /** The same in the terminal. */
  command?: string;
  children: ReactNode;
};

export const Page = ({ title, subtitle, badges, actions, wide = false, command, children }: Props): ReactNode => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The first page leaves focus to the browser; each later one says where the person arrived.
    if (shownBefore) heading.current?.focus({ preventScroll: true });
    shownBefore = true;
  }, []);
  useEffect(() => {
    document.title = messages.ui.windowTitle(title);
  }, [title]);
  return (
    <div className={cx(css['page'], wide && css['wide'])}>
      <header className={css['head']}>
        <div className={css['titles']}>
          <div className={css['titleRow']}>
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
            {badges}
          </div>
          {subtitle === undefined ? null : <div className={css['subtitle']}>{subtitle}</div>}
        </div>
        {actions === undefined ? null : <div className={css['actions']}>{actions}</div>}
      </header>
      {children}
      {command === undefined ? null : (
        <footer className={css['command']}>
          <CommandLine command={command} />
        </footer>
      )}
    </div>
  );
};

type CardProps = {
  title?: string;
  aside?: ReactNode;
  flush?: boolean;
  className?: string | undefined;
  children: ReactNode;
};

export const Card = ({ title, aside, flush = false, className, children }: CardProps): ReactNode => (
  <section
    className={cx(css['card'], flush && css['flush'], className)}
    {...(title === undefined ? {} : { 'aria-label': title })}
  >
    {title === undefined ? null : (
      <div className={css['cardHead']}>
        <h2>{title}</h2>
        {aside}
      </div>
    )}
    {children}
  </section>
);

export const Stack = ({ children }: { children: ReactNode }): ReactNode => (
  <div className={css['stack']}>{children}</div>
);
