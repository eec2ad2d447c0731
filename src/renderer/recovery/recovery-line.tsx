/** The standing notice about the recovery code as a line with its way out, for pages that are not Overview. */
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { openRecovery, recoveryNeed } from './recovery-dialog.tsx';
import css from './recovery-line.module.css';

const say = messages.recovery;

export const RecoveryLine = ({ missingText }: { missingText?: string }): ReactNode => {
  const { status } = useStatus();
  const need = recoveryNeed(status);
  if (need === null) return null;
  const standing = status.notices.find((notice) => notice.id === need)?.message ?? '';
  const message = need === 'recovery-missing' ? (missingText ?? standing) : standing;
  return (
    <NoticeLine tone="warn">
      <div className={css['line']}>
        <span className={css['text']}>{message}</span>
        <Button small command="secret.make-recovery" onClick={() => openRecovery(need)}>
          {need === 'recovery-missing' ? say.make : say.confirmOrMake}
        </Button>
      </div>
    </NoticeLine>
  );
};
