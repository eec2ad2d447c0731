/** What a value tells about the setting it belongs to. Never puts the value itself into its answer. Pure. */
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { keyToSegments } from '../../contract/setting-key.ts';
import { typedEnvValue } from '../migration/typed-env.ts';
import { titleOf } from './catalog.ts';

const lastWord = (key: string): string =>
  String(keyToSegments(key)?.at(-1) ?? key)
    .replace(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .at(-1) ?? '';

const ofNumber = (key: string, value: number): JsonObject => {
  if (!Number.isInteger(value)) return { type: 'number' };
  const port = lastWord(key) === 'port' && value >= 1 && value <= 65535;
  return { type: 'integer', ...(port ? { minimum: 1, maximum: 65535 } : {}) };
};

const ofText = (value: string): JsonObject => {
  if (/^https?:\/\/[^\s/]+\S*$/u.test(value)) return { type: 'string', format: 'url' };
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(value)) return { type: 'string', format: 'email' };
  if (/^(?:~|\.{1,2})?\/[^\s/]/u.test(value) || /^[A-Za-z]:\\/u.test(value))
    return { type: 'string', 'x-kind': 'path' };
  return { type: 'string' };
};

const ofList = (value: readonly JsonValue[]): JsonObject =>
  value.length > 0 && value.every((item) => typeof item === 'string')
    ? { type: 'array', items: { type: 'string' } }
    : { type: 'array' };

/** `null` says that there is a place and nothing about what goes there. */
const ofValue = (key: string, value: JsonValue): JsonObject => {
  if (value === null) return {};
  if (Array.isArray(value)) return ofList(value);
  switch (typeof value) {
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return ofNumber(key, value);
    case 'string':
      return ofText(value);
    default:
      return { type: 'object' };
  }
};

/** A `.env` file writes everything as text: what looks exactly like another type becomes one. `1` is a number, not a yes. */
const envValue = (text: string): JsonValue => {
  if (/^(?:true|false)$/iu.test(text)) return typedEnvValue({ type: 'boolean' }, text);
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$/u.test(text) ? typedEnvValue({ type: 'number' }, text) : text;
};

export type Seen = { key: string; value: JsonValue; secret: boolean; env: boolean; category: string };

/** A secret keeps its type to itself: every one is a text, and it has no default. */
export const inferEntry = ({ key, value, secret, env, category }: Seen): JsonObject => {
  const read = env && typeof value === 'string' ? envValue(value) : value;
  const title = titleOf(key);
  const rest = { ...(title === '' ? {} : { title }), 'x-category': category };
  if (secret) return { ...(typeof value === 'string' ? { type: 'string' } : {}), ...rest, 'x-secret': true };
  return { ...ofValue(key, read), ...rest };
};
