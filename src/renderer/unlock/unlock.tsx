/** The Unlock dialog: opened by the status strip, or by any call that met locked secrets (unlock-request.ts). */
import { KeyRound } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Input } from '../../contract/commands.ts';
import { describeError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { toast } from '../ui/toast.tsx';
import { useUnlockStore } from '../unlock-request.ts';
import { CredentialFields, isFilled, toCredential, type CredentialDraft } from './credential-fields.tsx';
import css from './unlock.module.css';

const say = messages.unlock;

const Form = ({ why, settle }: { why: string; settle: (unlocked: boolean) => void }): ReactNode => {
  const door = useDoor();
  const first = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<CredentialDraft>({ kind: 'passphrase', text: '' });
  const [slots, setSlots] = useState<string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void door.call('secret.status', {}).then((answer) => {
      if (!answer.ok) return;
      const kinds = answer.data.slots.map((slot) => slot.kind);
      setSlots(kinds);
      if (!kinds.includes('passphrase') && kinds.includes('recovery')) setDraft({ kind: 'recovery', text: '' });
    });
  }, [door]);
  const open = async (credential: Input<'secret.unlock'>['credential']): Promise<void> => {
    setBusy(true);
    const answer = await door.call('secret.unlock', { credential });
    setBusy(false);
    if (answer.ok) {
      toast({ title: say.unlocked });
      settle(true);
      return;
    }
    setProblem(answer.error.type === 'WrongKey' ? say.wrong : describeError(answer.error));
    first.current?.select();
  };
  const submit = (): void => {
    if (isFilled(draft)) void open(toCredential(draft));
    else setProblem(say.needed);
  };
  return (
    <Dialog
      open
      onClose={() => settle(false)}
      title={say.title}
      description={why}
      initialFocus={first}
      footer={
        <>
          <Button onClick={() => settle(false)}>{messages.ui.cancel}</Button>
          <Button variant="primary" busy={busy} onClick={submit}>
            {busy ? say.unlocking : say.unlock}
          </Button>
        </>
      }
    >
      <CredentialFields
        draft={draft}
        slots={slots}
        problem={problem}
        inputRef={first}
        onChange={(next) => {
          setDraft(next);
          setProblem(null);
        }}
        onEnter={submit}
        hint={say.stays}
      />
      {slots.includes('keyring') ? (
        <Button icon={KeyRound} className={css['keyring']} busy={busy} onClick={() => void open({ keyring: true })}>
          {say.keyring}
        </Button>
      ) : null}
    </Dialog>
  );
};

export const Unlock = (): ReactNode => {
  const waiting = useUnlockStore((state) => state.waiting);
  return waiting === null ? null : <Form why={waiting.why} settle={waiting.settle} />;
};
