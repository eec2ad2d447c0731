/**
 * DeepTempo's shape, `{enabled_integrations: [id], integrations: {id: {field: value}}}`, becomes one integration per id
 * and one field per member. What does not fit the shape is quarantined at its place. Pure.
 */
import { segmentsToKey } from '../../contract/setting-key.ts';
import { titleOf } from '../definitions/catalog.ts';
import type { Definition } from '../definitions/types.ts';
import { integrationType, mapField } from './map-fields.ts';
import { pathOf, placeOf, quarantine, type MapContext } from './map-parts.ts';
import { isMapped, type Candidate, type Mapped } from './plan-types.ts';
import { leafOf, memberProblems, type JsonDocument } from './readers/json-reader.ts';
import type { JsonMember, JsonNode } from './readers/json-tree.ts';

const integration = (
  definition: Definition,
  file: string,
  document: JsonDocument,
  member: JsonMember,
  enabled: boolean,
): Candidate[] => {
  const id = member.key;
  const leaf = leafOf(document, member.value, ['integrations', id], member.at);
  if (id === '') return [quarantine(file, leaf, 'the integration has no name')];
  if (member.value.type !== 'object') return [quarantine(file, leaf, 'an integration is an object of fields')];
  const type = integrationType(definition, id);
  const owner = { id, type, within: pathOf(['integrations', id]) };
  const { members } = member.value;
  const problems = memberProblems(document, members);
  const own: Mapped = {
    ...placeOf(file, leaf),
    // The fields have places of their own; this one is only the integration itself.
    raw: '{}',
    subject: { kind: 'integration', key: id },
    value: { type: id, name: type?.title ?? titleOf(segmentsToKey([id])), enabled },
    secret: false,
    note: type === null ? 'an integration that the definition does not know; kept as it is' : null,
    within: null,
    mark: false,
    part: [],
  };
  const fields = members.map((one, i) => {
    const at = leafOf(document, one.value, ['integrations', id, one.key], one.at, problems[i] ?? null);
    return mapField(file, at, owner, [one.key]);
  });
  return [own, ...fields];
};

/** The ids that the list enables, and each entry's own item; `made` are the integrations of the same file. */
const enabledEntries = (file: string, document: JsonDocument, list: JsonMember, configured: ReadonlySet<string>) => {
  const enabled = new Set<string>();
  const entries: ((made: ReadonlyMap<string, Mapped>) => Candidate)[] = [];
  const path = (i: number): (string | number)[] => ['enabled_integrations', i];
  const items: JsonNode[] = list.value.type === 'array' ? list.value.items : [];
  items.forEach((node, i) => {
    const leaf = leafOf(document, node, path(i));
    if (node.type !== 'string')
      return entries.push(() => quarantine(file, leaf, 'the name of an integration was expected here'));
    const id = node.value;
    if (enabled.has(id)) return entries.push(() => quarantine(file, leaf, 'the integration is listed twice'));
    if (!configured.has(id))
      return entries.push(() => quarantine(file, leaf, 'enabled, but there are no fields for it under integrations'));
    enabled.add(id);
    return entries.push((made) => {
      const of = made.get(id);
      if (of === undefined) return quarantine(file, leaf, 'enabled, but its fields are quarantined');
      return {
        ...of,
        ...placeOf(file, leaf),
        note: 'switches the integration on',
        within: of.path,
        mark: true,
        part: ['enabled'],
      };
    });
  });
  return { enabled, entries };
};

export const mapEnabledList = ({ definition, source }: MapContext, document: JsonDocument): Candidate[] => {
  const { file } = source;
  const { root } = document;
  if (root.type !== 'object')
    return [
      quarantine(file, leafOf(document, root, []), 'an object with enabled_integrations and integrations was expected'),
    ];
  const problems = memberProblems(document, root.members);
  const sound = root.members.filter((_, i) => problems[i] === null);
  const list = sound.find((member) => member.key === 'enabled_integrations' && member.value.type === 'array');
  const table = sound.find((member) => member.key === 'integrations' && member.value.type === 'object');
  const rows = table?.value.type === 'object' ? table.value.members : [];
  const rowProblems = memberProblems(document, rows);
  const usable = rows.filter((row, i) => rowProblems[i] === null && row.value.type === 'object' && row.key !== '');
  const entries =
    list === undefined ? null : enabledEntries(file, document, list, new Set(usable.map((row) => row.key)));
  const tableItems = rows.flatMap((row, i) => {
    const problem = rowProblems[i] ?? null;
    if (problem !== null)
      return [quarantine(file, leafOf(document, row.value, ['integrations', row.key], row.at, problem), problem)];
    return integration(definition, file, document, row, entries?.enabled.has(row.key) === true);
  });
  const made = new Map<string, Mapped>();
  for (const item of tableItems) {
    if (isMapped(item) && item.subject.kind === 'integration') made.set(item.subject.key, item);
  }
  return root.members.flatMap((member, i): Candidate[] => {
    if (member === list) return entries?.entries.map((entry) => entry(made)) ?? [];
    if (member === table) return tableItems;
    const leaf = leafOf(document, member.value, [member.key], member.at, problems[i] ?? null);
    return [quarantine(file, leaf, 'no rule of the definition covers this')];
  });
};
