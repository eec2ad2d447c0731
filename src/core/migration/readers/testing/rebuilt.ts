/** What a file's leaves say, as one value: for comparing with other parsers. */
import type { JsonValue } from '../../../../contract/json.ts';
import type { Leaf } from '../types.ts';

/** In plain maps; undefined when something is quarantined. */
export const rebuilt = (leaves: readonly Leaf[]): JsonValue | undefined => {
  let root: JsonValue | undefined;
  for (const leaf of leaves) {
    if (leaf.problem !== null) return undefined;
    if (leaf.segments.length === 0) return leaf.value;
    root ??= {};
    let at = root as { [key: string]: JsonValue };
    leaf.segments.forEach((segment, i) => {
      const key = String(segment);
      if (i === leaf.segments.length - 1) at[key] = leaf.value;
      else at = (at[key] ??= {}) as { [key: string]: JsonValue };
    });
  }
  return root ?? {};
};
