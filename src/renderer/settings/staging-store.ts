/**
 * The staged edits of each home, kept by the core in Holdfast's own folder (secrets only in memory), and the problems that
 * stand at fields. One home never sees another's edits.
 */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { SettingView } from '../../contract/settings.ts';
import { useDoor, type Door } from '../client.ts';
import { toastError } from '../ui/toast.tsx';
import { fromDraft, rebase, stageEdit, toDraft, unstage, type Edit, type StagedEdits } from './staging.ts';

type Kept = { staged: StagedEdits; restartedAt: string | null };

type StagingStore = {
  homes: { readonly [home: string]: Kept };
  /** By key: what the core said about a staged value. Goes away with the next edit of the key. */
  problems: { readonly [key: string]: string };
};

const none: StagedEdits = {};

export const useStaging = create<StagingStore>()(() => ({ homes: {}, problems: {} }));

export const useStaged = (home: string): StagedEdits => useStaging((state) => state.homes[home]?.staged ?? none);

const change = (home: string, next: (staged: StagedEdits) => StagedEdits): void => {
  useStaging.setState(({ homes }) => {
    const before = homes[home] ?? { staged: none, restartedAt: null };
    return { homes: { ...homes, [home]: { ...before, staged: next(before.staged) } } };
  });
};

/** One save at a time, the newest state last: each edit is on its way before the next key is pressed. */
const createSaver = (door: Door, home: string) => {
  let saved: Kept | undefined = useStaging.getState().homes[home];
  let busy = false;
  const save = async (): Promise<void> => {
    const kept = useStaging.getState().homes[home];
    if (busy || kept === undefined || kept === saved) return;
    busy = true;
    const answer = await door.call('settings.save-draft', {
      staged: toDraft(kept.staged),
      restartedAt: kept.restartedAt,
    });
    busy = false;
    saved = kept;
    if (answer.ok) void save();
    else toastError(answer.error);
  };
  return save;
};

/** True once the edits of an earlier session are there. Edits of this session count more. */
export const useKeptEdits = (home: string): boolean => {
  const door = useDoor();
  const loaded = useStaging((state) => state.homes[home] !== undefined);
  useEffect(() => {
    if (loaded) return;
    let gone = false;
    void door.call('settings.draft', {}).then((answer) => {
      if (gone) return;
      const draft = answer.ok ? answer.data : { staged: {}, restartedAt: null };
      // Before the first look, nothing is known to need a restart.
      const kept = { staged: fromDraft(draft.staged), restartedAt: draft.restartedAt ?? new Date().toISOString() };
      useStaging.setState(({ homes }) => ({ homes: { [home]: kept, ...homes } }));
    });
    return () => {
      gone = true;
    };
  }, [door, home, loaded]);
  useEffect(() => {
    if (!loaded) return;
    const save = createSaver(door, home);
    return useStaging.subscribe(() => void save());
  }, [door, home, loaded]);
  return loaded;
};

export const noteRestarted = (home: string): void =>
  useStaging.setState(({ homes }) => {
    const before = homes[home] ?? { staged: none, restartedAt: null };
    return { homes: { ...homes, [home]: { ...before, restartedAt: new Date().toISOString() } } };
  });

const forget = (keys: readonly string[]): void => {
  const gone = new Set(keys);
  useStaging.setState(({ problems }) => ({
    problems: Object.fromEntries(Object.entries(problems).filter(([key]) => !gone.has(key))),
  }));
};

export const stage = (home: string, setting: SettingView, edit: Edit): void => {
  change(home, (staged) => stageEdit(staged, setting, edit));
  forget([setting.key]);
};

export const stageAll = (home: string, edits: readonly { setting: SettingView; edit: Edit }[]): void => {
  change(home, (staged) => edits.reduce((all, { setting, edit }) => stageEdit(all, setting, edit), staged));
  forget(edits.map(({ setting }) => setting.key));
};

export const takeBack = (home: string, keys: readonly string[]): void => {
  change(home, (staged) => unstage(staged, keys));
  forget(keys);
};

export const rebaseStaged = (home: string, settings: readonly SettingView[], drop: readonly string[]): void =>
  change(home, (staged) => rebase(staged, settings, drop));

type Problems = readonly { key: string; problem: string }[];

const byKey = (invalid: Problems): { [key: string]: string } =>
  Object.fromEntries(invalid.map(({ key, problem }) => [key, problem]));

export const noteProblems = (invalid: Problems): void => {
  useStaging.setState({ problems: byKey(invalid) });
};

/** What the core says of fields that were left. */
export const noteLeft = (keys: readonly string[], invalid: Problems): void => {
  forget(keys);
  if (invalid.length > 0) useStaging.setState(({ problems }) => ({ problems: { ...problems, ...byKey(invalid) } }));
};
