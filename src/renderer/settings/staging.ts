/**
 * Staged edits: what the owner changed in the page and has not applied. Pure. A staged edit remembers the version it was
 * made against and what stood there, so that applying can refuse to overwrite somebody else's change and show all three.
 */
import { jsonEqual, type JsonValue } from '../../contract/json.ts';
import type { SettingChange, SettingsDraft, SettingView } from '../../contract/settings.ts';

/**
 * `draft` keeps a text that is no value yet (half a JSON document); it can be staged but not applied. `keep`: the default,
 * as a value of its own.
 */
export type Edit =
  { op: 'set'; value: JsonValue; keep?: true } | { op: 'unset' } | { op: 'draft'; text: string; problem: string };

export type Staged = { edit: Edit; version: number | null; secret: boolean; base: JsonValue };
export type StagedEdits = { readonly [key: string]: Staged };

/** Nothing but what was put there: a setting may be named like what every object has. */
export const entryAt = <T>(all: { readonly [key: string]: T }, key: string): T | undefined =>
  Object.hasOwn(all, key) ? all[key] : undefined;

export const stagedAt = (staged: StagedEdits, key: string): Staged | undefined => entryAt(staged, key);

/** Locked ones nobody changes; behind an own value lies everybody's, which is not what shows. */
export const isEditable = ({ locked, source }: SettingView): boolean => locked === undefined && source !== 'override';

/** An edit that brings back what is stored takes the key out again. */
export const stageEdit = (staged: StagedEdits, setting: SettingView, edit: Edit): StagedEdits => {
  const before = stagedAt(staged, setting.key);
  const rest = unstage(staged, [setting.key]);
  if (isNoChange(setting, edit)) return rest;
  const { version, base } = before ?? { version: setting.version, base: setting.value };
  return { ...rest, [setting.key]: { edit, version, secret: setting.secret, base } };
};

const isNoChange = (setting: SettingView, edit: Edit): boolean => {
  switch (edit.op) {
    case 'draft':
      return false;
    case 'unset':
      return setting.secret ? setting.set !== true : setting.version === null;
    case 'set':
      // A secret's stored value is unknown here, so any new one counts as a change.
      return (
        !setting.secret &&
        jsonEqual(edit.value, setting.value) &&
        (setting.version !== null ||
          (edit.keep !== true && (!setting.hasDefault || jsonEqual(edit.value, setting.default))))
      );
  }
};

export const unstage = (staged: StagedEdits, keys: readonly string[]): StagedEdits =>
  Object.fromEntries(Object.entries(staged).filter(([key]) => !keys.includes(key)));

/** The value the page shows: the staged one, else the stored one. */
export const shownValue = (setting: SettingView, staged: Staged | undefined): JsonValue => {
  if (staged === undefined) return setting.value;
  switch (staged.edit.op) {
    case 'set':
      return staged.edit.value;
    case 'unset':
      return setting.default;
    case 'draft':
      return setting.value;
  }
};

export const toChanges = (staged: StagedEdits): SettingChange[] =>
  Object.entries(staged).flatMap(([key, { edit }]): SettingChange[] => {
    if (edit.op === 'draft') return [];
    return [edit.op === 'set' ? { key, op: 'set', value: edit.value } : { key, op: 'unset' }];
  });

export const toExpect = (staged: StagedEdits): { [key: string]: number | null } =>
  Object.fromEntries(Object.entries(staged).map(([key, { version }]) => [key, version]));

/** Keys that somebody changed since their edit began. */
export const staleKeys = (staged: StagedEdits, settings: readonly SettingView[]): string[] =>
  settings
    .filter(({ key, version }) => {
      const one = stagedAt(staged, key);
      return one !== undefined && one.version !== version;
    })
    .map(({ key }) => key);

/** After the owner saw the new values: the same edits, made against the versions of now; those of `drop` are given up. */
export const rebase = (
  staged: StagedEdits,
  settings: readonly SettingView[],
  drop: readonly string[] = [],
): StagedEdits => {
  const now = new Map(settings.map((setting) => [setting.key, setting]));
  return Object.entries(unstage(staged, drop)).reduce<StagedEdits>((rest, [key, one]) => {
    const setting = now.get(key);
    return setting === undefined ? { ...rest, [key]: { ...one, version: null } } : stageEdit(rest, setting, one.edit);
  }, {});
};

/** What may be kept on disk between sessions: never a secret. */
export const toDraft = (staged: StagedEdits): SettingsDraft['staged'] =>
  Object.fromEntries(
    Object.entries(staged)
      .filter(([, one]) => !one.secret)
      .map(([key, { edit, version, base }]) => [key, { edit, version, base }]),
  );

export const fromDraft = (draft: SettingsDraft['staged']): StagedEdits =>
  Object.fromEntries(Object.entries(draft).map(([key, one]) => [key, { ...one, secret: false }]));
