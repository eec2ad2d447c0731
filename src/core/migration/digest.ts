/**
 * The plan's digest: a SHA-256 over definition, choices and the bytes of every input, followed by eight hex digits per
 * input, so that a plan that no longer fits can say which file changed. It holds nothing of the files' content.
 */
import { createHash } from 'node:crypto';
import type { Definition } from '../definitions/types.ts';
import type { Choices, SourceFile } from './plan-types.ts';

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

const stateOf = (source: SourceFile): string =>
  source.opened.status === 'read' ? source.opened.sha256 : source.opened.status;

export const planDigest = (definition: Definition, choices: Choices, sources: readonly SourceFile[]): string => {
  const inputs = sources.map((source) => [source.file, stateOf(source)]);
  const sorted = Object.entries(choices).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const whole = hex(
    JSON.stringify({ definition: definition.id, version: definition.version, choices: sorted, inputs }),
  );
  return [whole, ...inputs.map((input) => hex(JSON.stringify(input)).slice(0, 8))].join('-');
};

/** What changed between two digests, in words; empty when they are equal. */
export const digestChanges = (expected: string, present: string, sources: readonly SourceFile[]): string[] => {
  if (expected === present) return [];
  const before = expected.split('-').slice(1);
  const now = present.split('-').slice(1);
  if (before.length !== now.length) return ['the set of files'];
  const changed = sources.filter((_, i) => before[i] !== now[i]).map((source) => source.file);
  return changed.length > 0 ? changed : ['the definition or the choices'];
};
