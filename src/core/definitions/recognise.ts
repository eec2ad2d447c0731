/** Scores definitions for a home by the signs they name. Reads only files that a definition names; changes nothing. */
import { matches } from '../migration/glob.ts';
import { openLegacy } from '../migration/open-legacy.ts';
import { readerFor } from '../migration/readers/index.ts';
import { scanHome, type Scan } from '../migration/scan.ts';
import type { Definition } from './types.ts';

export type Recognised = { definition: Definition; score: number; why: string[] };

/** Names that say nothing about whose file it is: without its keys such a file is no sign. */
const commonName = /(?:^|\/)(?:\.env|settings\.json|config\.json)$/u;

/** Root keys of a JSON file or names of a `.env`; null when it cannot be read. */
const keysIn = async (homeDir: string, file: string): Promise<Set<string> | null> => {
  const opened = await openLegacy(homeDir, file);
  if (opened.status !== 'read') return null;
  const read = readerFor(file.endsWith('.json') ? 'json' : 'env').read(opened.bytes);
  if (!read.ok) return null;
  const root = read.json?.root;
  if (root !== undefined) return new Set(root.type === 'object' ? root.members.map((member) => member.key) : []);
  return new Set(read.leaves.map((leaf) => String(leaf.segments[0])));
};

/** Best first; definitions without a sign are left out, the generic one comes last. */
export const recogniseHome = async (
  homeDir: string,
  definitions: readonly Definition[],
  scan?: Scan,
): Promise<Recognised[]> => {
  const { files } = scan ?? (await scanHome(homeDir));
  const names = files.filter((one) => one.kind === 'file').map((one) => one.file);
  const known = new Map<string, Set<string> | null>();
  const keysOf = async (file: string): Promise<Set<string> | null> => {
    const keys = known.get(file);
    if (keys !== undefined) return keys;
    const read = await keysIn(homeDir, file);
    known.set(file, read);
    return read;
  };
  const scored: Recognised[] = [];
  for (const definition of definitions) {
    let score = 0;
    const why: string[] = [];
    for (const sign of definition.recognise) {
      const file = names.find((name) => matches(sign.file, name));
      if (file === undefined) continue;
      const wanted = sign.keys ?? [];
      const keys = wanted.length === 0 ? null : await keysOf(file);
      // A damaged file still has its name: half a sign, where the name is one of its own.
      const fits = wanted.length === 0 || (keys !== null && wanted.every((key) => keys.has(key)));
      if (!fits && (keys !== null || commonName.test(file))) continue;
      score += fits ? sign.score : Math.floor(sign.score / 2);
      why.push(wanted.length === 0 || !fits ? file : `${file} with ${wanted.join(', ')}`);
    }
    if (score > 0) scored.push({ definition, score, why });
  }
  const rank = (one: Recognised): number => (one.definition.generic === true ? -1 : one.score);
  return scored.toSorted((a, b) => rank(b) - rank(a) || a.definition.id.localeCompare(b.definition.id));
};
