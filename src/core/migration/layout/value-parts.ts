/** Parts of a subject's value as a file has them: a path inside it, members under the file's own names. */
import { isJsonObject, type JsonValue } from '../../../contract/json.ts';

/** Undefined when there is nothing at that place. */
export const partOf = (value: JsonValue, part: readonly (string | number)[]): JsonValue | undefined => {
  let found: JsonValue | undefined = value;
  for (const step of part) {
    if (Array.isArray(found) && typeof step === 'number') found = found[step];
    else if (isJsonObject(found) && Object.hasOwn(found, step)) found = found[String(step)];
    else return undefined;
  }
  return found;
};

/** `names`: the record's member name -> the file's. */
export const unrenamed = (value: JsonValue, names: { [name: string]: string } | undefined): JsonValue =>
  names === undefined || !isJsonObject(value)
    ? value
    : Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          Object.hasOwn(names, name) ? (names[name] ?? name) : name,
          member,
        ]),
      );
