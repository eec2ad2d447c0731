/** Where the keyboard is and where it goes next. */
import { create } from 'zustand';
import { goTo } from '../use-route.ts';

/** True while typing: shortcuts without a modifier, and undo, belong to the text then. */
export const isEditing = (): boolean => {
  const at = document.activeElement;
  if (at instanceof HTMLTextAreaElement) return true;
  if (at instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'file'].includes(at.type);
  return at instanceof HTMLElement && at.isContentEditable;
};

/** Set when a search was asked for on a page that has none; the page that opens takes it. */
export const useFindStore = create<{ wanted: boolean }>(() => ({ wanted: false }));

export const focusFind = (): void => {
  const field = document.querySelector<HTMLInputElement>('main [data-find]');
  if (field === null) {
    useFindStore.setState({ wanted: true });
    goTo('settings');
    return;
  }
  field.focus();
  field.select();
};

export const focusNextPane = (step: 1 | -1): void => {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  // A pane may lie in another: the inner one counts.
  const at = panes.findLastIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(at + step + panes.length) % panes.length];
  const target =
    next?.matches('[tabindex]') === true
      ? next
      : (next?.querySelector<HTMLElement>('[aria-current], textarea') ??
        next?.querySelector<HTMLElement>('a, button, input'));
  target?.focus();
};
