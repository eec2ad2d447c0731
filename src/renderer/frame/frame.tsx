/** The frame around every page: menu bar (browser host), navigation, the page, the status strip. */
import { useRef, type ReactNode } from 'react';
import type { HomeCandidate } from '../../contract/home.ts';
import { useBackupFlows } from '../backups/backup-flows.ts';
import { useTakeDrops } from '../backups/drop-area.tsx';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { ReadOnlyBanner } from '../recovery/read-only-banner.tsx';
import { useStatus } from '../status.ts';
import { Boundary } from '../ui/boundary.tsx';
import { cx } from '../ui/cx.ts';
import { ScrollerContext } from '../ui/virtual-rows.tsx';
import { ActingBanner, ActingSwitch } from '../users/acting-switch.tsx';
import { CrashedBar, CrashedPage } from './crashed.tsx';
import css from './frame.module.css';
import { HomeSwitcher } from './home-switcher.tsx';
import { MenuBar } from './menu-bar.tsx';
import { Navigation } from './navigation.tsx';
import { StatusStrip } from './status-strip.tsx';

type Props = { homes: readonly HomeCandidate[]; page: string; children: ReactNode };

export const Frame = ({ homes, page, children }: Props): ReactNode => {
  const door = useDoor();
  const { reload } = useStatus();
  const main = useRef<HTMLElement>(null);
  useTakeDrops(useBackupFlows().lookInto);
  return (
    <div className={cx(css['frame'], door.kind === 'browser' && css['withMenu'])}>
      <a
        className={css['skip']}
        href="#main"
        onClick={(event) => {
          // The address belongs to the page; only focus moves.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {messages.frame.skip}
      </a>
      {door.kind === 'browser' ? <MenuBar /> : null}
      <div className={css['side']} data-pane="">
        <HomeSwitcher homes={homes} />
        <ActingSwitch />
        <Navigation current={page} />
      </div>
      <main ref={main} id="main" tabIndex={-1} className={css['main']} data-pane="">
        <ReadOnlyBanner />
        <ActingBanner />
        <ScrollerContext value={main}>
          <Boundary key={page} fallback={(error, again) => <CrashedPage error={error} onAgain={again} />}>
            {children}
          </Boundary>
        </ScrollerContext>
      </main>
      <Boundary fallback={(_, again) => <CrashedBar onAgain={() => void reload().then(again)} />}>
        <StatusStrip />
      </Boundary>
    </div>
  );
};
