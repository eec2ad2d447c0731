/** Keyboard shortcuts: Electron's notation, matched against key presses and shown as each platform writes them. Pure. */
export type KeyPress = { key: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean };

export const matchesAccelerator = (accelerator: string, press: KeyPress, mac: boolean): boolean => {
  const parts = accelerator.split('+');
  const key = parts.at(-1)?.toLowerCase() ?? '';
  const wants = (name: string): boolean => parts.includes(name);
  const command = wants('CmdOrCtrl');
  return (
    press.key.toLowerCase() === key &&
    press.ctrlKey === ((command && !mac) || wants('Ctrl')) &&
    press.metaKey === (command && mac) &&
    press.shiftKey === wants('Shift') &&
    press.altKey === wants('Alt')
  );
};

/** `Ctrl+Shift+E`, on a Mac `⇧⌘E`. */
export const showAccelerator = (accelerator: string, mac: boolean): string => {
  if (!mac) return accelerator.replace('CmdOrCtrl', 'Ctrl');
  const signs: { [name: string]: string } = { CmdOrCtrl: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' };
  const order = ['Ctrl', 'Alt', 'Shift', 'CmdOrCtrl'];
  const parts = accelerator.split('+');
  return [...order.filter((name) => parts.includes(name)).map((name) => signs[name] ?? ''), parts.at(-1) ?? ''].join(
    '',
  );
};
