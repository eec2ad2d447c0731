/** Finds, opens and reads the files that a definition names. One bad file never stops the others. Reads only. */
import type { Definition, SourceRule } from '../definitions/types.ts';
import { covers, isPattern, matches } from './glob.ts';
import { defaultMaxBytes, openLegacy } from './open-legacy.ts';
import type { ReadSource, SourceFile } from './plan-types.ts';
import { readerFor } from './readers/index.ts';
import type { Scan } from './scan.ts';

export type FileUse = 'source' | 'left-alone' | 'unknown';

/** What a definition does with a file that lies in the home. */
export const useOf = (definition: Definition, file: string): FileUse => {
  const left = definition.leaveAlone.some((pattern) => covers(pattern, file));
  const source = definition.sources.find((rule) => matches(rule.file, file));
  if (source !== undefined && !(left && isPattern(source.file))) return 'source';
  return left ? 'left-alone' : 'unknown';
};

type WantedFile = { file: string; rule: SourceRule };

export const filesOf = (definition: Definition, scan: Scan): WantedFile[] => {
  const found = new Map<string, SourceRule>();
  for (const rule of definition.sources) {
    if (!isPattern(rule.file)) {
      if (!found.has(rule.file)) found.set(rule.file, rule);
      continue;
    }
    for (const { file } of scan.files) {
      if (matches(rule.file, file) && useOf(definition, file) === 'source' && !found.has(file)) found.set(file, rule);
    }
  }
  return [...found].map(([file, rule]) => ({ file, rule }));
};

export const readSource = async (homeDir: string, { file, rule }: WantedFile): Promise<ReadSource> => {
  const opened = await openLegacy(homeDir, file, rule.maxBytes ?? defaultMaxBytes);
  const read = opened.status === 'read' ? readerFor(rule.format).read(opened.bytes, rule.maxNodes) : null;
  return { file, rule, opened, read };
};

export const readSources = async (homeDir: string, definition: Definition, scan: Scan): Promise<ReadSource[]> => {
  const sources: ReadSource[] = [];
  for (const wanted of filesOf(definition, scan)) sources.push(await readSource(homeDir, wanted));
  return sources;
};

/** A file as it was seen: its hash, or why there is none. */
export type Seen = WantedFile & { state: string };

const stateOf = (opened: SourceFile['opened']): string => (opened.status === 'read' ? opened.sha256 : opened.status);

export const seenSources = (sources: readonly SourceFile[]): Seen[] =>
  sources.map(({ file, rule, opened }) => ({ file, rule, state: stateOf(opened) }));

/** The files whose bytes are not those that were read, compared by hash. */
export const changedSources = async (homeDir: string, seen: readonly Seen[]): Promise<string[]> => {
  const changed: string[] = [];
  for (const { file, rule, state } of seen) {
    const now = await openLegacy(homeDir, file, rule.maxBytes ?? defaultMaxBytes);
    if (stateOf(now) !== state) changed.push(file);
  }
  return changed;
};
