/** Whether what a definition says about values holds together: defaults and choices fit, what is named exists. Pure. */
import { keyToSegments } from '../../contract/setting-key.ts';
import { settingKinds } from '../../contract/settings.ts';
import { entryFor } from './catalog.ts';
import { firstProblem, type SchemaProblem } from './problems.ts';
import type { CatalogEntry, Collection, Definition } from './types.ts';

/** A part of a JSON pointer. */
export const pointerPart = (part: string): string => part.replace(/~/gu, '~0').replace(/\//gu, '~1');

const settingKeyProblem = (pointer: string, key: string): SchemaProblem[] =>
  keyToSegments(key)?.every((segment) => typeof segment === 'string') === true
    ? []
    : [{ pointer, problem: 'is not a setting key' }];

/** Finds the entry that `x-requires` names; null when there is none. */
type Named = (key: string) => CatalogEntry | null;

const requiresProblems = (pointer: string, own: string, entry: CatalogEntry, named: Named): SchemaProblem[] => {
  const requires = entry['x-requires'];
  if (requires === undefined) return [];
  const at = `${pointer}/x-requires`;
  if (requires.key === own) return [{ pointer: `${at}/key`, problem: 'must be another one, not itself' }];
  const other = named(requires.key);
  if (other === null)
    return [{ pointer: `${at}/key`, problem: `must be one that is described, and ${requires.key} is not` }];
  const misfit = requires.equals === undefined ? null : firstProblem(other, requires.equals);
  return misfit === null ? [] : [{ pointer: `${at}/equals`, problem: `${misfit}, as ${requires.key} is described` }];
};

const limitProblems = (pointer: string, own: string, entry: CatalogEntry, named: Named): SchemaProblem[] =>
  (['x-at-least', 'x-at-most'] as const).flatMap((keyword) => {
    const key = entry[keyword];
    if (key === undefined) return [];
    const type = key === own ? undefined : named(key)?.type;
    return type === 'integer' || type === 'number'
      ? []
      : [{ pointer: `${pointer}/${keyword}`, problem: `must be another setting that is a number, and ${key} is none` }];
  });

/** A choice that its own entry refuses could never be made. */
const choiceProblems = (pointer: string, entry: CatalogEntry): SchemaProblem[] => {
  const { enum: choices, default: _, ...rest } = entry;
  return (choices ?? []).flatMap((choice, i) => {
    const problem = firstProblem(rest, choice);
    return problem === null ? [] : [{ pointer: `${pointer}/enum/${String(i)}`, problem }];
  });
};

const entryProblems = (pointer: string, key: string, entry: CatalogEntry, named: Named): SchemaProblem[] => {
  const found = [
    ...choiceProblems(pointer, entry),
    ...requiresProblems(pointer, key, entry, named),
    ...limitProblems(pointer, key, entry, named),
  ];
  const kind = entry['x-kind'];
  if (kind !== undefined && !settingKinds.some((one) => one === kind))
    found.push({ pointer: `${pointer}/x-kind`, problem: `must be one of ${settingKinds.join(', ')}` });
  if (entry.default === undefined) return found;
  const problem = firstProblem(entry, entry.default);
  if (problem !== null) found.push({ pointer: `${pointer}/default`, problem });
  if (entry['x-secret'] === true)
    found.push({ pointer: `${pointer}/default`, problem: 'must not be there: a secret has no default' });
  return found;
};

const categoryProblems = (pointer: string, entry: CatalogEntry, categories: ReadonlySet<string>): SchemaProblem[] => {
  const category = entry['x-category'];
  return category === undefined || categories.has(category)
    ? []
    : [{ pointer: `${pointer}/x-category`, problem: `must be the id of one of the categories, not ${category}` }];
};

export const settingProblems = (definition: Definition): SchemaProblem[] => {
  const categories = new Set(definition.categories.map((one) => one.id));
  const named: Named = (key) => entryFor(definition, key);
  return (['catalog', 'families'] as const).flatMap((group) =>
    Object.entries(definition[group]).flatMap(([key, entry]) => {
      const pointer = `/${group}/${pointerPart(key)}`;
      return [
        ...settingKeyProblem(pointer, key),
        ...categoryProblems(pointer, entry, categories),
        ...entryProblems(pointer, key, entry, named),
      ];
    }),
  );
};

export const fieldProblems = (definition: Definition): SchemaProblem[] =>
  Object.entries(definition.integrationTypes).flatMap(([type, { fields }]) =>
    Object.entries(fields).flatMap(([field, entry]) =>
      entryProblems(`/integrationTypes/${pointerPart(type)}/fields/${pointerPart(field)}`, field, entry, (key) =>
        Object.hasOwn(fields, key) ? (fields[key] ?? null) : null,
      ),
    ),
  );

/** The members that a collection's schema describes; null when it leaves them open. */
const membersOf = (collection: Collection): { [member: string]: CatalogEntry } | null => {
  const members = collection.schema['properties'];
  // Checked against the published schema before: where it is there, it is an object of entries.
  return members === undefined ? null : (members as { [member: string]: CatalogEntry });
};

export const collectionProblems = (definition: Definition): SchemaProblem[] =>
  Object.entries(definition.collections).flatMap(([id, collection]) => {
    const pointer = `/collections/${pointerPart(id)}`;
    const members = membersOf(collection);
    const columns = (collection.columns ?? []).flatMap((column, i) =>
      members === null || Object.hasOwn(members, column)
        ? []
        : [
            {
              pointer: `${pointer}/columns/${String(i)}`,
              problem: `must be a member of the schema, and ${column} is none`,
            },
          ],
    );
    const inside = Object.entries(members ?? {}).flatMap(([member, entry]) =>
      entryProblems(`${pointer}/schema/properties/${pointerPart(member)}`, member, entry, (key) =>
        Object.hasOwn(members ?? {}, key) ? (members?.[key] ?? null) : null,
      ),
    );
    return [...columns, ...inside];
  });
