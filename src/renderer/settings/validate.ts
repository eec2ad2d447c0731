/**
 * A first look at a value while the owner types, so that the message stands at the field at once. The core's own check
 * decides at apply; this one must never refuse what the core would take.
 */
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';

type Checked = Pick<SettingView, 'kind' | 'schema'>;

const numberOf = (value: JsonValue | undefined): number | null => (typeof value === 'number' ? value : null);

const checkNumber = (value: number, { kind, schema }: Checked): string | null => {
  const say = messages.settings.invalid;
  if (kind !== 'number' && !Number.isInteger(value)) return say.integer;
  const minimum = numberOf(schema['minimum']) ?? (kind === 'port' ? 1 : null);
  const maximum = numberOf(schema['maximum']) ?? (kind === 'port' ? 65535 : null);
  if (minimum !== null && maximum !== null && (value < minimum || value > maximum)) return say.range(minimum, maximum);
  if (minimum !== null && value < minimum) return say.minimum(minimum);
  if (maximum !== null && value > maximum) return say.maximum(maximum);
  return null;
};

const checkText = (value: string, { schema }: Checked): string | null => {
  const say = messages.settings.invalid;
  const minLength = numberOf(schema['minLength']);
  const maxLength = numberOf(schema['maxLength']);
  const length = [...value].length;
  if (minLength !== null && length < minLength) return minLength === 1 ? say.empty : say.minLength(minLength);
  if (maxLength !== null && length > maxLength) return say.maxLength(maxLength);
  return null;
};

/** The problem in words, or null. */
export const problemOf = (value: JsonValue, setting: Checked): string | null => {
  const choices = setting.schema['enum'];
  if (
    Array.isArray(choices) &&
    !choices.some((choice) => choice === value) &&
    !isJsonObject(value) &&
    !Array.isArray(value)
  ) {
    return messages.settings.invalid.choice;
  }
  if (typeof value === 'number') return checkNumber(value, setting);
  if (typeof value === 'string') return checkText(value, setting);
  return null;
};

/** Text -> JSON, or where it stops being JSON. */
export const parseJson = (text: string): { ok: true; value: JsonValue } | { ok: false; problem: string } => {
  try {
    return { ok: true, value: JSON.parse(text) as JsonValue };
  } catch (error) {
    const detail = error instanceof Error ? error.message.replace(/^JSON\.parse: /u, '') : '';
    return { ok: false, problem: messages.settings.invalid.json(detail) };
  }
};
