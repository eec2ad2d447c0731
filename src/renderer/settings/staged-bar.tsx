/** What happens to staged edits: discard, review, apply, and what to do when somebody else changed the same settings. */
import { memo, useCallback, useState, type ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { toastError } from '../ui/toast.tsx';
import { useApply } from './apply.ts';
import { ChangeBar, focusAfterBar } from './change-bar.tsx';
import { ReviewDialog } from './review-dialog.tsx';
import { MergeDialog } from './merge-dialog.tsx';
import { staleKeys, type StagedEdits } from './staging.ts';
import { noteProblems, rebaseStaged, takeBack, useStaging } from './staging-store.ts';

const say = messages.settings;

type Open = { kind: 'review'; error: string | null } | { kind: 'discard' } | { kind: 'stale'; keys: string[] } | null;

type Props = {
  settings: readonly SettingView[];
  staged: StagedEdits;
  /** Staged values with a problem, in page order. */
  invalid: readonly { key: string; problem: string }[];
  onFocus: (key: string) => void;
};

const useStagedBar = ({ settings, staged, invalid, onFocus }: Props) => {
  const { status } = useStatus();
  const applyStaged = useApply();
  const [open, setOpen] = useState<Open>(null);
  const [busy, setBusy] = useState(false);

  const apply = useCallback(
    async (reason: string, reviewing: boolean, minutes: number | null = null): Promise<void> => {
      const first = invalid[0];
      if (first !== undefined) {
        setOpen(null);
        // Asked to apply: from now on each problem stands at its field, whether it was left or not.
        noteProblems(invalid);
        onFocus(first.key);
        return;
      }
      const stale = staleKeys(staged, settings);
      if (stale.length > 0) {
        setOpen({ kind: 'stale', keys: stale });
        return;
      }
      if (!reviewing && settings.some((one) => one.critical && Object.hasOwn(staged, one.key))) {
        setOpen({ kind: 'review', error: null });
        return;
      }
      setBusy(true);
      const outcome = await applyStaged(staged, settings, reason, minutes);
      setBusy(false);
      if (outcome.kind === 'applied') {
        setOpen(null);
        focusAfterBar();
      } else if (outcome.kind === 'stale') setOpen({ kind: 'stale', keys: outcome.keys });
      else if (outcome.kind === 'invalid') {
        setOpen(null);
        onFocus(outcome.key);
      } else if (reviewing) setOpen({ kind: 'review', error: describeError(outcome.error) });
      else toastError(outcome.error);
    },
    [applyStaged, invalid, onFocus, settings, staged],
  );

  /** The edits go on against what the merge view showed; if that changed again, applying says so again. */
  const merged = (drop: readonly string[]): void => {
    rebaseStaged(status.home, settings, drop);
    const left = Object.keys(useStaging.getState().homes[status.home]?.staged ?? {});
    setOpen(left.length === 0 ? null : { kind: 'review', error: null });
    if (left.length === 0) focusAfterBar();
  };
  return { open, setOpen, busy, apply, merged, home: status.home };
};

export const StagedBar = memo((props: Props): ReactNode => {
  const { settings, staged, invalid } = props;
  const { open, setOpen, busy, apply, merged, home } = useStagedBar(props);
  const keys = Object.keys(staged);
  if (keys.length === 0 && open === null) return null;
  const close = (): void => setOpen(null);
  return (
    <>
      {keys.length === 0 ? null : (
        <ChangeBar
          keys={keys}
          problems={invalid.length}
          busy={busy}
          onDiscard={() => setOpen({ kind: 'discard' })}
          onReview={() => setOpen({ kind: 'review', error: null })}
          onApply={() => void apply('', false)}
        />
      )}
      {open?.kind === 'review' ? (
        <ReviewDialog
          staged={staged}
          settings={settings}
          busy={busy}
          error={open.error}
          onClose={close}
          onApply={(reason, minutes) => void apply(reason, true, minutes)}
        />
      ) : null}
      <Dialog
        open={open?.kind === 'discard'}
        onClose={close}
        title={say.discardTitle(keys.length)}
        footer={
          <>
            <Button onClick={close}>{messages.ui.cancel}</Button>
            <Button
              variant="danger"
              onClick={() => {
                takeBack(home, keys);
                close();
                focusAfterBar();
              }}
            >
              {say.bar.discard}
            </Button>
          </>
        }
      >
        <p>{say.discardText}</p>
      </Dialog>
      {open?.kind === 'stale' ? (
        <MergeDialog keys={open.keys} staged={staged} settings={settings} onDone={merged} onClose={close} />
      ) : null}
    </>
  );
});
