/** A home that cannot be opened: what is wrong, what can be opened instead. Nothing changes before a deliberate press. */
import { LifeBuoy } from 'lucide-react';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { useTakeDrops } from '../backups/drop-area.tsx';
import { useDoor } from '../client.ts';
import { formatBytes } from '../format.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { everyTopic } from '../status.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { CommandLine } from '../ui/copy.tsx';
import { Loading, NoticeLine } from '../ui/states.tsx';
import { toastError } from '../ui/toast.tsx';
import { useQuery } from '../use-query.ts';
import { CandidateList } from './candidate-list.tsx';
import { OpenCandidate, type ChosenCandidate } from './open-candidate.tsx';
import css from './recovery-screen.module.css';

const say = messages.recovery;

/** Errors that another copy may mend; a home in use elsewhere or a missing right wants something else. */
const isRecoverable = (error: HoldfastError): boolean =>
  error.type === 'StoreDamaged' || error.type === 'StoreFromNewerApp';

const Candidates = ({ onOpened }: { onOpened: () => void }): ReactNode => {
  const found = useQuery('recovery.list', {}, everyTopic);
  const door = useDoor();
  const [chosen, setChosen] = useState<ChosenCandidate | null>(null);
  // Only looked into: the dialog has the button that opens it in place of the damaged store.
  const lookInto = useCallback(
    async (file: File): Promise<void> => {
      const taken = await door.takeFile(file);
      if (!taken.ok) return toastError(taken.error);
      setChosen({ candidate: { file: taken.data.file }, name: taken.data.name });
    },
    [door],
  );
  useTakeDrops(lookInto);
  if (found.data === null)
    return found.error === null ? <Loading /> : <NoticeLine tone="bad">{describeError(found.error)}</NoticeLine>;
  const { candidates, quarantine } = found.data;
  return (
    <section className={css['section']} aria-label={say.candidates}>
      <h2>{say.candidates}</h2>
      {candidates.length === 0 ? (
        <p className="muted">{say.noCandidates}</p>
      ) : (
        <CandidateList candidates={candidates} onOpen={({ path }) => setChosen({ candidate: path, name: path })} />
      )}
      <p className="small muted">
        {say.dropToo} {say.nothingWiped}
      </p>
      {quarantine.files === 0 ? null : (
        <p className="small muted">{say.quarantine(quarantine.files, formatBytes(quarantine.sizeBytes))}</p>
      )}
      {chosen === null ? null : (
        <OpenCandidate
          key={JSON.stringify(chosen.candidate)}
          chosen={chosen}
          onClose={() => setChosen(null)}
          onOpened={() => {
            setChosen(null);
            onOpened();
          }}
        />
      )}
    </section>
  );
};

export const RecoveryScreen = ({
  error,
  path,
  onRetry,
}: {
  error: HoldfastError;
  path: string;
  onRetry: () => void;
}): ReactNode => {
  const title = error.type === 'OwnerVersionDiffers' ? say.updatedTitle : say.title;
  useEffect(() => {
    document.title = messages.ui.windowTitle(title);
  }, [title]);
  return (
    <div className={css['scroller']}>
      <main className={css['screen']}>
        <LifeBuoy aria-hidden className={css['icon']} />
        <h1>{title}</h1>
        <p className="mono muted">{path}</p>
        {/* How many copies there are, the list below says better. */}
        <p role="alert">{describeError('candidates' in error ? { ...error, candidates: [] } : error)}</p>
        {isRecoverable(error) ? <Candidates onOpened={onRetry} /> : null}
        <div className={css['actions']}>
          <Button onClick={onRetry}>{messages.ui.tryAgain}</Button>
          <LinkButton href={formatRoute('homes')}>{messages.frame.allHomes}</LinkButton>
        </div>
        {isRecoverable(error) ? <CommandLine command="holdfast recovery list" /> : null}
      </main>
    </div>
  );
};
