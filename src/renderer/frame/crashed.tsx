/** A bug in a page, or in what is around the pages: what is safe, and the ways on. */
import { useEffect, useState, type ReactNode } from 'react';
import { Bug, TriangleAlert } from 'lucide-react';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/states.tsx';
import css from './crashed.module.css';

const say = messages.crashed;

/** For a report: where in the program, never what stood on the screen. */
const placeOf = (error: Error): string =>
  [error.name, ...(error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line))].slice(0, 12).join('\n');

const Report = ({ error }: { error: Error }): ReactNode => {
  const [shown, setShown] = useState(false);
  return (
    <div className={css['report']}>
      <Button variant="link" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {say.report}
      </Button>
      {shown ? (
        <>
          <pre tabIndex={0} role="region" aria-label={say.report}>
            {placeOf(error)}
          </pre>
          <CopyButton text={placeOf(error)} label={say.copy} />
        </>
      ) : null}
    </div>
  );
};

type Props = { error: Error; onAgain: () => void };

/** In the page's place; navigation, menus and status stay. */
export const CrashedPage = ({ error, onAgain }: Props): ReactNode => (
  <Page title={say.title}>
    <div role="alert">
      <Empty icon={Bug} text={say.text}>
        <Button variant="primary" onClick={onAgain}>
          {say.again}
        </Button>
        <LinkButton href={formatRoute('overview')}>{messages.frame.toOverview}</LinkButton>
      </Empty>
    </div>
    <Report error={error} />
  </Page>
);

/** In a bar's place. */
export const CrashedBar = ({ onAgain }: Pick<Props, 'onAgain'>): ReactNode => (
  <div className={css['bar']} role="alert">
    <TriangleAlert aria-hidden />
    {say.bar}
    <Button small onClick={onAgain}>
      {messages.ui.tryAgain}
    </Button>
  </div>
);

/** When the frame itself is gone. */
export const CrashedApp = ({ error }: Pick<Props, 'error'>): ReactNode => {
  useEffect(() => {
    document.title = messages.ui.windowTitle(say.title);
  }, []);
  return (
    <main className={css['app']}>
      <h1>{say.appTitle}</h1>
      <div role="alert">
        <Empty icon={Bug} text={say.text}>
          <Button variant="primary" onClick={() => window.location.reload()}>
            {say.reload}
          </Button>
        </Empty>
      </div>
      <Report error={error} />
    </main>
  );
};
