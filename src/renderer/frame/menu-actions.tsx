/**
 * What each menu item does: one table for the native menu's events, the in-page menu and the keyboard. Renders only the
 * shortcut sheet.
 */
import { useEffect, useMemo, type ReactNode } from 'react';
import { menuItems, type MenuId } from '../../contract/menu.ts';
import { useBackupFlows } from '../backups/backup-flows.ts';
import { useBundleFlows } from '../bundles/bundle-flows.ts';
import { useDoor, type Door } from '../client.ts';
import { useRefusals } from '../may.ts';
import { messages } from '../messages.en.ts';
import { setUpAgain } from '../migration/set-up-again.ts';
import { applyTheme, rememberedTheme, type Theme } from '../theme.ts';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { goTo } from '../use-route.ts';
import { matchesAccelerator } from './accelerators.ts';
import { focusFind, focusNextPane, isEditing } from './focus.ts';
import { useMenuStore } from './menu-store.ts';
import { isMac } from './platform.ts';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { undoneNote } from './undone.ts';

export type MenuHandlers = { [id in MenuId]: () => void };

const takeBack = async (call: Door['call'], way: 'undo' | 'redo'): Promise<void> => {
  const answer = await call(way === 'undo' ? 'settings.undo' : 'settings.redo', {});
  const say = messages.frame;
  if (answer.ok) toast(undoneNote(way, answer.data));
  else if (answer.error.type === 'NotFound') toast({ title: way === 'undo' ? say.nothingToUndo : say.nothingToRedo });
  else toastError(answer.error);
};

/** The text field's own undo and redo, when the native menu took the key. */
const editText = (way: 'undo' | 'redo'): void => {
  // oxlint-disable-next-line typescript/no-deprecated -- there is no other way to the text field's own history
  document.execCommand(way);
};

const openHome = async (door: Door): Promise<void> => {
  if (door.openHome === null) return goTo('homes');
  const answer = await door.openHome();
  if (!answer.ok) toastError(answer.error);
};

const setTheme = async (door: Door, theme: Theme): Promise<void> => {
  applyTheme(theme);
  useMenuStore.setState({ theme });
  const answer = await door.call('preference.set', { theme });
  if (!answer.ok) toastError(answer.error);
};

const isUndo = (id: MenuId): boolean => id === 'edit.undo' || id === 'edit.redo';

/** A key or a native menu reaches an item that is off, too: then it says why. In a text field undo belongs to the text. */
const guarded = (handlers: MenuHandlers, refusalOf: ReturnType<typeof useRefusals>): MenuHandlers => {
  const all = { ...handlers };
  for (const { id, command } of menuItems)
    all[id] = () => {
      const refusal = isUndo(id) && isEditing() ? null : refusalOf(command);
      if (refusal === null) handlers[id]();
      else toast({ title: refusal });
    };
  return all;
};

const useHandlers = (): MenuHandlers => {
  const door = useDoor();
  const call = useCall();
  const flows = useBackupFlows();
  const bundles = useBundleFlows();
  const refusalOf = useRefusals();
  const handlers = useMemo(
    () => ({
      'home.open': () => void openHome(door),
      'backup.export': () => void flows.exportBackup(),
      'backup.restore': () => void flows.restoreFromFile(),
      'bundle.import': () => void bundles.importBundle(),
      'bundle.export': bundles.exportBundle,
      'home.set-up-again': () => void setUpAgain(call),
      'edit.undo': () => (isEditing() ? editText('undo') : void takeBack(call, 'undo')),
      'edit.redo': () => (isEditing() ? editText('redo') : void takeBack(call, 'redo')),
      'edit.find': focusFind,
      'view.theme-system': () => void setTheme(door, 'system'),
      'view.theme-light': () => void setTheme(door, 'light'),
      'view.theme-dark': () => void setTheme(door, 'dark'),
      'help.shortcuts': () => useMenuStore.setState({ shortcutsOpen: true }),
    }),
    [door, call, flows, bundles],
  );
  return useMemo(() => guarded(handlers, refusalOf), [handlers, refusalOf]);
};

/** Keys that the native menu does not have, and in the browser those of the menu too. */
const onKey = (event: KeyboardEvent, handlers: MenuHandlers, inBrowser: boolean): void => {
  if (event.defaultPrevented) return;
  if (event.key === 'F6') {
    event.preventDefault();
    focusNextPane(event.shiftKey ? -1 : 1);
    return;
  }
  if (event.key === '?' && !isEditing()) {
    event.preventDefault();
    handlers['help.shortcuts']();
    return;
  }
  if (!inBrowser) return;
  for (const item of menuItems) {
    if (item.accelerator === undefined || !matchesAccelerator(item.accelerator, event, isMac)) continue;
    if (isUndo(item.id) && isEditing()) return;
    event.preventDefault();
    handlers[item.id]();
    return;
  }
};

export const MenuActions = (): ReactNode => {
  const door = useDoor();
  const handlers = useHandlers();
  useEffect(() => {
    useMenuStore.setState({ run: (id) => handlers[id](), theme: rememberedTheme() });
    const listen = (event: KeyboardEvent): void => onKey(event, handlers, door.kind === 'browser');
    window.addEventListener('keydown', listen);
    const stop = door.on((event) => (event.type === 'menu' ? handlers[event.id]() : undefined));
    return () => {
      window.removeEventListener('keydown', listen);
      stop();
    };
  }, [door, handlers]);
  return <ShortcutSheet />;
};
