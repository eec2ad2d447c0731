/** Values as people read them: times, sizes, JSON in one line, shell words. Pure; the current time comes from the caller. */
import type { JsonValue } from '../contract/json.ts';

/** Making a formatter costs a hundred times what using it does. The zone of the machine may change while the page is open. */
const made = new Map<string, Intl.DateTimeFormat>();
const formatter = (name: string, locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = `${name} ${options.timeZone ?? ''} ${String(new Date().getTimezoneOffset())}`;
  const known = made.get(key) ?? new Intl.DateTimeFormat(locale, options);
  made.set(key, known);
  return known;
};

const dayOf = (time: Date, timeZone?: string): string =>
  formatter('date', 'en-CA', { ...zone(timeZone), year: 'numeric', month: '2-digit', day: '2-digit' }).format(time);

const zone = (timeZone?: string): { timeZone?: string } => (timeZone === undefined ? {} : { timeZone });

const clockOf = (time: Date, seconds: boolean, timeZone?: string): string =>
  formatter(seconds ? 'seconds' : 'clock', 'en-GB', {
    ...zone(timeZone),
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' as const } : {}),
  }).format(time);

const dayMs = 86_400_000;

/** `Today 10:32`, `Yesterday 17:20`, `12 Nov 11:40`, `12 Nov 2025 11:40`. */
export const formatWhen = (iso: string, now: Date, options: { seconds?: boolean; timeZone?: string } = {}): string => {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const { timeZone } = options;
  const clock = clockOf(time, options.seconds ?? false, timeZone);
  const day = dayOf(time, timeZone);
  if (day === dayOf(now, timeZone)) return `Today ${clock}`;
  if (day === dayOf(new Date(now.getTime() - dayMs), timeZone)) return `Yesterday ${clock}`;
  return `${formatDay(day, day.slice(0, 4) !== dayOf(now, timeZone).slice(0, 4))} ${clock}`;
};

/** `2026-11-12` -> `12 Nov`, with the year on request. */
export const formatDay = (day: string, year = false): string =>
  formatter(year ? 'day of a year' : 'day', 'en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    ...(year ? { year: 'numeric' as const } : {}),
  }).format(new Date(`${day}T00:00:00Z`));

/** The whole truth, for tooltips: `Fri, 20 Nov 2026, 23:38:41 UTC+1`. */
export const formatAbsolute = (iso: string, timeZone?: string): string => {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return formatter('whole', 'en-GB', {
    ...zone(timeZone),
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(time);
};

/** What is left of a span of time, never below zero: `4:05`, `1:02:03`. */
export const formatCountdown = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours === 0 ? String(minutes) : `${String(hours)}:${two(minutes)}`}:${two(seconds % 60)}`;
};

/** `340 B`, `12 KB`, `2.1 MB`; decimal units as file managers show them. */
export const formatBytes = (bytes: number): string => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 10 ? String(Math.round(size)) : size.toFixed(1)} ${units[unit] ?? 'B'}`;
};

/** One line of JSON, cut with an ellipsis when longer than `limit`. */
export const formatValue = (value: JsonValue, limit = 120): string => {
  const text = JSON.stringify(value);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
};

/** A word that every POSIX shell passes on unchanged. */
export const shellQuote = (word: string): string =>
  /^[\w./:@%+=,-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The same change in the terminal; a secret's value never appears in it. */
export const setCommand = (key: string, value: JsonValue | undefined, secret: boolean): string => {
  const target = shellQuote(key);
  if (secret) return `holdfast config set ${target} --stdin`;
  if (value === undefined) return `holdfast config unset ${target}`;
  return typeof value === 'string'
    ? `holdfast config set ${target} ${shellQuote(value)}`
    : `holdfast config set ${target} ${shellQuote(JSON.stringify(value))} --json-value`;
};
