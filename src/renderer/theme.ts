/** Light, dark or as the system has it. Remembered in the browser too, only so that the first paint is right. */
import type { Output } from '../contract/commands.ts';

export type Theme = Output<'preference.get'>['theme'];

const storageKey = 'holdfast.theme';

export const rememberedTheme = (): Theme => {
  const stored = localStorage.getItem(storageKey);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
};

export const applyTheme = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(storageKey, theme);
};
