/** Arrow keys, Home and End go from row to row of a table whose rows open by a button marked `data-open`. */
import type { KeyboardEvent } from 'react';

export const moveAmongRows = (event: KeyboardEvent<HTMLElement>): void => {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-open]')];
  const at = buttons.indexOf(event.target as HTMLElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (at === -1 || target === undefined) return;
  event.preventDefault();
  buttons[target]?.focus();
};
