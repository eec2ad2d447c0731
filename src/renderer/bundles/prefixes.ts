/**
 * Chosen settings as few prefixes: a group stands for all that lies under it, so that a bundle still tells of the same
 * things when a setting is added to the group later. Pure.
 */
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';

type Segments = readonly (string | number)[];
type One = { key: string; path: Segments; chosen: boolean };

const under = (all: readonly One[], depth: number): string[] => {
  const groups = new Map<string, One[]>();
  for (const one of all) {
    const name = JSON.stringify(one.path[depth]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || !group.some(({ chosen }) => chosen)) return [];
    if (group.length === 1) return [first.key];
    if (group.every(({ chosen }) => chosen)) return [segmentsToKey(first.path.slice(0, depth + 1))];
    return under(group, depth + 1);
  });
};

export const prefixesOf = (keys: readonly string[], chosen: (key: string) => boolean): string[] =>
  under(
    keys.map((key) => ({ key, path: keyToSegments(key) ?? [key], chosen: chosen(key) })),
    0,
  );
