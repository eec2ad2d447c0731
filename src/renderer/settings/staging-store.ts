/**
 * The staged edits of each home, kept over reloads (secrets only in memory), and the problems that stand at fields.
 * One home never sees another's edits.
 */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { SettingView } from '../../contract/settings.ts';
import { rebase, stageEdit, unstage, withoutSecrets, type Edit, type StagedEdits } from './staging.ts';

type StagingStore = {
  homes: { readonly [home: string]: StagedEdits };
  /** By key: what the core said about a staged value. Goes away with the next edit of the key. */
  problems: { readonly [key: string]: string };
};

const none: StagedEdits = {};

export const useStaging = create<StagingStore>()(
  persist((): StagingStore => ({ homes: {}, problems: {} }), {
    name: 'holdfast.staged',
    version: 1,
    storage: createJSONStorage(() => localStorage),
    partialize: ({ homes }) => ({
      homes: Object.fromEntries(
        Object.entries(homes)
          .map(([home, staged]) => [home, withoutSecrets(staged)] as const)
          .filter(([, staged]) => Object.keys(staged).length > 0),
      ),
    }),
  }),
);

export const useStaged = (home: string): StagedEdits => useStaging((state) => state.homes[home] ?? none);

const change = (home: string, next: (staged: StagedEdits) => StagedEdits): void => {
  useStaging.setState(({ homes }) => ({ homes: { ...homes, [home]: next(homes[home] ?? none) } }));
};

export const stage = (home: string, setting: SettingView, edit: Edit): void => {
  change(home, (staged) => stageEdit(staged, setting, edit));
  useStaging.setState(({ problems }) => {
    const { [setting.key]: _gone, ...rest } = problems;
    return { problems: rest };
  });
};

export const takeBack = (home: string, keys: readonly string[]): void => {
  change(home, (staged) => unstage(staged, keys));
  useStaging.setState(({ problems }) => ({
    problems: Object.fromEntries(Object.entries(problems).filter(([key]) => !keys.includes(key))),
  }));
};

export const rebaseStaged = (home: string, settings: readonly SettingView[]): void =>
  change(home, (staged) => rebase(staged, settings));

export const noteProblems = (invalid: readonly { key: string; problem: string }[]): void => {
  useStaging.setState({ problems: Object.fromEntries(invalid.map(({ key, problem }) => [key, problem])) });
};
