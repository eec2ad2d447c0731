/** Finds, opens and reads the files that a definition names. One bad file never stops the others. Reads only. */
import type { Definition, SourceRule } from '../definitions/types.ts';
import { covers, isPattern, matches } from './glob.ts';
import { defaultMaxBytes, openLegacy } from './open-legacy.ts';
import type { SourceFile } from './plan-types.ts';
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

const filesOf = (definition: Definition, scan: Scan): { file: string; rule: SourceRule }[] => {
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

export const readSources = async (homeDir: string, definition: Definition, scan: Scan): Promise<SourceFile[]> => {
  const sources: SourceFile[] = [];
  for (const { file, rule } of filesOf(definition, scan)) {
    const opened = await openLegacy(homeDir, file, rule.maxBytes ?? defaultMaxBytes);
    const read = opened.status === 'read' ? readerFor(rule.format).read(opened.bytes, rule.maxNodes) : null;
    sources.push({ file, rule, opened, read });
  }
  return sources;
};

/** The files whose bytes are not those that were read, compared by hash. */
export const changedSources = async (homeDir: string, sources: readonly SourceFile[]): Promise<string[]> => {
  const changed: string[] = [];
  for (const { file, rule, opened } of sources) {
    const now = await openLegacy(homeDir, file, rule.maxBytes ?? defaultMaxBytes);
    const same =
      now.status === 'read' && opened.status === 'read' ? now.sha256 === opened.sha256 : now.status === opened.status;
    if (!same) changed.push(file);
  }
  return changed;
};
