/** A home that cannot be opened: what is wrong, what can be opened instead. Nothing here changes anything. */
import { LifeBuoy } from 'lucide-react';
import type { ReactNode } from 'react';
import { describeError, type HoldfastError, type RecoveryCandidate } from '../../contract/errors.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { When } from '../ui/time.tsx';
import css from './recovery-screen.module.css';

const candidatesOf = (error: HoldfastError): readonly RecoveryCandidate[] =>
  'candidates' in error ? error.candidates : [];

const say = messages.recovery;

export const RecoveryScreen = ({
  error,
  path,
  onRetry,
}: {
  error: HoldfastError;
  path: string;
  onRetry: () => void;
}): ReactNode => {
  const candidates = candidatesOf(error);
  return (
    <main className={css['screen']}>
      <LifeBuoy aria-hidden className={css['icon']} />
      <h1>{say.title}</h1>
      <p className="mono muted">{path}</p>
      <p role="alert">{describeError(error)}</p>
      {candidates.length === 0 ? null : (
        <section>
          <h2>{say.candidates}</h2>
          <ul className={css['list']}>
            {candidates.map((one) => (
              <li key={`${one.kind}:${one.path}`}>
                <span className="mono">{one.path}</span>
                <span className="small muted">
                  {say.kinds[one.kind]}
                  {one.at === null ? null : (
                    <>
                      , <When at={one.at} />
                    </>
                  )}
                  {one.detail === '' ? '' : `, ${one.detail}`}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className={css['actions']}>
        <Button variant="primary" onClick={onRetry}>
          {messages.ui.tryAgain}
        </Button>
        <LinkButton href={formatRoute('homes')}>{messages.frame.allHomes}</LinkButton>
      </div>
    </main>
  );
};
