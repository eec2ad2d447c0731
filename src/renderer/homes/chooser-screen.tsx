/** Which home to open: known ones, found ones, the sample. */
import { ArrowLeft, ArrowRight, Folder, FolderOpen, FlaskConical } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import type { HomeCandidate } from '../../contract/home.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Badge } from '../ui/badge.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { CommandLine } from '../ui/copy.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { replaceRoute } from '../use-route.ts';
import css from './chooser-screen.module.css';

const say = messages.homes;

type RowProps = { home: HomeCandidate; current: boolean; onOpen: () => void };

const Row = ({ home, current, onOpen }: RowProps): ReactNode => {
  const sample = home.origin === 'sample';
  const Icon = sample ? FlaskConical : Folder;
  return (
    <li>
      <button
        type="button"
        className={css['row']}
        onClick={onOpen}
        aria-label={sample ? say.trySample : say.open(home.title)}
      >
        <Icon aria-hidden />
        <span className={css['text']}>
          <span className={css['name']}>{sample ? say.trySample : home.title}</span>
          <span className={sample ? 'small muted' : 'mono muted'}>{sample ? say.sampleText : home.path}</span>
        </span>
        {current ? (
          <Badge tone="accent">{say.current}</Badge>
        ) : home.hasStore ? (
          <Badge tone="ok">{say.migrated}</Badge>
        ) : sample ? null : (
          <Badge>{say.notMigrated}</Badge>
        )}
        <ArrowRight aria-hidden className={css['arrow']} />
      </button>
    </li>
  );
};

const groups = ['known', 'found', 'sample'] as const;

export const ChooserScreen = ({
  homes,
  current,
}: {
  homes: readonly HomeCandidate[];
  current: string | null;
}): ReactNode => {
  const door = useDoor();
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    document.title = messages.ui.windowTitle(say.title);
  }, []);
  const settle = (
    answer: { ok: true; data: unknown } | { ok: false; error: Parameters<typeof describeError>[0] },
  ): void => {
    if (!answer.ok) setProblem(describeError(answer.error));
  };
  const { openHome } = door;
  return (
    <main className={css['screen']}>
      {current === null ? null : (
        <LinkButton className={css['back']} variant="quiet" small icon={ArrowLeft} href={formatRoute('')}>
          {messages.wizard.back}
        </LinkButton>
      )}
      <header className={css['head']}>
        <span className={css['glyph']} aria-hidden>
          H
        </span>
        <div>
          <h1>{say.title}</h1>
          <p className="muted">{say.subtitle}</p>
        </div>
      </header>
      {problem === null ? null : (
        <NoticeLine tone="bad" alert>
          {problem}
        </NoticeLine>
      )}
      {homes.length === 0 ? <NoticeLine tone="info">{say.none}</NoticeLine> : null}
      {groups.map((group) => {
        const members = homes.filter((home) => home.origin === group);
        if (members.length === 0) return null;
        return (
          <section key={group} aria-label={say[group]}>
            <h2 className={css['heading']}>{say[group]}</h2>
            <ul className={css['list']}>
              {members.map((home) => (
                <Row
                  key={home.id}
                  home={home}
                  current={home.id === current}
                  onOpen={() =>
                    home.id === current ? replaceRoute('') : void door.call('home.open', { id: home.id }).then(settle)
                  }
                />
              ))}
            </ul>
          </section>
        );
      })}
      <div className={css['foot']}>
        {openHome === null ? (
          <>
            <span className="muted">{say.byCommand}</span>
            <CommandLine bare command={say.command} />
          </>
        ) : (
          <Button icon={FolderOpen} onClick={() => void openHome().then(settle)}>
            {say.openHome}
          </Button>
        )}
      </div>
    </main>
  );
};
