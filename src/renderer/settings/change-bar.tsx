/** "3 changes · Discard · Review · Apply" over the foot of the page, while there is something staged. */
import { useEffect, type ReactNode } from 'react';
import { matchesAccelerator } from '../frame/accelerators.ts';
import { isMac } from '../frame/platform.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import css from './change-bar.module.css';

type Props = {
  keys: readonly string[];
  problems: number;
  busy: boolean;
  onDiscard: () => void;
  onReview: () => void;
  onApply: () => void;
};

const say = messages.settings.bar;

/**
 * After Apply or Discard the bar and its buttons are gone: focus goes to the page, not to whatever had it before. Later
 * than the dialog's own way back.
 */
export const focusAfterBar = (): void => {
  setTimeout(() => document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true }), 50);
};

export const ChangeBar = ({ keys, problems, busy, onDiscard, onReview, onApply }: Props): ReactNode => {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!matchesAccelerator('CmdOrCtrl+S', event, isMac)) return;
      event.preventDefault();
      onApply();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [onApply]);
  const shown = keys.slice(0, 3);
  return (
    <section className={css['bar']} data-actions="bar" aria-label={say.label}>
      <strong className={css['count']} role="status">
        {say.changes(keys.length)}
      </strong>
      {problems === 0 ? null : <Badge tone="bad">{say.problems(problems)}</Badge>}
      <span className={css['keys']}>
        {shown.join(', ')}
        {keys.length > shown.length ? ` ${say.andMore(keys.length - shown.length)}` : ''}
      </span>
      <span className={css['actions']}>
        <Button variant="quiet" onClick={onDiscard}>
          {say.discard}
        </Button>
        <Button onClick={onReview}>{say.review}</Button>
        <Button variant="primary" command="settings.apply" busy={busy} onClick={onApply}>
          {busy ? say.applying : say.apply}
        </Button>
      </span>
    </section>
  );
};
