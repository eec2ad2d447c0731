/**
 * Makes a definition from the files of a home: one source a file, one entry a value, groups by file, signs to recognise it
 * by. It maps as the generic definition does, so that keys stay what they were. Names and types only, never a value.
 */
import type { JsonObject } from '../../contract/json.ts';
import { segmentsToKey } from '../../contract/setting-key.ts';
import { covers } from '../migration/glob.ts';
import { mapSource } from '../migration/mappers.ts';
import { prefixSegments, stemOf } from '../migration/map-parts.ts';
import { isMapped, type Mapped, type ReadSource } from '../migration/plan-types.ts';
import type { Scan } from '../migration/scan.ts';
import { titleOf } from './catalog.ts';
import { inferEntry } from './infer-entry.ts';
import type { Definition } from './types.ts';

export type InferInput = {
  /** The home's folder name, for id and title. */
  name: string;
  /** As people write the folder: `~/.weatherbox`; null when it does not lie in the user's own folder. */
  usualPlace: string | null;
  generic: Definition;
  sources: readonly ReadSource[];
  scan: Scan;
  now: string;
  /** Ids that other definitions have. */
  taken: ReadonlySet<string>;
};

export type InferredFile = {
  file: string;
  status: 'read' | 'unreadable' | 'left-out';
  settings: number;
  reason?: string;
};
export type Inferred = {
  id: string;
  title: string;
  definition: JsonObject;
  files: InferredFile[];
  secrets: { key: string; reason: string }[];
};

/** More than this is data, not settings: nobody would look through it. */
const mostSettings = 2_000;

/** `.weatherbox` -> `weatherbox`; never the id of another definition, which it would replace. */
const idFor = (name: string, taken: ReadonlySet<string>): string => {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^[-0-9]+|-+$/gu, '')
    .slice(0, 50);
  const base = plain === '' ? 'my-application' : plain;
  const ids = [base, ...Array.from({ length: 99 }, (_, i) => `${base}-${String(i + 2)}`)];
  return ids.find((id) => !taken.has(id)) ?? base;
};

/** A pattern cannot name a file that holds a star, and a path in a definition has no backslash. */
const canBeNamed = (file: string): boolean => !/[*\\]/u.test(file) && file.length <= 1024;

const prefixOf = (source: ReadSource): string =>
  source.rule.to.kind === 'settings' ? segmentsToKey(prefixSegments(source.rule.to.prefix, source.file)) : '';

const groupTitle = (file: string): string => {
  const stem = stemOf(file);
  const own = stem === '.env' ? 'Environment' : titleOf(segmentsToKey([stem]));
  const folders = file.split('/').slice(0, -1);
  return folders.length === 0 ? own : `${own} (${folders.join('/')})`;
};

const rootKeys = (source: ReadSource): string[] => {
  const leaves = source.read?.ok === true ? source.read.leaves : [];
  const names = leaves.map((leaf) => leaf.segments[0]).filter((name) => typeof name === 'string');
  return [...new Set(names)].slice(0, 3);
};

/** A file whose root is no object is recognised by its name alone, which says less. */
const signFor = (source: ReadSource): JsonObject => {
  const keys = rootKeys(source);
  return { file: source.file, ...(keys.length === 0 ? {} : { keys }), score: keys.length === 0 ? 10 : 30 };
};

const settingsOf = (input: InferInput, source: ReadSource): Mapped[] =>
  mapSource({ definition: input.generic, source, now: input.now })
    .filter(isMapped)
    .filter((item) => item.subject.kind === 'setting');

const leftOut = (source: ReadSource): InferredFile | null => {
  const { file, opened, read } = source;
  const base = { file, settings: 0 };
  if (opened.status === 'unreadable') return { ...base, status: 'unreadable', reason: opened.reason };
  if (read?.ok === false) return { ...base, status: 'unreadable', reason: read.error.message };
  if (!canBeNamed(file)) return { ...base, status: 'left-out', reason: 'a pattern cannot name this file' };
  return null;
};

/** What of the generic definition's list concerns this home. */
const leaveAlone = ({ generic, scan }: InferInput): string[] =>
  generic.leaveAlone.filter((pattern) => scan.files.some(({ file }) => covers(pattern, file)));

export const inferDefinition = (input: InferInput): Inferred => {
  const files: InferredFile[] = [];
  const used: ReadSource[] = [];
  const catalog: JsonObject = {};
  const secrets: Inferred['secrets'] = [];
  const categories = new Map<string, string>();
  for (const source of input.sources) {
    if (source.opened.status === 'missing') continue;
    const out = leftOut(source);
    const settings = out === null ? settingsOf(input, source) : [];
    const room = mostSettings - Object.keys(catalog).length;
    const tooMany = settings.length > room ? `more than ${String(mostSettings)} values: this looks like data` : null;
    if (out !== null || tooMany !== null) {
      files.push(out ?? { file: source.file, status: 'left-out', settings: 0, reason: tooMany ?? '' });
      continue;
    }
    const prefix = prefixOf(source);
    categories.set(prefix, groupTitle(source.file));
    for (const { subject, value, secret, note } of settings) {
      const env = source.rule.format === 'env';
      if (Object.hasOwn(catalog, subject.key)) continue;
      catalog[subject.key] = inferEntry({ key: subject.key, value, secret, env, category: prefix });
      if (secret) secrets.push({ key: subject.key, reason: note ?? 'it was found to be one' });
    }
    used.push(source);
    files.push({ file: source.file, status: 'read', settings: settings.length });
  }
  const id = idFor(input.name, input.taken);
  const title = titleOf(segmentsToKey([id.replace(/-/gu, ' ')]));
  const place = input.usualPlace;
  const definition: JsonObject = {
    id,
    title,
    version: 1,
    ...(place === null ? {} : { home: { linux: [place], darwin: [place], win32: [place] } }),
    recognise: used.slice(0, 8).map(signFor),
    sources: used.map((source) => ({
      file: source.file,
      format: source.rule.format,
      to: { kind: 'settings', prefix: prefixOf(source) },
    })),
    leaveAlone: leaveAlone(input),
    categories: [...categories].map(([group, words]) => ({ id: group, title: words })),
    catalog,
  };
  return { id, title, definition, files, secrets };
};
