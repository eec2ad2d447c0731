/** The browser host's menu bar: the native menu's items, which machine this is, and the way to stop it. */
import { Menu } from '@base-ui/react/menu';
import { Menubar } from '@base-ui/react/menubar';
import { MonitorSmartphone, Power } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { menuItems, type MenuItem } from '../../contract/menu.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { MenuPopup, type MenuEntry } from '../ui/menu.tsx';
import { toastError } from '../ui/toast.tsx';
import { showAccelerator } from './accelerators.ts';
import css from './menu-bar.module.css';
import { useMenuStore } from './menu-store.ts';
import { isMac } from './platform.ts';

const menus: MenuItem['menu'][] = ['File', 'Edit', 'View', 'Help'];

const useEntries = (menu: MenuItem['menu']): MenuEntry[] => {
  const { run, theme } = useMenuStore();
  return menuItems
    .filter((item) => item.menu === menu && item.browser)
    .map((item) => ({
      id: item.id,
      label: item.label,
      onSelect: () => run(item.id),
      ...(item.command === undefined ? {} : { command: item.command }),
      ...(item.accelerator === undefined ? {} : { hint: showAccelerator(item.accelerator, isMac) }),
      ...(item.id.startsWith('view.theme-') ? { checked: item.id === `view.theme-${theme}` } : {}),
    }));
};

const OneMenu = ({ menu }: { menu: MenuItem['menu'] }): ReactNode => (
  <Menu.Root>
    <Menu.Trigger className={css['item']}>{menu}</Menu.Trigger>
    <MenuPopup entries={useEntries(menu)} />
  </Menu.Root>
);

const StopButton = ({ stop }: { stop: () => Promise<unknown> }): ReactNode => {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button small icon={Power} onClick={() => setAsking(true)}>
        {messages.door.stop}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={messages.door.stopTitle}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{messages.ui.cancel}</Button>
            <Button variant="danger" onClick={() => void stop()}>
              {messages.door.stop}
            </Button>
          </>
        }
      >
        <p>{messages.door.stopText}</p>
      </Dialog>
    </>
  );
};

export const MenuBar = (): ReactNode => {
  const door = useDoor();
  const { stop } = door;
  return (
    <header className={css['bar']}>
      <Menubar className={css['menus']} aria-label={messages.frame.menu}>
        {menus.map((menu) => (
          <OneMenu key={menu} menu={menu} />
        ))}
      </Menubar>
      <span className={css['host']}>
        <MonitorSmartphone aria-hidden />
        <span>{door.host === null ? messages.door.local : messages.door.localOn(door.host)}</span>
      </span>
      {stop === null ? null : (
        <StopButton
          stop={async () => {
            const answer = await stop();
            if (!answer.ok) toastError(answer.error);
          }}
        />
      )}
    </header>
  );
};
