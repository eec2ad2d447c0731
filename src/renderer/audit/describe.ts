/** A change set in a few words. Pure; the words are the catalog's. */
import type { AuditEntry } from '../../contract/audit.ts';
import { isJsonObject } from '../../contract/json.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { commonPrefix, isEvent, typeCounts, type ChangeSet } from './change-sets.ts';

export type Summary =
  /** One change: shown with its diff. */
  { kind: 'change'; entry: AuditEntry } | { kind: 'words'; text: string; under: string | null };

const say = messages.audit;

export const describeEvent = (entry: AuditEntry): string => {
  const words = say.events[entry.action];
  // A backup's folder is always the same; its name tells.
  const name = entry.type === 'backup' ? (entry.key.split('/').at(-1) ?? entry.key) : entry.key;
  return words === undefined ? say.otherEvent(entry.action, entry.type, entry.key) : words(name);
};

const countWords = (entries: readonly AuditEntry[]): string =>
  messages.ui.list(
    typeCounts(entries).map(([type, n]) => {
      const words = say.types[type];
      return words === undefined ? say.otherType(n, type) : words(n);
    }),
  );

export const summarise = (set: ChangeSet): Summary => {
  const changes = set.entries.filter((entry) => !isEvent(entry));
  const events = set.entries.filter(isEvent);
  const [only] = changes;
  if (only !== undefined && changes.length === 1 && events.length === 0 && !set.partial)
    return { kind: 'change', entry: only };
  const [event] = events;
  if (changes.length === 0 && event !== undefined)
    return { kind: 'words', text: events.map(describeEvent).join('; '), under: null };
  const counted = set.partial ? say.atLeast(countWords(changes)) : countWords(changes);
  return {
    kind: 'words',
    text: event === undefined ? counted : `${describeEvent(event)}: ${counted}`,
    under: event === undefined ? commonPrefix(changes.map((entry) => entry.key)) : null,
  };
};

/** An event's facts as `name value` pairs for the unfolded row. */
export const factsOf = (entry: AuditEntry): [string, string][] => {
  const { detail } = entry;
  if (detail === undefined || detail === null) return [];
  if (!isJsonObject(detail)) return [['', formatValue(detail, 400)]];
  return Object.entries(detail).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : formatValue(value, 400),
  ]);
};
