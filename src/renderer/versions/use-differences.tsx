/** What differs between two versions, as rows to pick from. */
import { useMemo } from 'react';
import type { Output } from '../../contract/commands.ts';
import { settingsFirst, type PickRow } from './pick-list.tsx';
import { useTitles } from './titles.ts';
import { ValueDiff } from './value-diff.tsx';

type Changes = Output<'versions.diff'>['changes'];

/** `changes`: undefined while they are read. */
export const useDifferences = (changes: Changes | undefined): PickRow[] => {
  const titles = useTitles();
  return useMemo(
    () =>
      settingsFirst(changes ?? []).map((change): PickRow => ({
        kind: change.kind,
        key: change.key,
        title: change.kind === 'setting' ? titles.get(change.key) : undefined,
        pickable: true,
        body: <ValueDiff {...change} />,
      })),
    [changes, titles],
  );
};
