/** What the published schema cannot say about a definition: names that must exist, defaults that must fit. Pure. */
import { keyToSegments } from '../../contract/setting-key.ts';
import { firstProblem, type SchemaProblem } from './problems.ts';
import type { CatalogEntry, Definition } from './types.ts';

const pointerPart = (part: string): string => part.replace(/~/gu, '~0').replace(/\//gu, '~1');

const entryProblems = (
  pointer: string,
  entry: CatalogEntry,
  categories: ReadonlySet<string> | null,
): SchemaProblem[] => {
  const found: SchemaProblem[] = [];
  const category = entry['x-category'];
  if (category !== undefined && categories?.has(category) === false) {
    found.push({
      pointer: `${pointer}/x-category`,
      problem: `must be the id of one of the categories, not ${category}`,
    });
  }
  if (entry.default !== undefined) {
    const problem = firstProblem(entry, entry.default);
    if (problem !== null) found.push({ pointer: `${pointer}/default`, problem });
    if (entry['x-secret'] === true)
      found.push({ pointer: `${pointer}/default`, problem: 'must not be there: a secret has no default' });
  }
  return found;
};

/** All problems with the place as a JSON pointer; empty when the definition makes sense. */
export const sayProblems = (definition: Definition): SchemaProblem[] => {
  const categories = new Set(definition.categories.map((one) => one.id));
  const keyed = (group: 'catalog' | 'families'): SchemaProblem[] =>
    Object.entries(definition[group]).flatMap(([key, entry]) => {
      const pointer = `/${group}/${pointerPart(key)}`;
      const bad =
        keyToSegments(key)?.every((segment) => typeof segment === 'string') === true
          ? []
          : [{ pointer, problem: 'is not a setting key' }];
      return [...bad, ...entryProblems(pointer, entry, categories)];
    });
  const fields = Object.entries(definition.integrationTypes).flatMap(([type, one]) =>
    Object.entries(one.fields).flatMap(([field, entry]) =>
      entryProblems(`/integrationTypes/${pointerPart(type)}/fields/${pointerPart(field)}`, entry, null),
    ),
  );
  const questions = definition.wizard.flatMap((question, i) =>
    Object.hasOwn(definition.catalog, question.key)
      ? []
      : [{ pointer: `/wizard/${String(i)}/key`, problem: `must be in the catalog, but ${question.key} is not` }],
  );
  const prefixes = definition.sources.flatMap((source, i) => {
    const { to } = source;
    if (to.kind !== 'settings' || keyToSegments(to.prefix.replace('{stem}', 'stem')) !== null) return [];
    return [{ pointer: `/sources/${String(i)}/to/prefix`, problem: 'is not a setting key' }];
  });
  const layouts = definition.sources.flatMap((source, i) =>
    source.to.kind === 'integrations' && source.format !== 'json'
      ? [{ pointer: `/sources/${String(i)}/format`, problem: 'must be json: only JSON has this layout' }]
      : [],
  );
  return [...keyed('catalog'), ...keyed('families'), ...fields, ...questions, ...prefixes, ...layouts];
};
