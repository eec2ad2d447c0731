/** Applies staged edits as one change set: what it was, what the core says, and the toast with the way back. */
import { useCallback } from 'react';
import type { HoldfastError } from '../../contract/errors.ts';
import type { SettingView } from '../../contract/settings.ts';
import { useDoor, type Door } from '../client.ts';
import { formatWhen } from '../format.ts';
import { undoneNote } from '../frame/undone.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { lowerWhen } from './setting-badges.tsx';
import { toChanges, toExpect, type StagedEdits } from './staging.ts';
import { noteLeft, noteProblems, takeBack } from './staging-store.ts';

export type ApplyOutcome =
  | { kind: 'applied' }
  | { kind: 'stale'; keys: string[] }
  | { kind: 'invalid'; key: string }
  | { kind: 'failed'; error: HoldfastError };

const say = messages.settings;

/** Undoes exactly what was applied: when something else was changed since, it says so instead. */
export const undoExactly = async (call: Door['call'], changeSet: string): Promise<void> => {
  const undoable = await call('settings.undoable', {});
  if (undoable.ok && undoable.data.undo?.changeSet !== changeSet) {
    const { undo } = undoable.data;
    const { frame } = messages;
    toast(
      undo === null
        ? { title: frame.nothingToUndo }
        : {
            title: frame.changedSince,
            text: frame.changedSinceText(undo.label, undo.actor, formatWhen(undo.at, new Date())),
          },
    );
    return;
  }
  const answer = await call('settings.undo', {});
  if (answer.ok) toast(undoneNote('undo', answer.data));
  else toastError(answer.error);
};

export const useApply = (): ((
  staged: StagedEdits,
  settings: readonly SettingView[],
  reason: string,
  /** On trial, for as long; null: for good. */
  minutes?: number | null,
) => Promise<ApplyOutcome>) => {
  const call = useCall();
  const { status, title, reload } = useStatus();
  return async (staged, settings, reason, minutes = null) => {
    const known = new Set(settings.map((setting) => setting.key));
    const input = {
      changes: toChanges(staged),
      expect: toExpect(staged),
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    };
    const answer =
      minutes === null ? await call('settings.apply', input) : await call('settings.trial', { ...input, minutes });
    if (!answer.ok) {
      const { error } = answer;
      if (error.type === 'Stale') return { kind: 'stale', keys: error.keys };
      if (error.type !== 'SettingInvalid') return { kind: 'failed', error };
      const invalid = error.invalid.length > 0 ? error.invalid : [{ key: error.key, problem: error.problem }];
      noteProblems(invalid);
      const first = invalid.find((one) => known.has(one.key));
      return first === undefined ? { kind: 'failed', error } : { kind: 'invalid', key: first.key };
    }
    takeBack(status.home, Object.keys(staged));
    const { changeSet, changes, restart, notMirrored } = answer.data;
    const until = 'until' in answer.data && typeof answer.data.until === 'string' ? answer.data.until : null;
    void reload();
    if (changeSet === null) {
      toast({ title: say.appliedNothing });
      return { kind: 'applied' };
    }
    const notes = [
      ...((notMirrored ?? []).length > 0 ? [say.behind(title)] : []),
      ...(restart.length > 0 ? [say.restartNeeded(restart.length)] : []),
    ];
    toast({
      title: until === null ? say.applied(changes.length) : messages.trial.applied(changes.length, lowerWhen(until)),
      ...(notes.length === 0 ? {} : { text: notes.join(' ') }),
      action: { label: messages.frame.undo, onClick: () => void undoExactly(call, changeSet) },
    });
    return { kind: 'applied' };
  };
};

/** After fields are left: what the core says of everything staged, for these. Other fields speak when they are left. */
export const useCheck = (): ((keys: readonly string[], staged: StagedEdits) => Promise<void>) => {
  const door = useDoor();
  return useCallback(
    async (keys, staged) => {
      const changes = toChanges(staged);
      const left = new Set(keys);
      if (!changes.some((change) => left.has(change.key))) return;
      const answer = await door.call('settings.apply', { changes, dryRun: true });
      const problems = answer.ok || answer.error.type !== 'SettingInvalid' ? [] : answer.error.invalid;
      noteLeft(
        keys,
        problems.filter((one) => left.has(one.key)),
      );
    },
    [door],
  );
};
