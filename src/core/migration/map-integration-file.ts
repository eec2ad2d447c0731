/**
 * One file is one integration: the members that the definition names give its name, type and switch, every other leaf is
 * a field. Pure.
 */
import { segmentsToKey } from '../../contract/setting-key.ts';
import type { JsonValue } from '../../contract/json.ts';
import { titleOf } from '../definitions/catalog.ts';
import type { Target } from '../definitions/types.ts';
import { integrationType, mapField } from './map-fields.ts';
import { pathOf, placeOf, quarantine, stemOf, type MapContext } from './map-parts.ts';
import type { Candidate, Mapped } from './plan-types.ts';
import { keyProblem } from './readers/exactness.ts';
import { leafOf, leavesOf, memberProblems, type JsonDocument } from './readers/json-reader.ts';
import type { JsonMember } from './readers/json-tree.ts';
import type { Leaf } from './readers/types.ts';

type FileTarget = Extract<Target, { layout: 'file'; kind: 'integrations' }>;
type Part = 'name' | 'type' | 'enabled';

const expected: Record<Part, string> = {
  name: 'a text was expected here',
  type: 'a text was expected here',
  enabled: 'true or false was expected here',
};

const fits = (part: Part, value: JsonValue): boolean =>
  part === 'enabled' ? typeof value === 'boolean' : typeof value === 'string' && value !== '';

/** What the document says about the integration itself, by part, each with its place. */
const partsOf = (
  document: JsonDocument,
  members: readonly JsonMember[],
  to: FileTarget,
): Map<JsonMember, [Part, Leaf]> => {
  const problems = memberProblems(document, members);
  const found = new Map<JsonMember, [Part, Leaf]>();
  members.forEach((member, i) => {
    const part = (['name', 'type', 'enabled'] as const).find((one) => to[one] === member.key);
    if (part !== undefined && (problems[i] ?? null) === null)
      found.set(member, [part, leafOf(document, member.value, [member.key], member.at)]);
  });
  return found;
};

const textOf = (said: Map<Part, JsonValue>, part: Part): string | null => {
  const value = said.get(part);
  return typeof value === 'string' ? value : null;
};

/** Without a switch it is on; one that cannot be read switches nothing on. */
const isOn = (parts: Map<JsonMember, [Part, Leaf]>, said: Map<Part, JsonValue>): boolean =>
  [...parts.values()].some(([part]) => part === 'enabled') ? said.get('enabled') === true : true;

const integration = (file: string, document: JsonDocument, id: string, value: JsonValue, known: boolean): Mapped => ({
  ...placeOf(file, leafOf(document, document.root, [])),
  // The fields have places of their own; this one is only the integration itself.
  raw: '{}',
  subject: { kind: 'integration', key: id },
  value,
  secret: false,
  note: known ? null : 'an integration that the definition does not know; kept as it is',
  within: null,
  mark: false,
  part: [],
});

const mapDocument = (context: MapContext, document: JsonDocument, members: readonly JsonMember[], to: FileTarget) => {
  const { definition, source } = context;
  const { file } = source;
  const id = stemOf(file);
  const parts = partsOf(document, members, to);
  const good = [...parts.values()].filter(([part, leaf]) => leaf.problem === null && fits(part, leaf.value));
  const said = new Map(good.map(([part, leaf]) => [part, leaf.value]));
  const typeName = textOf(said, 'type') ?? id;
  const type = integrationType(definition, typeName);
  const name = textOf(said, 'name') ?? type?.title ?? titleOf(segmentsToKey([id]));
  const value = { type: typeName, name, enabled: isOn(parts, said) };
  const own = integration(file, document, id, value, type !== null);
  const problems = memberProblems(document, members);
  const owner = { id, type, within: pathOf([]) };
  const rest = members.flatMap((member, i): Candidate[] => {
    const problem = problems[i] ?? null;
    if (problem !== null)
      return [quarantine(file, leafOf(document, member.value, [member.key], member.at, problem), problem)];
    const told = parts.get(member);
    if (told === undefined)
      return leavesOf(document, member.value, [member.key], member.at).map((leaf) =>
        mapField(file, leaf, owner, leaf.segments.map(String)),
      );
    const [part, leaf] = told;
    if (leaf.problem !== null || !fits(part, leaf.value)) return [quarantine(file, leaf, expected[part])];
    const note = `the integration’s ${part === 'enabled' ? 'switch' : part}`;
    return [{ ...own, ...placeOf(file, leaf), note, within: own.path, mark: true, part: [part] }];
  });
  return [own, ...rest];
};

export const mapIntegrationFile = (context: MapContext, document: JsonDocument, to: FileTarget): Candidate[] => {
  const { root } = document;
  const { file } = context.source;
  const whole = leafOf(document, root, []);
  if (root.type !== 'object') return [quarantine(file, whole, 'an integration is an object of fields')];
  const problem = keyProblem(stemOf(file));
  if (problem !== null) return [{ ...quarantine(file, whole, problem), reason: problem }];
  return mapDocument(context, document, root.members, to);
};
