/** Full pages for a browser tab without a session and for a host that is gone: what happened, what is safe, what to do. */
import { KeyRound, PlugZap, Power } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Connection } from '../client.ts';
import { messages } from '../messages.en.ts';
import { CommandLine } from '../ui/copy.tsx';
import css from './door-page.module.css';

const pages = {
  'no-session': {
    icon: KeyRound,
    title: messages.door.noSessionTitle,
    text: messages.door.noSession,
    todo: messages.door.noSessionDo,
  },
  gone: { icon: PlugZap, title: messages.door.goneTitle, text: messages.door.goneText, todo: messages.door.goneDo },
  stopped: { icon: Power, title: messages.door.stoppedTitle, text: messages.door.stopped, todo: null },
};

export const DoorPage = ({ connection }: { connection: Exclude<Connection, 'connected'> }): ReactNode => {
  const page = pages[connection];
  const Icon = page.icon;
  return (
    <main className={css['page']} role="main">
      <div className={css['box']} role="alert">
        <Icon aria-hidden />
        <h1>{page.title}</h1>
        <p className="muted">{page.text}</p>
        {page.todo === null ? null : (
          <>
            <p>{page.todo}</p>
            <CommandLine bare command={messages.door.serve} />
          </>
        )}
      </div>
    </main>
  );
};
