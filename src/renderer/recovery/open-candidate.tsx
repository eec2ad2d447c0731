/** Making a candidate the store: what it lacks and what is set aside first, then a deliberate press. */
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import type { Input, Output } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import { describeHere, useCredential, wantsKey } from '../backups/use-credential.ts';
import { useDoor } from '../client.ts';
import { formatBytes } from '../format.ts';
import { messages } from '../messages.en.ts';
import { CredentialFields } from '../unlock/credential-fields.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Loading, NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import css from './recovery-screen.module.css';

const say = messages.recovery;
type Preview = Output<'recovery.open'>;

const PreviewBody = ({ preview }: { preview: Preview }): ReactNode => (
  <>
    <p>{say.lacks(preview.candidate.lacksSaves)}.</p>
    {preview.differences.length === 0 ? null : (
      <ul className={css['plain']}>
        {preview.differences.map((one) => (
          <li key={`${one.kind}:${one.key}`}>
            <span className="mono">{one.key}</span> <span className="muted">{say.hows[one.how]}</span>
          </li>
        ))}
      </ul>
    )}
    {preview.setAside.length === 0 ? null : (
      <div>
        <p>{say.setAside(preview.setAside.length, preview.quarantine)}</p>
        <ul className={css['plain']}>
          {preview.setAside.map((one) => (
            <li key={one.file}>
              <span className="mono">{one.file}</span> <span className="muted">{formatBytes(one.sizeBytes)}</span>
            </li>
          ))}
        </ul>
      </div>
    )}
    <NoticeLine tone="info">{say.nothingWiped}</NoticeLine>
  </>
);

/** A candidate of the list, or a file that was dropped. */
export type ChosenCandidate = { candidate: Input<'recovery.open'>['candidate']; name: string };

const useOpening = ({ candidate }: ChosenCandidate, onOpened: () => void) => {
  const door = useDoor();
  const [preview, setPreview] = useState<Preview | null>(null);
  const [error, setError] = useState<HoldfastError | null>(null);
  const [busy, setBusy] = useState(false);
  const { draft, setDraft, credential } = useCredential();
  const started = useRef(false);
  const look = useCallback(async (): Promise<void> => {
    const answer = await door.call('recovery.open', { candidate, dryRun: true });
    if (answer.ok) setPreview(answer.data);
    else setError(answer.error);
  }, [door, candidate]);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void look();
  }, [look]);
  const open = async (): Promise<void> => {
    setError(null);
    setBusy(true);
    const answer = await door.call('recovery.open', { candidate, ...credential });
    setBusy(false);
    if (!answer.ok) return setError(answer.error);
    toast({ title: say.opened });
    onOpened();
  };
  return { preview, error, busy, draft, setDraft, open };
};

type Props = { chosen: ChosenCandidate; onClose: () => void; onOpened: () => void };

export const OpenCandidate = ({ chosen, onClose, onOpened }: Props): ReactNode => {
  const { preview, error, busy, draft, setDraft, open } = useOpening(chosen, onOpened);
  const asks = wantsKey(error);
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={say.openTitle}
      description={<span className="mono">{chosen.name}</span>}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          {preview === null ? null : (
            <Button variant="primary" busy={busy} onClick={() => void open()}>
              {busy ? say.opening : say.openNow}
            </Button>
          )}
        </>
      }
    >
      <div className={css['dialog']}>
        {error === null ? null : (
          <NoticeLine tone={asks ? 'warn' : 'bad'} alert>
            {describeHere(error)}
          </NoticeLine>
        )}
        {asks ? (
          <CredentialFields draft={draft} problem={null} onChange={setDraft} onEnter={() => void open()} />
        ) : null}
        {preview === null ? error === null ? <Loading /> : null : <PreviewBody preview={preview} />}
      </div>
    </Dialog>
  );
};
