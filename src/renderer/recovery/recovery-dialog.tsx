/**
 * The way out of the two standing notices about the recovery code: type it back, or make one. Stands above every page of
 * the home, so that turning a page never takes a code away that is shown once.
 */
import { useRef, useState, type ReactNode } from 'react';
import { create } from 'zustand';
import { describeError } from '../../contract/errors.ts';
import type { Status } from '../../contract/home.ts';
import { useBackupFlows } from '../backups/backup-flows.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall, useUnlockStore } from '../unlock-request.ts';
import { ConfirmRecoveryForm } from './confirm-recovery.tsx';
import css from './recovery-dialog.module.css';
import { RecoveryCode } from './recovery-code.tsx';

const say = messages.recovery;

export type RecoveryNeed = 'recovery-missing' | 'recovery-unconfirmed';

export const useRecoveryDialog = create<{ open: RecoveryNeed | null }>(() => ({ open: null }));

export const recoveryNeed = (status: Status): RecoveryNeed | null =>
  status.notices
    .map((notice) => notice.id)
    .find((id): id is RecoveryNeed => id === 'recovery-missing' || id === 'recovery-unconfirmed') ?? null;

export const openRecovery = (need: RecoveryNeed): void => useRecoveryDialog.setState({ open: need });
const close = (): void => useRecoveryDialog.setState({ open: null });

/** Asks for a code; while the Unlock dialog asks for the key, this one steps back. */
const useMake = () => {
  const call = useCall();
  const [code, setCode] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const answer = await call('secret.make-recovery', {});
    setBusy(false);
    if (answer.ok) setCode(answer.data.recoveryCode);
    else if (answer.error.type !== 'Cancelled') setProblem(describeError(answer.error));
  };
  return { code, problem, busy, make };
};

const Made = ({ code }: { code: string }): ReactNode => {
  const flows = useBackupFlows();
  const [confirmed, setConfirmed] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      initialFocus={first}
      open
      staysOpen={!confirmed}
      shape="wide"
      onClose={close}
      title={say.codeTitle}
      footer={
        confirmed ? (
          <>
            <Button onClick={close}>{messages.ui.done}</Button>
            <Button
              variant="primary"
              onClick={() => {
                close();
                void flows.createBackup();
              }}
            >
              {messages.overview.backUp}
            </Button>
          </>
        ) : (
          <>
            <span className={css['later']}>{say.later}</span>
            <Button onClick={close}>{say.closeUnconfirmed}</Button>
          </>
        )
      }
    >
      <RecoveryCode
        code={code}
        text={say.madeText}
        confirmedText={say.confirmedNew}
        inputRef={first}
        onConfirmed={() => setConfirmed(true)}
      />
      {confirmed ? <p className={css['older']}>{say.olderBackups}</p> : null}
    </Dialog>
  );
};

export const RecoveryDialog = (): ReactNode => {
  const need = useRecoveryDialog((state) => state.open);
  return need === null ? null : <Open need={need} />;
};

const Open = ({ need }: { need: RecoveryNeed }): ReactNode => {
  const { code, problem, busy, make } = useMake();
  const { status } = useStatus();
  const first = useRef<HTMLInputElement>(null);
  const unlocking = useUnlockStore((state) => state.waiting !== null);
  if (unlocking) return null;
  if (code !== null) return <Made code={code} />;
  const missing = need === 'recovery-missing';
  const makeButton = (
    <Button variant={missing ? 'primary' : 'plain'} busy={busy} onClick={() => void make()}>
      {missing ? say.make : say.makeNew}
    </Button>
  );
  return (
    <Dialog
      open
      {...(missing ? {} : { initialFocus: first })}
      onClose={close}
      title={missing ? say.missingTitle : say.confirmTitle}
      description={missing ? say.missingText : say.confirmText}
      footer={
        missing ? (
          <>
            <Button onClick={close}>{messages.ui.cancel}</Button>
            {makeButton}
          </>
        ) : (
          <>
            <span className={css['later']}>{status.keys === 'unlocked' ? say.lostText : say.lostLocked}</span>
            {makeButton}
          </>
        )
      }
    >
      <div className={css['body']}>
        {problem === null ? null : (
          <NoticeLine tone="bad" alert>
            {problem}
          </NoticeLine>
        )}
        {missing ? (
          <p>{say.missingHow}</p>
        ) : (
          <ConfirmRecoveryForm
            inputRef={first}
            onConfirmed={() => {
              toast({ title: say.confirmed });
              close();
            }}
          />
        )}
      </div>
    </Dialog>
  );
};
