/** Whether the sources of a definition can be followed: prefixes and renames are keys, collections and files exist. Pure. */
import { keyToSegments } from '../../contract/setting-key.ts';
import { matches } from '../migration/glob.ts';
import type { SchemaProblem } from './problems.ts';
import { pointerPart } from './sense-entries.ts';
import type { Definition, SourceRule, Target } from './types.ts';

const isSettingKey = (key: string): boolean =>
  keyToSegments(key)?.every((segment) => typeof segment === 'string') === true;

/** `{folders}` may stand for nothing, so that it is looked at as a segment of its own. */
const isPrefix = (prefix: string): boolean =>
  prefix === '' ||
  (isSettingKey(prefix.replace('{stem}', 'stem').replace('{folders}', 'folders')) &&
    (!prefix.includes('{folders}') || /(?:^|\.)\{folders\}(?:\.|$)/u.test(prefix)));

/** Names that two of the others lead to: one of them would be lost. */
const twice = (names: readonly string[]): string | null => names.find((name, i) => names.indexOf(name) < i) ?? null;

const renamedKeys = (pointer: string, rename: { [path: string]: string }): SchemaProblem[] =>
  Object.entries(rename).flatMap(([path, key]) => {
    const at = `${pointer}/rename/${pointerPart(path)}`;
    if (keyToSegments(path) === null)
      return [
        { pointer: at, problem: 'is not a path in the file: a dot, blank or quote inside a key is written ["a.b"]' },
      ];
    return isSettingKey(key) ? [] : [{ pointer: at, problem: `must be a setting key, and ${key} is none` }];
  });

const renamedMembers = (pointer: string, rename: { [member: string]: string }): SchemaProblem[] => {
  const double = twice(Object.values(rename));
  return double === null
    ? []
    : [{ pointer: `${pointer}/rename`, problem: `must not give two members the name ${double}` }];
};

const targetProblems = (definition: Definition, pointer: string, to: Target): SchemaProblem[] => {
  switch (to.kind) {
    case 'settings':
      return [
        ...(isPrefix(to.prefix) ? [] : [{ pointer: `${pointer}/prefix`, problem: 'is not a setting key' }]),
        ...renamedKeys(pointer, to.rename ?? {}),
      ];
    case 'overrides':
      return isPrefix(to.prefix) ? [] : [{ pointer: `${pointer}/prefix`, problem: 'is not a setting key' }];
    case 'records': {
      const known = Object.hasOwn(definition.collections, to.collection);
      return [
        ...(known
          ? []
          : [
              {
                pointer: `${pointer}/collection`,
                problem: `must be one of the collections, and ${to.collection} is none`,
              },
            ]),
        ...(to.layout !== 'list' && to.id !== undefined
          ? [{ pointer: `${pointer}/id`, problem: 'is only for the layout list: elsewhere the name is the id' }]
          : []),
        ...renamedMembers(pointer, to.rename ?? {}),
      ];
    }
    case 'users':
      return renamedMembers(pointer, to.rename ?? {});
    case 'integrations':
      return [];
  }
};

/** Only JSON has documents and layouts; a `.env` holds single values. */
const formatProblem = (source: SourceRule, pointer: string): SchemaProblem[] =>
  source.format === 'env' && source.to.kind !== 'settings' && source.to.kind !== 'overrides'
    ? [{ pointer: `${pointer}/format`, problem: 'must be json: only JSON has this layout' }]
    : [];

export const sourceProblems = (definition: Definition): SchemaProblem[] =>
  definition.sources.flatMap((source, i) => {
    const pointer = `/sources/${String(i)}`;
    return [...formatProblem(source, pointer), ...targetProblems(definition, `${pointer}/to`, source.to)];
  });

/** Every ranked file is one that some source reads. */
export const precedenceProblems = (definition: Definition): SchemaProblem[] => {
  const { precedence, sources } = definition;
  if (precedence === null) return [];
  const unknown = (files: readonly string[], pointer: string): SchemaProblem[] =>
    files.flatMap((file, i) =>
      sources.some((source) => source.file === file || matches(source.file, file))
        ? []
        : [{ pointer: `${pointer}/${String(i)}`, problem: `must be a file of the sources, and ${file} is none` }],
    );
  const keys = Object.entries(precedence.keys ?? {}).flatMap(([key, files]) => {
    const pointer = `/precedence/keys/${pointerPart(key)}`;
    return isSettingKey(key) ? unknown(files, pointer) : [{ pointer, problem: 'is not a setting key' }];
  });
  return [...unknown(precedence.files, '/precedence/files'), ...keys];
};
