/** The questions before a way to open the keys comes, goes, or the data key is made anew. */
import { useState, type ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import type { Output } from '../../contract/commands.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall, useUnlockStore } from '../unlock-request.ts';
import { noPassphrase, PassphraseFields, passphraseProblem } from './passphrase-fields.tsx';
import css from './secrets-page.module.css';

const say = messages.secrets;
export type Slot = Output<'secret.status'>['slots'][number];

type AskProps = {
  title: string;
  text: string;
  button: string;
  danger?: boolean;
  /** The sentence of the toast, or the problem. */
  act: () => Promise<{ ok: true; done: string } | { ok: false; problem: string | null }>;
  onClose: () => void;
  children?: ReactNode;
};

const Ask = ({ title, text, button, danger = false, act, onClose, children }: AskProps): ReactNode => {
  const unlocking = useUnlockStore((state) => state.waiting !== null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (): Promise<void> => {
    setBusy(true);
    const answer = await act();
    setBusy(false);
    if (!answer.ok) {
      setProblem(answer.problem);
      return;
    }
    toast({ title: answer.done });
    onClose();
  };
  return (
    <Dialog
      open={!unlocking}
      onClose={onClose}
      title={title}
      description={text}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant={danger ? 'danger' : 'primary'} busy={busy} onClick={() => void submit()}>
            {button}
          </Button>
        </>
      }
    >
      <div className={css['form']}>
        {children}
        {problem === null ? null : (
          <NoticeLine tone="bad" alert>
            {problem}
          </NoticeLine>
        )}
      </div>
    </Dialog>
  );
};

export const PassphraseDialog = ({ onClose }: { onClose: () => void }): ReactNode => {
  const call = useCall();
  const [passphrase, setPassphrase] = useState(noPassphrase);
  const act: AskProps['act'] = async () => {
    const problem = passphraseProblem(passphrase);
    if (problem !== null) return { ok: false, problem };
    const answer = await call('secret.add-slot', { slot: { passphrase: passphrase.first } });
    return answer.ok ? { ok: true, done: say.added.passphrase } : { ok: false, problem: describeError(answer.error) };
  };
  return (
    <Ask title={say.addPassphrase} text={say.passphraseText} button={say.add} act={act} onClose={onClose}>
      <PassphraseFields value={passphrase} onChange={setPassphrase} problem={null} />
    </Ask>
  );
};

export const KeyringDialog = ({ onClose }: { onClose: () => void }): ReactNode => {
  const call = useCall();
  const act: AskProps['act'] = async () => {
    const answer = await call('secret.add-slot', { slot: { keyring: true } });
    return answer.ok ? { ok: true, done: say.added.keyring } : { ok: false, problem: describeError(answer.error) };
  };
  return <Ask title={say.addKeyring} text={say.keyringText} button={say.add} act={act} onClose={onClose} />;
};

export const RemoveSlotDialog = ({ slot, onClose }: { slot: Slot; onClose: () => void }): ReactNode => {
  const call = useCall();
  const act: AskProps['act'] = async () => {
    const answer = await call('secret.remove-slot', { id: slot.id });
    return answer.ok ? { ok: true, done: say.slotRemoved } : { ok: false, problem: describeError(answer.error) };
  };
  const title = say.removeSlotTitle(say.kinds[slot.kind]);
  return (
    <Ask title={title} text={say.removeSlotTexts[slot.kind]} button={say.remove} danger act={act} onClose={onClose} />
  );
};

export const RotateDialog = ({ onClose }: { onClose: () => void }): ReactNode => {
  const call = useCall();
  const act: AskProps['act'] = async () => {
    const answer = await call('secret.rotate', {});
    return answer.ok
      ? { ok: true, done: say.rotated(answer.data.values, answer.data.unreadable) }
      : { ok: false, problem: describeError(answer.error) };
  };
  return <Ask title={say.rotateTitle} text={say.rotateText} button={say.rotate} act={act} onClose={onClose} />;
};
