/** Where two groups or lists differ, path by path, so that a change of one field does not show as two walls of JSON. Pure. */
import { isJsonObject, jsonEqual, type JsonValue } from '../../contract/json.ts';

export type FieldChange = { path: string; action: 'create' | 'update' | 'delete'; old: JsonValue; new: JsonValue };

type Side = { there: boolean; value: JsonValue };
const side = (there: boolean, value: JsonValue | undefined): Side => ({ there, value: value ?? null });

const under = (path: string, name: string): string =>
  /^[\w-]+$/u.test(name) ? (path === '' ? name : `${path}.${name}`) : `${path}[${JSON.stringify(name)}]`;

/** Items before and after what differs are the same in both: one item put in or taken out moves the rest, no more. */
const arrayChanges = (path: string, old: readonly JsonValue[], now: readonly JsonValue[]): FieldChange[] => {
  const least = Math.min(old.length, now.length);
  let start = 0;
  while (start < least && jsonEqual(old[start] ?? null, now[start] ?? null)) start += 1;
  let end = 0;
  while (end < least - start && jsonEqual(old.at(-1 - end) ?? null, now.at(-1 - end) ?? null)) end += 1;
  const [oldEnd, newEnd] = [old.length - end, now.length - end];
  const rows: FieldChange[] = [];
  for (let at = start; at < Math.max(oldEnd, newEnd); at += 1)
    rows.push(...between(`${path}[${String(at)}]`, side(at < oldEnd, old[at]), side(at < newEnd, now[at])));
  return rows;
};

const between = (path: string, old: Side, now: Side): FieldChange[] => {
  if (!old.there) return [{ path, action: 'create', old: null, new: now.value }];
  if (!now.there) return [{ path, action: 'delete', old: old.value, new: null }];
  if (jsonEqual(old.value, now.value)) return [];
  const [a, b] = [old.value, now.value];
  if (Array.isArray(a) && Array.isArray(b)) return arrayChanges(path, a, b);
  if (isJsonObject(a) && isJsonObject(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names.flatMap((name) =>
      between(under(path, name), side(Object.hasOwn(a, name), a[name]), side(Object.hasOwn(b, name), b[name])),
    );
  }
  return [{ path, action: 'update', old: a, new: b }];
};

/** Null where the two are not both groups or both lists: then the values themselves say it best. */
export const fieldChanges = (old: JsonValue, now: JsonValue): FieldChange[] | null =>
  (Array.isArray(old) && Array.isArray(now)) || (isJsonObject(old) && isJsonObject(now))
    ? between('', side(true, old), side(true, now))
    : null;
