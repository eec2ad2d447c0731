/**
 * Reads one JSON file into leaves: one per scalar, array, null and empty object, with its exact text and place. Values
 * that the store could not keep exactly are leaves with a problem; nothing is left out and nothing repaired.
 */
import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { keyProblem, numberProblem, stringProblem } from './exactness.ts';
import { jsonLimits, parseJsonTree, type JsonLimits, type JsonMember, type JsonNode } from './json-tree.ts';
import { createLocator, decodeText, type Position } from './text.ts';
import type { Leaf, ReadError, ReadFile } from './types.ts';

export type JsonDocument = { text: string; root: JsonNode; locate: (offset: number) => Position };

type Opened = { ok: true; document: JsonDocument; bom: boolean } | { ok: false; error: ReadError };

export const openJson = (bytes: Uint8Array, limits: JsonLimits = jsonLimits): Opened => {
  const decoded = decodeText(bytes);
  if (!decoded.ok)
    return { ok: false, error: { message: decoded.message, line: decoded.line, column: decoded.column } };
  const locate = createLocator(decoded.text);
  const root = parseJsonTree(decoded.text, limits);
  if ('message' in root) return { ok: false, error: { message: root.message, ...locate(root.offset) } };
  return { ok: true, document: { text: decoded.text, root, locate }, bom: decoded.bom };
};

/** The first thing inside a value that the store could not keep, with where it stands. */
const problemInside = (document: JsonDocument, node: JsonNode, inner: boolean): string | null => {
  const place = (at: number): string => {
    if (!inner) return '';
    const { line, column } = document.locate(at);
    return ` (line ${String(line)}, column ${String(column)})`;
  };
  const told = (problem: string | null, at: number): string | null =>
    problem === null ? null : `${problem}${place(at)}`;
  switch (node.type) {
    case 'string':
      return told(stringProblem(node.value), node.start);
    case 'number':
      return told(numberProblem(node.lexeme), node.start);
    case 'literal':
      return null;
    case 'array':
      for (const item of node.items) {
        const problem = problemInside(document, item, true);
        if (problem !== null) return problem;
      }
      return null;
    case 'object': {
      const seen = new Set<string>();
      for (const member of node.members) {
        const own = seen.has(member.key) ? `the key "${member.key}" stands there twice` : keyProblem(member.key);
        if (own !== null) return told(own, member.at);
        seen.add(member.key);
        const problem = problemInside(document, member.value, true);
        if (problem !== null) return problem;
      }
      return null;
    }
  }
};

/** The first thing in a document that the store could not keep, with line and column. */
export const problemWithPlace = (document: JsonDocument, node: JsonNode): string | null =>
  problemInside(document, node, true);

/** The plain value; call it only on nodes without a problem inside. */
export const nodeValue = (node: JsonNode): JsonValue => {
  switch (node.type) {
    case 'number':
      return Number(node.lexeme);
    case 'array':
      return node.items.map(nodeValue);
    case 'object': {
      const value: JsonObject = {};
      for (const member of node.members) value[member.key] = nodeValue(member.value);
      return value;
    }
    default:
      return node.value;
  }
};

/** One node as one leaf. `at` is where a person looks for it: the key of a member, the start of anything else. */
export const leafOf = (
  document: JsonDocument,
  node: JsonNode,
  segments: (string | number)[],
  at = node.start,
  forced: string | null = null,
): Leaf => {
  const problem = forced ?? problemInside(document, node, false);
  return {
    segments,
    raw: document.text.slice(node.start, node.end),
    ...document.locate(at),
    problem,
    value: problem === null ? nodeValue(node) : null,
  };
};

/**
 * What is wrong with single members of an object, in order: traps, and all but the last of a repeated key (JSON.parse,
 * and so most applications, take the last).
 */
export const memberProblems = (document: JsonDocument, members: readonly JsonMember[]): (string | null)[] => {
  const last = new Map<string, number>();
  members.forEach((member, i) => last.set(member.key, i));
  return members.map((member, i) => {
    const problem = keyProblem(member.key);
    if (problem !== null) return problem;
    const winner = last.get(member.key);
    const other = winner === undefined || winner === i ? undefined : members[winner];
    return other === undefined
      ? null
      : `the key stands again in line ${String(document.locate(other.at).line)}, and that one counts`;
  });
};

/** Every leaf under `node`. An object without members is a leaf itself, except as the root of a file. */
export const leavesOf = (
  document: JsonDocument,
  node: JsonNode,
  segments: (string | number)[],
  at = node.start,
): Leaf[] => {
  if (node.type !== 'object') return [leafOf(document, node, segments, at)];
  if (node.members.length === 0) return segments.length === 0 ? [] : [leafOf(document, node, segments, at)];
  const problems = memberProblems(document, node.members);
  return node.members.flatMap((member, i) => {
    const path = [...segments, member.key];
    const problem = problems[i] ?? null;
    return problem === null
      ? leavesOf(document, member.value, path, member.at)
      : [leafOf(document, member.value, path, member.at, problem)];
  });
};

export const readJson = (bytes: Uint8Array, maxNodes = jsonLimits.nodes): ReadFile => {
  const opened = openJson(bytes, { ...jsonLimits, nodes: maxNodes });
  if (!opened.ok) return opened;
  return {
    ok: true,
    leaves: leavesOf(opened.document, opened.document.root, []),
    notes: opened.bom ? ['begins with a byte order mark'] : [],
    json: opened.document,
  };
};
