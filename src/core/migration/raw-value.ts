/** The value that a text kept in the ledger stands for: what the file's application reads there. Pure. */
import type { JsonValue } from '../../contract/json.ts';
import { entryFor } from '../definitions/catalog.ts';
import type { Definition } from '../definitions/types.ts';
import { matches } from './glob.ts';
import { numberProblem, stringProblem, keyProblem } from './readers/exactness.ts';
import { scanEnv } from './readers/env-reader.ts';
import { nodeValue } from './readers/json-reader.ts';
import { parseJsonTree, type JsonNode } from './readers/json-tree.ts';
import { typedEnvValue } from './typed-env.ts';

/** Nothing in it would change in a store. */
const isExact = (node: JsonNode): boolean => {
  switch (node.type) {
    case 'literal':
      return true;
    case 'number':
      return numberProblem(node.lexeme) === null;
    case 'string':
      return stringProblem(node.value) === null;
    case 'array':
      return node.items.every(isExact);
    case 'object': {
      const keys = new Set(node.members.map((member) => member.key));
      return (
        keys.size === node.members.length &&
        node.members.every((member) => keyProblem(member.key) === null && isExact(member.value))
      );
    }
  }
};

const formatOf = (definition: Definition | null, file: string): 'json' | 'env' =>
  definition?.sources.find((source) => matches(source.file, file))?.format ??
  (/(?:^|\/)\.env[^/]*$|\.env$/u.test(file) ? 'env' : 'json');

/** `key` is the setting whose declared type counts. Undefined when the text has no exact value. */
export const valueOfRaw = (
  definition: Definition | null,
  file: string,
  key: string,
  raw: string,
): JsonValue | undefined => {
  if (formatOf(definition, file) === 'json') {
    const node = parseJsonTree(raw);
    return 'message' in node || !isExact(node) ? undefined : nodeValue(node);
  }
  const { bindings, ignored } = scanEnv(raw);
  const [binding] = bindings;
  if (binding === undefined || bindings.length > 1 || ignored.length > 0 || binding.value.includes('\0'))
    return undefined;
  return typedEnvValue(definition === null ? null : entryFor(definition, key), binding.value);
};
