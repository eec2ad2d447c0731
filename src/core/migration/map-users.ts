/**
 * An object of people by name becomes one user each; secret members are kept encrypted beside it. A member that is not
 * known, or not of its type, is quarantined at its place and the user is kept. Pure.
 */
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { segmentsToKey } from '../../contract/setting-key.ts';
import { roles } from '../../contract/users.ts';
import { lengthProblem, placeOf, quarantine, type Mapper, type TargetOf } from './map-parts.ts';
import type { Candidate, Mapped } from './plan-types.ts';
import { leafOf, memberProblems, type JsonDocument } from './readers/json-reader.ts';
import type { JsonMember } from './readers/json-tree.ts';
import type { Leaf } from './readers/types.ts';

type To = TargetOf<'users'>;

const isText = (value: JsonValue): boolean => typeof value === 'string' || value === null;

const parts: { [name: string]: { fits: (value: JsonValue) => boolean; expected: string } } = {
  displayName: { fits: isText, expected: 'a text was expected here' },
  email: { fits: isText, expected: 'a text was expected here' },
  role: {
    fits: (value) => roles.some((role) => role === value),
    expected: 'viewer, editor or admin was expected here',
  },
  disabled: { fits: (value) => typeof value === 'boolean', expected: 'true or false was expected here' },
};

/** Nobody gets a right that no file gave. */
const blank = (): JsonObject => ({ displayName: null, email: null, role: 'viewer', disabled: false });

/** A user as its members are read one by one; `said` are those that a member gave. */
type Draft = { own: Mapped; user: JsonObject; said: Set<string> };

const mapMember = (file: string, { own, user, said }: Draft, leaf: Leaf, to: To): Candidate => {
  const member = String(leaf.segments.at(-1));
  const name = to.rename !== undefined && Object.hasOwn(to.rename, member) ? (to.rename[member] ?? member) : member;
  const place = placeOf(file, leaf);
  if (leaf.problem !== null) return quarantine(file, leaf, leaf.problem);
  if (said.has(name)) return quarantine(file, leaf, `another member is the user’s ${name} already`);
  if (to.secret?.includes(member) === true || to.secret?.includes(name) === true) {
    said.add(name);
    return {
      ...own,
      ...place,
      subject: { kind: 'user-field', key: segmentsToKey([own.subject.key, name]) },
      value: leaf.value,
      secret: true,
      within: own.path,
      note: null,
    };
  }
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (part === undefined) return quarantine(file, leaf, 'no rule of the definition covers this');
  if (!part.fits(leaf.value)) return quarantine(file, leaf, part.expected);
  user[name] = leaf.value;
  said.add(name);
  return { ...own, ...place, note: null, within: own.path, mark: true, part: [name] };
};

const mapUser = (file: string, document: JsonDocument, member: JsonMember, leaf: Leaf, to: To): Candidate[] => {
  const name = member.key;
  const problem = name === '' ? 'the user has no name' : lengthProblem(name);
  if (problem !== null) return [quarantine(file, leaf, problem)];
  if (member.value.type !== 'object') return [quarantine(file, leaf, 'a user is an object')];
  const user = blank();
  const own: Mapped = {
    ...placeOf(file, leaf),
    // The members have places of their own; this one is only the user itself.
    raw: '{}',
    subject: { kind: 'user', key: name },
    value: user,
    secret: false,
    note: null,
    within: null,
    mark: false,
    part: [],
  };
  const { members } = member.value;
  const problems = memberProblems(document, members);
  const draft = { own, user, said: new Set<string>() };
  const rest = members.map((one, i) => {
    const at = leafOf(document, one.value, [name, one.key], one.at, problems[i] ?? null);
    return mapMember(file, draft, at, to);
  });
  return [own, ...rest];
};

export const mapUsers: Mapper<'users'> = ({ source }, to) => {
  const { file, read } = source;
  if (read?.ok !== true || read.json === undefined) return [];
  const document = read.json;
  const { root } = document;
  if (root.type !== 'object')
    return [quarantine(file, leafOf(document, root, []), 'an object of users by name was expected')];
  const problems = memberProblems(document, root.members);
  return root.members.flatMap((member, i) => {
    const problem = problems[i] ?? null;
    const leaf = leafOf(document, member.value, [member.key], member.at, problem);
    return problem === null ? mapUser(file, document, member, leaf, to) : [quarantine(file, leaf, problem)];
  });
};
