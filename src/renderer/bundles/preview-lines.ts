/** What an import would do, as one list: each key once, with its state and why. Pure. */
import type { ImportResult } from '../../contract/bundles.ts';
import type { VersionChange } from '../../contract/versions.ts';

export const lineStates = ['conflict', 'add', 'change', 'remove', 'refused', 'same'] as const;
export type LineState = (typeof lineStates)[number];

export type Line = {
  state: LineState;
  kind: string;
  key: string;
  change: VersionChange | null;
  /** Why it stays out. */
  problem: string | null;
  /** Who set it here after the bundle was made. */
  since: { at: string; actor: string } | null;
};

const states: Record<VersionChange['action'], LineState> = {
  create: 'add',
  update: 'change',
  delete: 'remove',
  unchanged: 'same',
};

const idOf = ({ kind, key }: { kind: string; key: string }): string => `${kind}/${key}`;

/** `secret` stands for the closed part of the file, which the dialog says elsewhere. */
export const linesOf = (preview: ImportResult): Line[] => {
  const since = new Map(preview.conflicts.map((one) => [idOf(one), one]));
  const changed = preview.changes.map((change): Line => {
    const here = since.get(idOf(change)) ?? null;
    return {
      state: here === null ? states[change.action] : 'conflict',
      kind: change.kind,
      key: change.key,
      change,
      problem: null,
      since: here,
    };
  });
  const refused = preview.left
    .filter(({ kind }) => kind !== 'secret')
    .map(({ kind, key, problem }): Line => ({ state: 'refused', kind, key, change: null, problem, since: null }));
  const same = preview.same.map(({ kind, key }): Line => ({
    state: 'same',
    kind,
    key,
    change: null,
    problem: null,
    since: null,
  }));
  return [...changed, ...refused, ...same].toSorted(
    (a, b) => lineStates.indexOf(a.state) - lineStates.indexOf(b.state),
  );
};

export const countByState = (lines: readonly Line[]): Record<LineState, number> => {
  const counts = { conflict: 0, add: 0, change: 0, remove: 0, refused: 0, same: 0 };
  for (const { state } of lines) counts[state] += 1;
  return counts;
};

/** What is looked for: a state, and words in the key or the reason. */
export const shownLines = (lines: readonly Line[], state: LineState | null, text: string): Line[] => {
  const words = text.trim().toLowerCase();
  return lines.filter(
    (one) =>
      (state === null || one.state === state) &&
      (words === '' || `${one.key} ${one.problem ?? ''}`.toLowerCase().includes(words)),
  );
};
