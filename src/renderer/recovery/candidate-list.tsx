/** What a store could be made of: each with its age, what it holds, and what it lacks. */
import type { ReactNode } from 'react';
import type { FoundCandidate } from '../../contract/recovery.ts';
import { formatBytes } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { When } from '../ui/time.tsx';
import css from './recovery-screen.module.css';

const say = messages.recovery;

const Candidate = ({
  one,
  best,
  onOpen,
}: {
  one: FoundCandidate;
  best: boolean;
  onOpen: (candidate: FoundCandidate) => void;
}): ReactNode => (
  <li className={css['candidate']} data-closed={one.opens ? undefined : ''}>
    <div className={css['facts']}>
      <p className={css['name']}>
        <strong>{one.at === null ? say.kinds[one.kind] : <When at={one.at} />}</strong>
        {best ? <Badge tone="ok">{say.best}</Badge> : null}
        {one.problem === null ? null : <Badge tone="bad">{say.doesNotOpen}</Badge>}
      </p>
      <p className="small">
        {say.kinds[one.kind]}, {formatBytes(one.sizeBytes)}
        {one.counts === null || one.kind === 'legacy' ? '' : `: ${say.holds(one.counts)}`}
      </p>
      {one.opens ? (
        <p className="small">
          {say.lacks(one.lacksSaves)}
          {one.differs === null || one.differs === 0 ? '' : `. ${say.differs(one.differs)}`}
        </p>
      ) : null}
      <p className="small muted">{one.problem ?? one.detail}</p>
      <p className="mono muted">{one.path}</p>
    </div>
    {one.opens ? (
      <Button small variant={best ? 'primary' : 'plain'} onClick={() => onOpen(one)}>
        {say.openThis}
      </Button>
    ) : null}
  </li>
);

export const CandidateList = ({
  candidates,
  onOpen,
}: {
  candidates: readonly FoundCandidate[];
  onOpen: (candidate: FoundCandidate) => void;
}): ReactNode => {
  const best = candidates.find((one) => one.opens);
  return (
    <ul className={css['list']}>
      {candidates.map((one) => (
        <Candidate key={one.path} one={one} best={one === best} onOpen={onOpen} />
      ))}
    </ul>
  );
};
