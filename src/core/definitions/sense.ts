/** What the published schema cannot say about a definition: names that must exist, defaults that must fit. Pure. */
import { keyToSegments } from '../../contract/setting-key.ts';
import type { SchemaProblem } from './problems.ts';
import { collectionProblems, fieldProblems, settingProblems } from './sense-entries.ts';
import { precedenceProblems, sourceProblems } from './sense-sources.ts';
import type { Definition } from './types.ts';

const questionProblems = (definition: Definition): SchemaProblem[] =>
  definition.wizard.flatMap((question, i) =>
    Object.hasOwn(definition.catalog, question.key)
      ? []
      : [{ pointer: `/wizard/${String(i)}/key`, problem: `must be in the catalog, but ${question.key} is not` }],
  );

const sameFactProblems = (definition: Definition): SchemaProblem[] =>
  definition.sameFact.flatMap((group, i) =>
    group.flatMap((key, j) =>
      keyToSegments(key) === null
        ? [{ pointer: `/sameFact/${String(i)}/${String(j)}`, problem: 'is not a setting key' }]
        : [],
    ),
  );

/** All problems with the place as a JSON pointer; empty when the definition makes sense. */
export const sayProblems = (definition: Definition): SchemaProblem[] => [
  ...settingProblems(definition),
  ...fieldProblems(definition),
  ...collectionProblems(definition),
  ...questionProblems(definition),
  ...sameFactProblems(definition),
  ...sourceProblems(definition),
  ...precedenceProblems(definition),
];
