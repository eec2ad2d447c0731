/** Keys of a long list of rows that unfold: arrows from row to row, right and left unfold and fold, Home and End to its ends. */
import { useRef, useState, type KeyboardEvent } from 'react';

const toggleAt = (table: HTMLElement, index: number): HTMLElement | null =>
  table.querySelector<HTMLElement>(`[data-toggle="${String(index)}"]`);

/** Rows out of sight are not drawn: `reveal` brings them, then they get the focus. */
export const useRowKeys = (count: number) => {
  const [reveal, setReveal] = useState<number | null>(null);
  const wanted = useRef<number | null>(null);
  const seek = (table: HTMLElement, index: number, frames: number): void => {
    if (wanted.current !== index) return;
    const there = toggleAt(table, index);
    if (there === null && frames > 0) {
      requestAnimationFrame(() => seek(table, index, frames - 1));
      return;
    }
    there?.focus();
    wanted.current = null;
    setReveal(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const from = (event.target as HTMLElement).dataset['toggle'];
    if (from === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = Number(from);
    const open = event.target instanceof Element && event.target.getAttribute('aria-expanded') === 'true';
    if ((event.key === 'ArrowRight' && !open) || (event.key === 'ArrowLeft' && open)) {
      event.preventDefault();
      (event.target as HTMLElement).click();
      return;
    }
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 }[event.key];
    if (target === undefined || target < 0 || target >= count) return;
    event.preventDefault();
    wanted.current = target;
    if (toggleAt(event.currentTarget, target) === null) setReveal(target);
    seek(event.currentTarget, target, 60);
  };
  return { reveal, onKeyDown };
};
