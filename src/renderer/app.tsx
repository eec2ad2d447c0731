/** What fills the window: the door's own pages (no session, host gone), the home chooser, or one home. */
import { useEffect, useRef, type ReactNode } from 'react';
import { DropArea } from './backups/drop-area.tsx';
import { useConnection, useDoor } from './client.ts';
import { DoorPage } from './door/door-page.tsx';
import { Home } from './home.tsx';
import { ChooserScreen } from './homes/chooser-screen.tsx';
import { noteProgress } from './jobs.ts';
import { applyTheme } from './theme.ts';
import { ErrorState, Loading } from './ui/states.tsx';
import { Toasts } from './ui/toast.tsx';
import { Unlock } from './unlock/unlock.tsx';
import { useQuery } from './use-query.ts';
import { replaceRoute } from './use-route.ts';

const useTheme = (): void => {
  const door = useDoor();
  useEffect(() => {
    void door.call('preference.get', {}).then((answer) => (answer.ok ? applyTheme(answer.data.theme) : undefined));
  }, [door]);
};

/** Another home starts on its own first page. The address of the first one that shows is kept: it may be a link. */
const useStartPage = (current: string | null | undefined): void => {
  const before = useRef(current);
  useEffect(() => {
    if (before.current !== undefined && before.current !== current) replaceRoute('');
    before.current = current;
  }, [current]);
};

const Homes = (): ReactNode => {
  const homes = useQuery('home.list', {}, ['home']);
  useTheme();
  useStartPage(homes.data?.current);
  if (homes.data === null) {
    return homes.error === null ? <Loading /> : <ErrorState error={homes.error} onRetry={() => void homes.reload()} />;
  }
  const { current } = homes.data;
  if (current === null) return <ChooserScreen homes={homes.data.homes} current={null} />;
  // Another home is another app: nothing of the one before may stay on the screen.
  return <Home key={current} current={current} homes={homes.data.homes} />;
};

export const App = (): ReactNode => {
  const door = useDoor();
  const connection = useConnection(door);
  useEffect(() => door.on((event) => (event.type === 'progress' ? noteProgress(event.job) : undefined)), [door]);
  const lost = connection === 'no-session' || connection === 'stopped';
  return (
    <>
      {connection === 'connected' ? null : <DoorPage connection={connection} />}
      {lost ? null : (
        // While the host is gone the page waits behind the message, so that nothing typed is lost.
        <div hidden={connection === 'gone'}>
          <Homes />
          <Unlock />
          <DropArea />
          <Toasts />
        </div>
      )}
    </>
  );
};
