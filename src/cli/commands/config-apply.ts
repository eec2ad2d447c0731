/**
 * `config apply FILE`: many settings from one JSON file, as one change set. The file holds values by key, flat
 * (`{"general.theme": "dark"}`) or nested (`{"general": {"theme": "dark"}}`), or `{"changes": [{key, op, value}]}`, where
 * `"op": "unset"` removes a value. Only the file's own shape is judged here; values are checked by the core.
 */
import { resolve } from 'node:path';
import Value from 'typebox/value';
import { Type } from '../../contract/command.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
import { SettingChange } from '../../contract/settings.ts';
import { parseJsonFile, readJsonFile, type JsonFile } from '../../core/bundles/json-file.ts';
import { withReason } from '../critical.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';

export type ApplyOptions = { create?: boolean };
const most = 10_000;
const Changes = Type.Array(SettingChange);

const readFile = async (session: Session, path: string): Promise<Result<JsonFile>> =>
  path === '-' ? parseJsonFile(session.io.readStdin(), 'stdin') : readJsonFile(resolve(session.io.cwd, path), path);

/** A member of the whole document may be a key of several segments; inside, each name is one segment. */
const keyAt = (parent: string, name: string): string => {
  if (parent === '') return keyToSegments(name) === null ? segmentsToKey([name]) : name;
  return segmentsToKey([...(keyToSegments(parent) ?? [parent]), name]);
};

/** An object is one value where the home knows a setting of that key, else a group. */
const leavesOf = (object: JsonObject, known: ReadonlySet<string>, parent = ''): [string, JsonValue][] =>
  Object.entries(object).flatMap(([name, value]): [string, JsonValue][] => {
    const key = keyAt(parent, name);
    const group = isJsonObject(value) && !known.has(key) && Object.keys(value).length > 0;
    return group ? leavesOf(value, known, key) : [[key, value]];
  });

export const changesOf = (file: JsonFile, known: ReadonlySet<string>): Result<SettingChange[]> => {
  const { value } = file;
  if (!isJsonObject(value))
    return file.wrong('', 'the file must hold an object of settings, such as {"general.theme": "dark"}');
  if (value['format'] === 'holdfast-bundle')
    return file.wrong('', 'this is a bundle; take it in with holdfast bundle import FILE');
  const { changes } = value;
  const asked =
    Array.isArray(changes) && Object.keys(value).length === 1
      ? changes
      : leavesOf(value, known).map(([key, one]): JsonValue => ({ key, op: 'set', value: one }));
  if (asked.length === 0) return file.wrong('', 'there is no setting in this file');
  if (asked.length > most)
    return file.wrong('', `the file holds ${String(asked.length)} settings; at most ${String(most)} change at once`);
  if (Value.Check(Changes, asked)) return ok(asked);
  const [first] = Value.Errors(Changes, asked);
  return asked === changes
    ? file.wrong(
        `/changes${first?.instancePath ?? ''}`,
        'each change is {"key", "op": "set", "value"} or {"key", "op": "unset"}',
      )
    : fail({ type: 'FileInvalid', file: file.name, problem: 'it holds a key that is longer than 1,024 characters' });
};

export const applyFile = async (session: Session, path: string, options: ApplyOptions): Promise<Outcome> => {
  const file = await readFile(session, path);
  if (!file.ok) return trouble(file);
  const listed = await session.call('settings.list', {});
  if (!listed.ok) return trouble(listed);
  const changes = changesOf(file.data, new Set(listed.data.settings.map(({ key }) => key)));
  if (!changes.ok) return trouble(changes);
  const result = await withReason(session, (reason) =>
    session.call('settings.apply', {
      changes: changes.data,
      ...reason,
      ...(options.create === true ? { create: true } : {}),
      ...(session.dryRun ? { dryRun: true } : {}),
    }),
  );
  return result.ok ? answer(result.data, changeText(result.data, 'Changed', session)) : trouble(result);
};
