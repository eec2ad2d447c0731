/** Verifies one backup and shows the proof: parts, checksums, counts. */
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import type { BackupProof } from '../../contract/backups.ts';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { formatBytes } from '../format.ts';
import { startJob, useJobs } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { CredentialFields } from '../unlock/credential-fields.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Progress } from '../ui/progress.tsx';
import { NoticeLine } from '../ui/states.tsx';
import type { BackupTarget } from './backup-flows.ts';
import css from './backups-page.module.css';
import { useCredential, wantsKey } from './use-credential.ts';

const say = messages.backups;

const Proof = ({ proof }: { proof: BackupProof }): ReactNode => (
  <>
    <NoticeLine tone="ok">
      <strong>{proof.proven ? say.verifiedProven : say.verifiedSealed}</strong>
      <div className="small muted">{say.counts(proof.counts)}</div>
    </NoticeLine>
    <table className={css['parts']}>
      <thead>
        <tr>
          <th scope="col">{say.part}</th>
          <th scope="col">{say.size}</th>
          <th scope="col">{say.checksum}</th>
        </tr>
      </thead>
      <tbody>
        {proof.parts.map((part) => (
          <tr key={part.name}>
            <td className="mono">{part.name}</td>
            <td>{formatBytes(part.sizeBytes)}</td>
            <td className="mono muted" title={part.sha256}>
              {part.sha256.slice(0, 16)}…
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </>
);

export const VerifyDialog = ({ target, onClose }: { target: BackupTarget; onClose: () => void }): ReactNode => {
  const door = useDoor();
  const job = useJobs((state) => state.jobs.verify);
  const { draft, setDraft, credential } = useCredential();
  const [proof, setProof] = useState<BackupProof | null>(null);
  const [error, setError] = useState<HoldfastError | null>(null);
  const started = useRef(false);
  const run = useCallback(
    async (given: typeof credential): Promise<void> => {
      setError(null);
      const answer = await startJob(
        door.call,
        'verify',
        'backup.verify',
        { backup: target.ref, ...given },
        target.name,
      );
      if (answer.ok) setProof(answer.data);
      else setError(answer.error);
    },
    [door, target],
  );
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void run({});
  }, [run]);
  const asks = wantsKey(error);
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={proof === null ? (asks ? say.credentialTitle : say.verifying) : say.verifyTitle}
      description={<span className="mono">{target.name}</span>}
      footer={
        <>
          <Button onClick={onClose}>{proof === null ? messages.ui.cancel : messages.ui.done}</Button>
          {asks ? (
            <Button variant="primary" onClick={() => void run(credential)}>
              {say.verify}
            </Button>
          ) : null}
        </>
      }
    >
      <div className={css['dialogBody']}>
        {proof !== null ? <Proof proof={proof} /> : null}
        {proof === null && error === null ? (
          <Progress
            label={job?.step === '' || job === undefined ? say.verifying : job.step}
            percent={job?.percent ?? null}
          />
        ) : null}
        {error === null ? null : (
          <NoticeLine tone={asks ? 'warn' : 'bad'} alert>
            {describeError(error)}
          </NoticeLine>
        )}
        {asks ? (
          <CredentialFields draft={draft} problem={null} onChange={setDraft} onEnter={() => void run(credential)} />
        ) : null}
      </div>
    </Dialog>
  );
};
