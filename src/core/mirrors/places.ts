/**
 * The way back from a subject to its place in a legacy file: which file it belongs to, and where in it. Where it was
 * imported from counts; for what no file ever had, the definition's rules are read backwards.
 */
import { keyToSegments } from '../../contract/setting-key.ts';
import type { Subject } from '../changes/write.ts';
import type { Definition, SourceRule, Target } from '../definitions/types.ts';
import { isPattern, matches } from '../migration/glob.ts';
import { prefixSegments, stemOf, type Segments } from '../migration/map-parts.ts';
import type { Reader } from '../store/types.ts';
import { filesSeen, importedFrom } from './queries.ts';

export type RuledFile = { file: string; rule: SourceRule };

/** The name that stands in the file for a name that Holdfast uses. */
export const nameInFile = (rename: { [member: string]: string } | undefined, name: string): string =>
  Object.entries(rename ?? {}).find(([, to]) => to === name)?.[0] ?? name;

const below = (segments: Segments, prefix: Segments): Segments | null =>
  segments.length > prefix.length && prefix.every((segment, i) => segments[i] === segment)
    ? segments.slice(prefix.length)
    : null;

const inIntegrations = (
  to: Extract<Target, { kind: 'integrations' }>,
  file: string,
  subject: Subject,
): Segments | null => {
  if (subject.kind !== 'integration' && subject.kind !== 'field') return null;
  const segments = subject.kind === 'integration' ? [subject.key] : keyToSegments(subject.key);
  if (segments === null) return null;
  if (to.layout === 'enabled-list') return ['integrations', ...segments];
  return segments[0] === stemOf(file) ? segments.slice(1) : null;
};

const inRecords = (to: Extract<Target, { kind: 'records' }>, file: string, subject: Subject): Segments | null => {
  const [collection, id] = subject.kind === 'record' ? (keyToSegments(subject.key) ?? []) : [];
  if (collection !== to.collection || typeof id !== 'string') return null;
  if (to.layout === 'map') return [id];
  // In a list it goes to the end.
  if (to.layout === 'list') return [Number.MAX_SAFE_INTEGER];
  return id === stemOf(file) ? [] : null;
};

/** Where in a file a subject would stand; null when its rule has no place for it. */
export const placeIn = ({ file, rule }: RuledFile, subject: Subject): Segments | null => {
  const { to } = rule;
  switch (to.kind) {
    case 'settings': {
      if (subject.kind !== 'setting') return null;
      const path = nameInFile(to.rename, subject.key);
      if (path !== subject.key) return keyToSegments(path);
      return below(keyToSegments(subject.key) ?? [], prefixSegments(to.prefix, file));
    }
    case 'overrides': {
      const user = to.user.replace('{stem}', stemOf(file));
      if (subject.kind !== 'override') return null;
      return below(keyToSegments(subject.key) ?? [], [user, ...prefixSegments(to.prefix, file)]);
    }
    case 'integrations':
      return inIntegrations(to, file, subject);
    case 'records':
      return inRecords(to, file, subject);
    case 'users': {
      if (subject.kind === 'user') return [subject.key];
      const [user, member] = subject.kind === 'user-field' ? (keyToSegments(subject.key) ?? []) : [];
      return typeof user === 'string' && typeof member === 'string' ? [user, nameInFile(to.rename, member)] : null;
    }
  }
};

const fits = (found: RuledFile, subject: Subject): boolean => {
  const place = placeIn(found, subject);
  // One line of a .env file is one key.
  return place !== null && (found.rule.format !== 'env' || (place.length === 1 && /^[\w.-]+$/u.test(String(place[0]))));
};

/** The rule that reads a file; null when none does. */
export const ruleFor = (definition: Definition, file: string): SourceRule | null =>
  definition.sources.find((rule) => matches(rule.file, file)) ?? null;

/** How many segments of a key a rule names itself: of two rules the closer one counts. */
const closeness = ({ file, rule }: RuledFile): number =>
  rule.to.kind === 'settings' || rule.to.kind === 'overrides' ? prefixSegments(rule.to.prefix, file).length : 0;

/** By rule alone: the file that a subject without a history belongs to. */
const fileByRule = (definition: Definition, seen: readonly string[], subject: Subject): string | null => {
  const ruled = definition.sources.flatMap((rule): RuledFile[] =>
    isPattern(rule.file)
      ? seen.filter((file) => ruleFor(definition, file) === rule).map((file) => ({ file, rule }))
      : [{ file: rule.file, rule }],
  );
  const order = definition.precedence?.keys?.[subject.key] ?? definition.precedence?.files ?? [];
  const rank = (file: string): number => {
    const at = order.findIndex((pattern) => matches(pattern, file));
    return at === -1 ? order.length : at;
  };
  return (
    ruled
      .filter((one) => fits(one, subject))
      .toSorted((a, b) => closeness(b) - closeness(a) || rank(a.file) - rank(b.file))[0]?.file ?? null
  );
};

/** The files a subject belongs to: those it was last imported from, else the one that its rule names. */
export const filesOf = (reader: Reader, definition: Definition | null, subject: Subject): string[] => {
  const from = [...new Set(importedFrom(reader, subject).map((place) => place.file))];
  if (from.length > 0 || definition === null) return from;
  const named = fileByRule(definition, filesSeen(reader), subject);
  return named === null ? [] : [named];
};
