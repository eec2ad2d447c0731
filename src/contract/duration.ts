/**
 * Spans of time as people write them. Applications store them as a number of seconds, or as an ISO 8601 text: the schema's
 * type says which (docs/decisions/0018). Months and years are refused: nobody can say how long they are. Pure.
 */
import type { JsonObject, JsonValue } from './json.ts';

const units: readonly { names: readonly string[]; seconds: number; short: string; iso: string }[] = [
  { names: ['w', 'week', 'weeks'], seconds: 604_800, short: 'w', iso: 'W' },
  { names: ['d', 'day', 'days'], seconds: 86_400, short: 'd', iso: 'D' },
  { names: ['h', 'hour', 'hours'], seconds: 3600, short: 'h', iso: 'H' },
  { names: ['m', 'min', 'minute', 'minutes'], seconds: 60, short: 'min', iso: 'M' },
  { names: ['s', 'sec', 'second', 'seconds'], seconds: 1, short: 's', iso: 'S' },
  { names: ['ms'], seconds: 0.001, short: 'ms', iso: '' },
];

const isoForm = /^p(?:(\d+)w|(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?)?)$/u;

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

const ofIso = (text: string): number | null => {
  const parts = isoForm.exec(text)?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined) || text.endsWith('t')) return null;
  return round(parts.reduce((sum, part, i) => sum + Number(part ?? 0) * (units[i]?.seconds ?? 0), 0));
};

/** `90`, `90 s`, `1 min 30 s`, `1h30m`, `PT1M30S` -> 90; null when it is none. */
export const parseDuration = (given: string): number | null => {
  const text = given.trim().toLowerCase();
  if (/^\d{1,12}(?:\.\d{1,3})?$/u.test(text)) return Number(text);
  if (text.startsWith('p')) return ofIso(text);
  if (!/^(?:\d{1,12}(?:\.\d{1,3})?\s*[a-z]+\s*)+$/u.test(text)) return null;
  let total = 0;
  for (const [, number = '', name = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gu)) {
    const unit = units.find(({ names }) => names.includes(name));
    if (unit === undefined) return null;
    total += Number(number) * unit.seconds;
  }
  return round(total);
};

/** 90 -> `1 min 30 s`; days are the largest unit. */
export const durationWords = (seconds: number): string => {
  let rest = Math.round(seconds * 1000);
  const parts: string[] = [];
  for (const { seconds: size, short } of units.slice(1)) {
    const count = Math.floor(rest / (size * 1000));
    if (count === 0) continue;
    parts.push(`${String(count)} ${short}`);
    rest -= Math.round(count * size * 1000);
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
};

/** 90 -> `PT1M30S`. */
export const isoDuration = (seconds: number): string => {
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86_400);
  const [hours, minutes] = [Math.floor((whole % 86_400) / 3600), Math.floor((whole % 3600) / 60)];
  const secs = round((whole % 60) + (seconds - whole));
  const time = [
    hours > 0 ? `${String(hours)}H` : '',
    minutes > 0 ? `${String(minutes)}M` : '',
    secs > 0 ? `${String(secs)}S` : '',
  ].join('');
  if (days === 0 && time === '') return 'PT0S';
  return `P${days > 0 ? `${String(days)}D` : ''}${time === '' ? '' : `T${time}`}`;
};

const keepsNumber = (schema: JsonObject): boolean => {
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  return types.includes('integer') || types.includes('number');
};

/** The stored value for a text that was typed; null when it is no span of time. */
export const durationValue = (text: string, schema: JsonObject): JsonValue => {
  const seconds = parseDuration(text);
  if (seconds === null) return null;
  return keepsNumber(schema) ? seconds : isoDuration(seconds);
};

/** The seconds of a stored value; null when it is no span of time. */
export const durationSeconds = (value: JsonValue): number | null =>
  typeof value === 'number' ? value : typeof value === 'string' ? parseDuration(value) : null;
