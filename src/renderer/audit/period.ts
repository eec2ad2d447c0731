/** The time filter as it stands in the address: a preset, or a range of days picked on the timeline. Days are UTC. Pure. */
import type { Query } from '../route.ts';

export const presets = ['today', '7d', '30d'] as const;
type Preset = (typeof presets)[number];
const daysOf: { [preset in Preset]: number } = { today: 1, '7d': 7, '30d': 30 };
const dayMs = 86_400_000;

export type DayRange = { from: string; to: string };

const isDay = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/u.test(text) && !Number.isNaN(Date.parse(text));

export const isPreset = (text: string | undefined): text is Preset => presets.some((preset) => preset === text);

/** Null without a filter, or with one that is none. */
export const rangeOf = (query: Query, now: Date): DayRange | null => {
  const preset = query['period'];
  if (isPreset(preset)) {
    const to = now.toISOString().slice(0, 10);
    const from = new Date(now.getTime() - (daysOf[preset] - 1) * dayMs).toISOString().slice(0, 10);
    return { from, to };
  }
  const [from, to] = [query['from'], query['to']];
  return isDay(from) && isDay(to) && from <= to ? { from, to } : null;
};

/** Both days whole. */
export const timesOf = (range: DayRange | null): { since?: string; until?: string } =>
  range === null ? {} : { since: `${range.from}T00:00:00.000Z`, until: `${range.to}T23:59:59.999Z` };

/** In either direction. */
export const between = (a: string, b: string): DayRange => (a <= b ? { from: a, to: b } : { from: b, to: a });
