/** A change set in a few words. Pure; the words are the catalog's. */
import type { AuditEntry } from '../../contract/audit.ts';
import { isJsonObject } from '../../contract/json.ts';
import { formatValue, formatWhen } from '../format.ts';
import { messages } from '../messages.en.ts';
import { commonPrefix, isEvent, typeCounts, type ChangeSet } from './change-sets.ts';

export type Summary =
  /** One change: shown with its diff. */
  { kind: 'change'; entry: AuditEntry } | { kind: 'words'; text: string; under: string | null };

const say = messages.audit;

/** Where values were brought from, as the event of going back names it. */
const revertWords = (label: string): string => {
  const words = say.reverts;
  if (label.startsWith('cs:')) return words.changeSet;
  if (label.startsWith('undelete ')) return words.undelete(label.slice('undelete '.length));
  const ref = label.replace(/^from /u, '');
  if (ref.startsWith('cs:')) return words.version;
  if (ref === 'files') return words.files;
  if (ref.startsWith('backup:')) return words.backup(ref.split('/').at(-1)?.replace('backup:', '') ?? ref);
  return /^\d{4}-/u.test(ref) ? words.time(formatWhen(ref, new Date())) : words.other(ref);
};

export const describeEvent = (entry: AuditEntry): string => {
  if (entry.type === 'version' && entry.action === 'revert') return revertWords(entry.key);
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

/** Notes about versions: a name, a trial. Said in words, and not counted as a value that changed. */
const noteWords = (entry: AuditEntry, alone: boolean): string => {
  if (entry.type === 'name') return entry.action === 'delete' ? say.unnamed(entry.key) : say.named(entry.key);
  const until = isJsonObject(entry.new) && typeof entry.new['until'] === 'string' ? entry.new['until'] : null;
  if (until !== null) return say.trial(formatWhen(until, new Date()));
  return alone ? say.trialKept : say.trialEnded;
};

export const summarise = (set: ChangeSet): Summary => {
  const notes = set.entries.filter((entry) => entry.type === 'name' || entry.type === 'trial');
  const changes = set.entries.filter((entry) => !isEvent(entry) && !notes.includes(entry));
  const events = set.entries.filter(isEvent);
  const [only] = changes;
  if (only !== undefined && changes.length === 1 && events.length === 0 && notes.length === 0 && !set.partial)
    return { kind: 'change', entry: only };
  const [event] = events;
  if (changes.length === 0 && event !== undefined)
    return { kind: 'words', text: events.map(describeEvent).join('; '), under: null };
  const said = notes.map((note) => noteWords(note, changes.length === 0)).join('; ');
  if (changes.length === 0 && said !== '') return { kind: 'words', text: said, under: null };
  if (only !== undefined && changes.length === 1 && events.length === 0 && !set.partial)
    return { kind: 'words', text: `${said}: ${only.key}`, under: null };
  const counted = set.partial ? say.atLeast(countWords(changes)) : countWords(changes);
  return {
    kind: 'words',
    text: [...(said === '' ? [] : [said]), ...(event === undefined ? [] : [describeEvent(event)]), counted].join(': '),
    under: event === undefined && said === '' ? commonPrefix(changes.map((entry) => entry.key)) : null,
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
