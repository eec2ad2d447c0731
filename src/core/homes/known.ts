/**
 * Holdfast's own folder: which homes were opened, preferences, and the copy of the sample home. Never a secret, and
 * nothing here is needed to open a home.
 */
import { cpSync, existsSync, renameSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Theme, type HomeCandidate } from '../../contract/home.ts';
import type { Definition } from '../definitions/types.ts';
import { readOwnFile, writeOwnFile } from '../own-file.ts';

const Known = Type.Object({
  homes: Type.Array(Type.Object({ path: Type.String(), title: Type.String(), openedAt: Type.String() })),
  theme: Theme,
  /** After how many idle minutes a door locks the keys; null and missing: never. */
  lockAfterMinutes: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 1440 }), Type.Null()])),
});
export type Known = Static<typeof Known>;

const nothing: Known = { homes: [], theme: 'system' };
const knownPath = (configDir: string): string => join(configDir, 'holdfast.json');

/** A file that cannot be read or understood counts as empty: it holds conveniences only. */
export const readKnown = (configDir: string): Known => readOwnFile(knownPath(configDir), Known) ?? nothing;

const writeKnown = (configDir: string, known: Known): void => writeOwnFile(knownPath(configDir), known);

export const rememberHome = (configDir: string, path: string, title: string, openedAt: string): void => {
  const known = readKnown(configDir);
  const others = known.homes.filter((home) => home.path !== path).slice(0, 49);
  writeKnown(configDir, { ...known, homes: [{ path, title, openedAt }, ...others] });
};

export const savePreferences = (
  configDir: string,
  { theme, lockAfterMinutes }: { theme?: Known['theme'] | undefined; lockAfterMinutes?: number | null | undefined },
): void => {
  const known = readKnown(configDir);
  writeKnown(configDir, {
    ...known,
    ...(theme === undefined ? {} : { theme }),
    ...(lockAfterMinutes === undefined ? {} : { lockAfterMinutes }),
  });
};

/** The id under which a page names a home; the path itself never crosses a door inwards. */
export const homeId = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16);

const sampleSource = (resourcesDir: string): string => join(resourcesDir, 'sample-homes', 'deeptempo');
export const samplePath = (configDir: string): string => join(configDir, 'sample-homes', 'deeptempo');

/** The sample is a copy, so that trying things out can never spoil the original. */
export const ensureSample = (configDir: string, resourcesDir: string): string => {
  const path = samplePath(configDir);
  if (!existsSync(path)) {
    const temporary = `${path}.${String(process.pid)}.tmp`;
    cpSync(sampleSource(resourcesDir), temporary, { recursive: true });
    renameSync(temporary, path);
  }
  return path;
};

const expand = (path: string): string => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);

/** Known homes first, then the usual folders of definitions that exist here, then the sample. */
export const homeCandidates = (
  dirs: { configDir: string; resourcesDir: string },
  definitions: readonly Definition[],
): HomeCandidate[] => {
  const found = new Map<string, HomeCandidate>();
  const add = (path: string, title: string, rest: Pick<HomeCandidate, 'origin' | 'definition'>): void => {
    if (found.has(path)) return;
    found.set(path, { id: homeId(path), title, path, hasStore: existsSync(join(path, '.holdfast')), ...rest });
  };
  for (const home of readKnown(dirs.configDir).homes) {
    if (existsSync(home.path))
      add(home.path, home.title === '' ? basename(home.path) : home.title, { origin: 'known', definition: null });
  }
  const platform = process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux';
  for (const definition of definitions) {
    for (const usual of definition.home[platform] ?? []) {
      const path = expand(usual);
      if (existsSync(path)) add(path, definition.title, { origin: 'found', definition: definition.id });
    }
  }
  if (existsSync(sampleSource(dirs.resourcesDir))) {
    add(samplePath(dirs.configDir), 'Sample: DeepTempo', { origin: 'sample', definition: 'deeptempo' });
  }
  return [...found.values()];
};
