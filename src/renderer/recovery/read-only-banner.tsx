/** One quiet line above every page while nothing can be changed here: why, and the way back where there is one. */
import type { ReactNode } from 'react';
import { useState } from 'react';
import { describeError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast, toastProblem } from '../ui/toast.tsx';
import css from './read-only-banner.module.css';

const say = messages.recovery;

export const ReadOnlyBanner = (): ReactNode => {
  const door = useDoor();
  const { status, reload } = useStatus();
  const [busy, setBusy] = useState(false);
  if (status.readOnly === null) return null;
  const reopen = async (): Promise<void> => {
    setBusy(true);
    const answer = await door.call('recovery.reopen', {});
    setBusy(false);
    if (!answer.ok) toastProblem({ title: messages.ui.problem, text: describeError(answer.error) });
    else if (answer.data.readOnly === null) toast({ title: say.reopened });
    await reload();
  };
  return (
    <div className={css['banner']} role="status">
      <NoticeLine tone="warn">
        <div className={css['line']}>
          <span>
            <strong>{say.readOnly}:</strong> {status.readOnly}.
          </span>
          <Button small command="recovery.reopen" busy={busy} onClick={() => void reopen()}>
            {say.reopen}
          </Button>
        </div>
      </NoticeLine>
    </div>
  );
};
