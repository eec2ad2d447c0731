/**
 * A group of settings as one JSON text beside the form. What is typed becomes staged edits, what is staged in the form is
 * written into the text, and neither overwrites the other: only what differs from what both last agreed on moves. Pure.
 */
import { applyEdits, findNodeAtLocation, modify, parseTree, type Node } from 'jsonc-parser';
import { isJsonObject, jsonEqual, type JsonValue } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { entryAt, isEditable, shownValue, stagedAt, stageEdit, type Edit, type StagedEdits } from './staging.ts';
import { jsonErrorIn, positionOf, problemOf } from './validate.ts';

const say = messages.settings.raw;

type Group = ReadonlyMap<string, JsonValue>;

export type RawDoc = {
  text: string;
  /** What the text stood for when it last was JSON. */
  agreed: Group;
  /** The form's values that the text knows of. */
  seen: Group;
};

export type RawEdits = { setting: SettingView; edit: Edit }[];

/** More keys at once than this, and the text is written anew instead of mended. */
const mostMended = 50;

/** Secrets are never part of it. */
const isInText = (setting: SettingView): boolean => !setting.secret && isEditable(setting);

const groupOf = (settings: readonly SettingView[], staged: StagedEdits): Group => {
  const shown = settings.filter((setting) => {
    const op = stagedAt(staged, setting.key)?.edit.op;
    return isInText(setting) && (setting.hasDefault || op === 'set' || (setting.version !== null && op !== 'unset'));
  });
  return new Map(shown.map((setting) => [setting.key, shownValue(setting, stagedAt(staged, setting.key))]));
};

const textOf = (group: Group): string => JSON.stringify(Object.fromEntries(group), null, 2);

const namesIn = (tree: Node | undefined): string[] =>
  (tree?.children ?? []).map((property) => String(property.children?.[0]?.value));

/** Null while the text is no JSON object, or says two things of one setting: then it stands for nothing yet. */
const readGroup = (text: string): Group | null => {
  if (jsonErrorIn(text) !== null) return null;
  const value = JSON.parse(text) as JsonValue;
  if (!isJsonObject(value)) return null;
  const group = new Map(Object.entries(value));
  return namesIn(parseTree(text)).length === group.size ? group : null;
};

export const isWhole = ({ text }: RawDoc): boolean => readGroup(text) !== null;

const differing = (a: Group, b: Group): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((key) => {
    const [one, other] = [a.get(key), b.get(key)];
    return one === undefined || other === undefined ? one !== other : !jsonEqual(one, other);
  });

export const openRaw = (settings: readonly SettingView[], staged: StagedEdits): RawDoc => {
  const group = groupOf(settings, staged);
  return { text: textOf(group), agreed: group, seen: group };
};

/** Every value that differs is set, every line that is gone is reset. A text that stands for nothing yet changes nothing. */
export const typeRaw = (
  doc: RawDoc,
  text: string,
  settings: readonly SettingView[],
  staged: StagedEdits,
): { doc: RawDoc; edits: RawEdits } => {
  const group = readGroup(text);
  if (group === null) return { doc: { ...doc, text }, edits: [] };
  const known = new Map(settings.filter(isInText).map((setting) => [setting.key, setting]));
  const edits = differing(doc.agreed, group).flatMap((key): RawEdits => {
    const setting = known.get(key);
    if (setting === undefined) return [];
    const value = group.get(key);
    if (value === undefined) return [{ setting, edit: { op: 'unset' } }];
    // A line that was not there is meant, also when it says null.
    const keep = !doc.agreed.has(key) && !setting.hasDefault ? { keep: true as const } : {};
    return [{ setting, edit: { op: 'set', value, ...keep } }];
  });
  const after = groupOf(
    settings,
    edits.reduce<StagedEdits>((all, { setting, edit }) => stageEdit(all, setting, edit), staged),
  );
  const seen = new Map(doc.seen);
  for (const { setting } of edits) {
    const value = after.get(setting.key);
    if (value === undefined) seen.delete(setting.key);
    else seen.set(setting.key, value);
  }
  const next = { text, agreed: group, seen };
  // Nothing is staged that would bring the form's own edits in, and some may have come while the text was broken.
  return { doc: edits.length === 0 ? syncRaw(next, settings, staged) : next, edits };
};

/** Writes what changed in the form into the text, and leaves the rest as it was typed. A text that is no JSON waits. */
export const syncRaw = (doc: RawDoc, settings: readonly SettingView[], staged: StagedEdits): RawDoc => {
  const current = groupOf(settings, staged);
  const keys = differing(doc.seen, current);
  if (keys.length === 0 || readGroup(doc.text) === null) return doc;
  if (keys.length > mostMended || doc.text === textOf(doc.seen))
    return { text: textOf(current), agreed: current, seen: current };
  const options = { formattingOptions: { insertSpaces: true, tabSize: 2 } };
  const text = keys.reduce((all, key) => applyEdits(all, modify(all, [key], current.get(key), options)), doc.text);
  return { text, agreed: readGroup(text) ?? current, seen: current };
};

export type RawProblem = { offset: number; line: number; words: string };

const problemAt = (text: string, offset: number, problem: string): RawProblem => {
  const { line, column } = positionOf(text, offset);
  return { offset, line, words: say.problem(line, column, problem) };
};

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What is wrong with the text and where, in the words of the form. `said`: what the core says of staged values. */
export const rawProblems = (
  text: string,
  settings: readonly SettingView[],
  said: { readonly [key: string]: string },
): RawProblem[] => {
  const broken = jsonErrorIn(text);
  // It names its place itself, as it does at a field.
  if (broken !== null)
    return [{ offset: broken.offset, line: positionOf(text, broken.offset).line, words: sentence(broken.problem) }];
  const group = JSON.parse(text) as JsonValue;
  if (!isJsonObject(group)) return [problemAt(text, 0, say.notObject)];
  const tree = parseTree(text);
  const known = new Map(settings.filter(isInText).map((setting) => [setting.key, setting]));
  const names = namesIn(tree);
  const twice = new Set(
    names.length === Object.keys(group).length ? [] : names.filter((key, i) => names.indexOf(key) !== i),
  );
  return Object.entries(group)
    .flatMap(([key, value]): RawProblem[] => {
      const setting = known.get(key);
      const problem = twice.has(key)
        ? say.twice
        : setting === undefined
          ? say.unknown
          : (entryAt(said, key) ?? problemOf(value, setting));
      if (problem === null) return [];
      const offset = (tree === undefined ? undefined : findNodeAtLocation(tree, [key]))?.offset ?? 0;
      return [problemAt(text, offset, `${key} ${problem}`)];
    })
    .toSorted((a, b) => a.offset - b.offset);
};
