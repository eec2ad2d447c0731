/** Asks why before an outside change is taken over or back. */
import { useState, type ReactNode } from 'react';
import type { OutsideChange } from '../../contract/audit-outside.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { outcomeOf, useSave } from '../ui/form-dialog.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import css from './outside-card.module.css';

const say = messages.outside;

export type OutsideAsk = { choice: 'accept' | 'revert'; changes: readonly OutsideChange[] };

export const OutsideDialog = ({ ask, onClose }: { ask: OutsideAsk; onClose: () => void }): ReactNode => {
  const call = useCall();
  const [reason, setReason] = useState('');
  const { choice, changes } = ask;
  const saving = useSave(async () => {
    const choices = changes.map(({ id, type, key }) => ({ id, type, key, choice }));
    const answer = await call('audit.settle-outside', { choices, reason });
    return outcomeOf(answer, () => toast({ title: choice === 'accept' ? say.accepted : say.reverted }));
  }, onClose);
  const { outcome } = saving;
  return (
    <Dialog
      open
      onClose={onClose}
      title={choice === 'accept' ? say.acceptTitle : say.revertTitle}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button
            variant="primary"
            busy={saving.busy || reason.trim() === ''}
            title={reason.trim() === '' ? say.reasonMissing : undefined}
            onClick={() => void saving.submit()}
          >
            {choice === 'accept' ? say.accept : say.revert}
          </Button>
        </>
      }
    >
      <div className={css['ask']}>
        {outcome?.kind === 'failed' || outcome?.kind === 'stale' ? (
          <NoticeLine tone="bad" alert>
            {outcome.kind === 'failed' ? outcome.text : say.stale}
          </NoticeLine>
        ) : null}
        <p>{choice === 'accept' ? say.acceptText : say.revertText}</p>
        <ul>
          {changes.map((change) => (
            <li key={`${change.type}/${change.key}`} className="mono">
              {change.key}
            </li>
          ))}
        </ul>
        <Field label={say.reason} hint={say.reasonHint}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              dir="auto"
              aria-describedby={describedBy}
              maxLength={2000}
              value={reason}
              onChange={setReason}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
};
