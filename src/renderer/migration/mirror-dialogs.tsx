/** The two questions about a mirror: may its secrets stand in clear, and whose values count where file and store differ. */
import { useState, type ReactNode } from 'react';
import type { HoldfastError } from '../../contract/errors.ts';
import { describeError } from '../../contract/errors.ts';
import type { Mirror } from '../../contract/mirrors.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';

const say = messages.migration;

type OnProps = { mirror: Mirror; onClose: () => void; onYes: () => void };

export const MirrorOnDialog = ({ mirror, onClose, onYes }: OnProps): ReactNode => (
  <Dialog
    open
    onClose={onClose}
    title={say.onTitle(mirror.file)}
    footer={
      <>
        <Button onClick={onClose}>{messages.ui.cancel}</Button>
        <Button variant="danger" onClick={onYes}>
          {say.onDo}
        </Button>
      </>
    }
  >
    <p>{say.inClear(mirror.secrets, mirror.file)}</p>
  </Dialog>
);

export const RepairDialog = ({ mirror, onClose }: { mirror: Mirror; onClose: () => void }): ReactNode => {
  const call = useCall();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HoldfastError | null>(null);
  const diverged = mirror.state === 'diverged';
  const repair = async (take: 'store' | 'file'): Promise<void> => {
    setBusy(true);
    setError(null);
    const answer = await call('mirror.repair', { file: mirror.file, take });
    setBusy(false);
    if (!answer.ok) return setError(answer.error);
    const { changes, backup } = answer.data;
    toast({
      title: take === 'store' ? say.repairedStore(changes, mirror.file) : say.repairedFile(changes, mirror.file),
      ...(backup === null ? {} : { text: say.copyKept(backup) }),
    });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      shape="wide"
      title={say.repairTitle(mirror.file)}
      description={diverged ? undefined : (mirror.reason ?? undefined)}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          {diverged ? (
            <Button busy={busy} onClick={() => void repair('file')}>
              {say.takeFile}
            </Button>
          ) : null}
          <Button variant="primary" busy={busy} onClick={() => void repair('store')}>
            {diverged ? say.takeStore : say.writeNow}
          </Button>
        </>
      }
    >
      <p>{diverged ? say.repairDiverged : say.repairBehind}</p>
      {error === null ? null : (
        <NoticeLine tone="bad" alert>
          {describeError(error)}
        </NoticeLine>
      )}
    </Dialog>
  );
};
