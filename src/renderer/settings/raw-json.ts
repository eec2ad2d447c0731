/** A group of settings as one JSON text and back: which edits a changed text stands for, and where it is wrong. Pure. */
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { isJsonObject, jsonEqual, type JsonObject } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { shownValue, type Edit, type StagedEdits } from './staging.ts';
import { jsonErrorIn, positionOf, problemOf } from './validate.ts';

const say = messages.settings.raw;

/** Secrets are never part of it; locked ones cannot be changed. */
const isInText = (setting: SettingView): boolean => !setting.secret && setting.locked === undefined;

export const rawText = (settings: readonly SettingView[], staged: StagedEdits): string => {
  const group: JsonObject = {};
  for (const setting of settings.filter(isInText)) {
    const one = staged[setting.key];
    if (setting.version !== null || setting.hasDefault || one !== undefined)
      group[setting.key] = shownValue(setting, one);
  }
  return JSON.stringify(group, null, 2);
};

export type RawProblem = { line: number; problem: string };
export type RawRead = { edits: { setting: SettingView; edit: Edit }[]; problems: RawProblem[] };

/** Every value that differs is set, every line that is gone is reset; what is no setting of the group is a problem. */
export const readRaw = (text: string, settings: readonly SettingView[], staged: StagedEdits): RawRead => {
  const broken = jsonErrorIn(text);
  if (broken !== null)
    return { edits: [], problems: [{ line: positionOf(text, broken.offset).line, problem: broken.problem }] };
  const group = JSON.parse(text) as unknown as JsonObject;
  if (!isJsonObject(group)) return { edits: [], problems: [{ line: 1, problem: say.notObject }] };
  const tree = parseTree(text);
  const lineOf = (key: string): number => {
    const node = tree === undefined ? undefined : findNodeAtLocation(tree, [key]);
    return node === undefined ? 1 : positionOf(text, node.offset).line;
  };
  const known = new Map(settings.filter(isInText).map((setting) => [setting.key, setting]));
  const problems: RawProblem[] = [];
  const edits: RawRead['edits'] = [];
  for (const [key, value] of Object.entries(group)) {
    const setting = known.get(key);
    const problem = setting === undefined ? say.unknown : problemOf(value, setting);
    if (problem !== null) problems.push({ line: lineOf(key), problem: `${key} ${problem}` });
    else if (setting !== undefined && !jsonEqual(value, shownValue(setting, staged[key])))
      edits.push({ setting, edit: { op: 'set', value } });
  }
  for (const setting of known.values())
    if (!Object.hasOwn(group, setting.key) && setting.version !== null && staged[setting.key]?.edit.op !== 'unset')
      edits.push({ setting, edit: { op: 'unset' } });
  return { edits, problems };
};
