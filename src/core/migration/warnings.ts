/** What the owner should know about a plan besides its items: facts kept twice, files not covered, keys that went away. */
import { jsonEqual, type JsonValue } from '../../contract/json.ts';
import type { MigrationResult } from '../../contract/migration.ts';
import type { Definition } from '../definitions/types.ts';
import type { Choices, Decided, Placed, SourceFile } from './plan-types.ts';
import { placeKey, type Present } from './present.ts';
import type { Scan } from './scan.ts';
import type { Steps } from '../slices.ts';

type Facts = {
  definition: Definition;
  sources: readonly SourceFile[];
  items: readonly Decided[];
  present: Present;
  scan: Scan;
  choices: Choices;
  left: MigrationResult['sources'];
};

const shown = (value: JsonValue): string => JSON.stringify(value).slice(0, 80);

/** `general.theme` and `theme.theme` say one thing; when the files disagree, nobody knows which one the application obeys. */
const disagreements = (definition: Definition, twice: readonly Placed[]): string[] =>
  definition.sameFact.flatMap((keys) => {
    const said = twice.filter((item) => keys.includes(item.subject.key));
    const first = said[0];
    if (first === undefined || said.every((item) => jsonEqual(item.value, first.value))) return [];
    const parts = said.map((item) => {
      const value = item.secret ? 'another value' : shown(item.value);
      return `${item.subject.key} is ${value} (${item.file}:${String(item.line)})`;
    });
    return [`The application keeps the same fact twice and its files disagree: ${parts.join(', ')}. Both are kept.`];
  });

const misfit = (item: Placed): string[] =>
  item.note?.endsWith('kept as it is') === true
    ? [`${item.subject.key} (${item.file}:${String(item.line)}) ${item.note}.`]
    : [];

const listed = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${String(names.length - 5)} more`;

const uncovered = ({ definition, left, scan }: Facts): string[] => {
  const files = left.filter((one) => one.notes !== undefined).map((one) => one.file);
  const found =
    files.length === 0
      ? []
      : [`${definition.title} has no rule for ${listed(files)}: left as ${files.length === 1 ? 'it is' : 'they are'}.`];
  return scan.complete ? found : [...found, 'The home holds more files than are listed here.'];
};

/** Places of the last import that the file no longer has. The store keeps their values. */
function* vanished({ sources, present }: Facts, now: ReadonlySet<string>): Steps<string[]> {
  const goneBy = new Map<string, string[]>();
  for (const [key, { file, path }] of present.imported) {
    yield;
    if (now.has(key)) continue;
    const known = goneBy.get(file);
    if (known === undefined) goneBy.set(file, [path]);
    else known.push(path);
  }
  return sources.flatMap((source) => {
    const gone = source.read?.ok === true ? (goneBy.get(source.file) ?? []) : [];
    return gone.length === 0
      ? []
      : [`${source.file} no longer has ${listed(gone)}; Holdfast keeps the value${gone.length === 1 ? '' : 's'}.`];
  });
}

/** A choice that names nothing would be silently without effect. */
const uselessChoices = ({ choices, items }: Facts): string[] => {
  const named = Object.keys(choices);
  if (named.length === 0) return [];
  const known = new Set(items.map((item) => `${item.file}:${item.path}`));
  const useless = named.filter((key) => !known.has(key));
  return useless.length === 0 ? [] : [`No value of the files is named ${listed(useless)}; the choice has no effect.`];
};

/** In steps: a plan may have as many values as its files hold. */
export function* warningSteps(facts: Facts): Steps<string[]> {
  const { definition, items } = facts;
  const saidTwice = new Set(definition.sameFact.flat());
  const twice: Placed[] = [];
  const misfits: string[] = [];
  const now = new Set<string>();
  for (const item of items) {
    yield;
    now.add(placeKey(item.file, item.path));
    if (item.action === 'quarantine' || item.subject.kind !== 'setting') continue;
    if (saidTwice.has(item.subject.key)) twice.push(item);
    for (const one of misfit(item)) misfits.push(one);
  }
  return [
    ...disagreements(definition, twice),
    ...misfits,
    ...(yield* vanished(facts, now)),
    ...uncovered(facts),
    ...uselessChoices(facts),
  ];
}
