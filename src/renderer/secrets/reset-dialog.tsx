/**
 * For a secret that nothing opens any more: it becomes "not set", on its own. Where the keys themselves are lost, the first
 * one makes new keys; the old key file is set aside.
 */
import { useState, type ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { RecoveryCode } from '../recovery/recovery-code.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox } from '../ui/field.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { noPassphrase, PassphraseFields, passphraseProblem } from './passphrase-fields.tsx';
import css from './secrets-page.module.css';

const say = messages.secrets;

type Item = { kind: string; key: string; name: string };
type Props = { item: Item; newKeys: boolean; onClose: () => void };

const Code = ({ code, onClose }: { code: string; onClose: () => void }): ReactNode => {
  const [confirmed, setConfirmed] = useState(false);
  return (
    <Dialog
      open
      shape="wide"
      staysOpen={!confirmed}
      onClose={onClose}
      title={messages.recovery.codeTitle}
      footer={<Button onClick={onClose}>{confirmed ? messages.ui.done : messages.recovery.closeUnconfirmed}</Button>}
    >
      <RecoveryCode code={code} text={messages.recovery.madeText} onConfirmed={() => setConfirmed(true)} />
    </Dialog>
  );
};

export const ResetDialog = ({ item, newKeys, onClose }: Props): ReactNode => {
  const door = useDoor();
  const [passphrase, setPassphrase] = useState(noPassphrase);
  const [withCode, setWithCode] = useState(true);
  const [lost, setLost] = useState(false);
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [code, setCode] = useState<string | null>(null);
  const typed = passphrase.first !== '' || !withCode;
  const wrong = newKeys && typed ? passphraseProblem(passphrase) : null;
  const reset = async (): Promise<void> => {
    setAsked(true);
    if (wrong !== null || (newKeys && !lost)) return;
    setBusy(true);
    const protect = { ...(typed ? { passphrase: passphrase.first } : {}), recoveryCode: withCode };
    const answer = await door.call('secret.reset', {
      kind: item.kind,
      key: item.key,
      ...(newKeys ? { keysLost: true, protect } : {}),
    });
    setBusy(false);
    if (!answer.ok) {
      setProblem(describeError(answer.error));
      return;
    }
    toast({ title: say.resetDone(item.name) });
    const { recoveryCode } = answer.data;
    if (recoveryCode === undefined) onClose();
    else setCode(recoveryCode);
  };
  if (code !== null) return <Code code={code} onClose={onClose} />;
  return (
    <Dialog
      open
      onClose={onClose}
      title={say.resetTitle(item.name)}
      description={newKeys ? say.resetNewText : say.resetText}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="danger" busy={busy} onClick={() => void reset()}>
            {say.resetDo}
          </Button>
        </>
      }
    >
      <div className={css['form']}>
        {problem === null ? null : (
          <NoticeLine tone="bad" alert>
            {problem}
          </NoticeLine>
        )}
        {newKeys ? (
          <>
            <PassphraseFields value={passphrase} onChange={setPassphrase} problem={asked ? wrong : null} />
            <Checkbox checked={withCode} onChange={setWithCode} label={say.withCode} />
            <Checkbox checked={lost} onChange={setLost} label={say.lostSure} />
            {asked && !lost ? (
              <NoticeLine tone="warn" alert>
                {say.lostNeeded}
              </NoticeLine>
            ) : null}
          </>
        ) : null}
      </div>
    </Dialog>
  );
};
