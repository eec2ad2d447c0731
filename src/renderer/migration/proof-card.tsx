/** Each migrated file, written again in memory from what Holdfast has, and compared with the file that lies there. */
import { LockOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Difference, FileProof } from '../../contract/migration-after.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { VirtualRows } from '../ui/virtual-rows.tsx';
import { askUnlock } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import { nameOfPlace } from '../wizard/plan-rows.ts';
import css from './migration-page.module.css';

const say = messages.migration.after;
const tones: Record<FileProof['status'], Tone> = {
  equal: 'ok',
  differs: 'warn',
  locked: 'neutral',
  missing: 'neutral',
  unreadable: 'bad',
};
/** What needs a look stands first. */
const order: readonly FileProof['status'][] = ['unreadable', 'differs', 'missing', 'locked', 'equal'];

const Place = ({ file, difference }: { file: string; difference: Difference }): ReactNode => {
  const { path, key, line, what } = difference;
  return (
    <li>
      <span className="mono">{line === null ? file : `${file}:${String(line)}`}</span>{' '}
      {key === null ? (
        <span className="mono">{nameOfPlace(file, path)}</span>
      ) : (
        <a className="mono" href={formatRoute('settings', { q: key })}>
          {key}
        </a>
      )}{' '}
      <span className="muted">{say.differences[what]}</span>
    </li>
  );
};

const Row = ({ proof }: { proof: FileProof }): ReactNode => (
  <div className={css['proofRow']} role="row">
    <span role="cell">
      <a className="mono" href={formatRoute('migration', { tab: 'ledger', file: proof.file })}>
        {proof.file}
      </a>
    </span>
    <span role="cell">
      <Badge tone={tones[proof.status]}>{say.proofs[proof.status]}</Badge>
      {proof.problem === undefined ? null : <span className={css['reason']}>{proof.problem}</span>}
      {proof.byText === 0 ? null : <span className={css['reason']}>{say.byText(proof.byText)}</span>}
      {proof.differences.length === 0 ? null : (
        <ul className={css['places']} aria-label={say.placesOf(proof.file)}>
          {proof.differences.slice(0, 20).map((one, index) => (
            <Place key={`${String(index)}:${one.path}`} file={proof.file} difference={one} />
          ))}
          {proof.differences.length > 20 ? <li>{say.andMore(proof.differences.length - 20)}</li> : null}
        </ul>
      )}
    </span>
  </div>
);

export const ProofCard = (): ReactNode => {
  const query = useQuery('migration.proof', {}, ['migration', 'settings', 'secrets', 'integrations', 'records']);
  if (query.data === null)
    return query.error === null ? (
      <Loading label={say.proving} />
    ) : (
      <ErrorState error={query.error} onRetry={() => void query.reload()} />
    );
  const { locked } = query.data;
  const files = query.data.files.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const equal = files.filter((one) => one.status === 'equal').length;
  return (
    <Card
      flush
      title={say.proof}
      aside={<span className="muted">{say.proven(equal, files.length)}</span>}
      className={css['driftCard']}
    >
      <p className={css['pad']}>{say.proofText}</p>
      {locked ? (
        <div className={css['pad']}>
          <NoticeLine tone="info">
            {say.lockedProof}{' '}
            <Button small icon={LockOpen} command="secret.unlock" onClick={() => void askUnlock(say.unlockWhy)}>
              {say.unlock}
            </Button>
          </NoticeLine>
        </div>
      ) : null}
      <div role="table" aria-label={say.proof} aria-rowcount={files.length}>
        <VirtualRows
          count={files.length}
          estimate={37}
          role="rowgroup"
          keyOf={(index) => files[index]?.file ?? String(index)}
          row={(index) => {
            const proof = files[index];
            return proof === undefined ? null : <Row proof={proof} />;
          }}
        />
      </div>
    </Card>
  );
};
