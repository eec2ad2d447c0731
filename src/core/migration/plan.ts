/**
 * Makes the plan: what a migration would do, value by value. The run uses this same plan; nothing else decides. It reads
 * the home and the store and writes nothing, not even a folder.
 */
import type { JsonValue } from '../../contract/json.ts';
import type { MigrationResult } from '../../contract/migration.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { recogniseHome } from '../definitions/recognise.ts';
import type { Definition } from '../definitions/types.ts';
import { compareAll, type Comparison } from './compare.ts';
import { planDigest } from './digest.ts';
import { mapSource } from './mappers.ts';
import type { Candidate, Choices, Decided, OnConflict, Plan, SourceFile } from './plan-types.ts';
import { nothingPresent, readPresent, type Present } from './present.ts';
import { scanHome, type Scan } from './scan.ts';
import { readSources, useOf } from './sources.ts';
import { targetKind } from './target-kind.ts';
import { planWarnings } from './warnings.ts';

export type PlanInput = {
  definition?: string | undefined;
  choices?: Choices | undefined;
  onConflict?: OnConflict | undefined;
};

/** The one asked for, else the one of the last migration, else the one that fits best. */
export const chooseDefinition = async (
  ctx: Context,
  asked: string | undefined,
  scan: Scan,
): Promise<Result<Definition>> => {
  const all = await ctx.definitions();
  if (!all.ok) return all;
  if (asked !== undefined) {
    const named = all.data.find((one) => one.id === asked);
    return named === undefined ? fail({ type: 'NotFound', what: 'definition', name: asked }) : ok(named);
  }
  const before = await ctx.definition();
  if (before !== null) return ok(before);
  const best =
    (await recogniseHome(ctx.homeDir, all.data, scan))[0]?.definition ?? all.data.find((one) => one.generic === true);
  return best === undefined ? fail({ type: 'NotFound', what: 'definition', name: 'generic' }) : ok(best);
};

const sourceResult = ({ file, opened, read }: SourceFile): MigrationResult['sources'][number] => {
  if (opened.status === 'missing') return { file, status: 'missing', sha256: null };
  if (opened.status === 'unreadable')
    return { file, status: 'unreadable', sha256: null, error: { message: opened.reason } };
  const { sha256, sizeBytes } = opened;
  if (read === null || !read.ok)
    return { file, status: 'unreadable', sha256, sizeBytes, ...(read === null ? {} : { error: read.error }) };
  return { file, status: 'read', sha256, sizeBytes, ...(read.notes.length === 0 ? {} : { notes: read.notes }) };
};

const maxLeftAlone = 200;

/** Files that stay as they are: those that the definition names, and those that it does not know but that look like configuration. */
const leftAlone = (definition: Definition, scan: Scan, sources: readonly SourceFile[]): MigrationResult['sources'] => {
  const taken = new Set(sources.map((source) => source.file));
  const left: MigrationResult['sources'] = [];
  for (const { file, sizeBytes } of scan.files) {
    if (taken.has(file) || left.length >= maxLeftAlone) continue;
    const use = useOf(definition, file);
    const base = { file, status: 'left-alone' as const, sha256: null, sizeBytes };
    if (use === 'left-alone') left.push(base);
    else if (/\.json$|(?:^|\/)\.env/u.test(file))
      left.push({ ...base, notes: ['no rule of the definition covers this file'] });
  }
  return left;
};

const longestPreview = 200;

const preview = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') return value.length > longestPreview ? `${value.slice(0, longestPreview)}…` : value;
  const text = JSON.stringify(value);
  return text.length > longestPreview ? `${text.slice(0, longestPreview)}…` : value;
};

const planItem = (item: Decided): MigrationResult['items'][number] => {
  const { file, path, line, column, action } = item;
  if (item.action === 'quarantine')
    return { file, path, line, column, target: null, action, reason: item.reason, secret: false };
  const { subject, secret } = item;
  const reason = item.reason ?? item.note;
  return {
    file,
    path,
    line,
    column,
    target: { kind: targetKind(subject.kind, secret), key: subject.key },
    action,
    ...(reason === null ? {} : { reason }),
    secret,
    ...(secret ? {} : { preview: preview(item.value) }),
  };
};

export const countActions = (
  items: readonly { action: keyof MigrationResult['totals'] }[],
): MigrationResult['totals'] => {
  const totals = { create: 0, update: 0, unchanged: 0, skip: 0, conflict: 0, quarantine: 0 };
  for (const item of items) totals[item.action] += 1;
  return totals;
};

/** The first file that could not be read, as an error; null while at least one could or none is there. */
export const nothingReadable = (sources: readonly SourceFile[]): Result<never> | null => {
  if (sources.some((source) => source.read?.ok === true)) return null;
  for (const { file, opened, read } of sources) {
    if (opened.status === 'unreadable') return fail({ type: 'FileInvalid', file, problem: opened.reason });
    if (read?.ok === false) {
      const { message, line, column } = read.error;
      return fail({ type: 'FileInvalid', file, problem: message, line, column });
    }
  }
  return null;
};

const presentIn = async (ctx: Context): Promise<Result<Present>> => {
  const present = await ctx.read(readPresent);
  if (present.ok || present.error.type !== 'NotFound') return present;
  return ok(nothingPresent);
};

const isUnreadable = ({ opened, read }: SourceFile): boolean =>
  opened.status === 'unreadable' || (opened.status === 'read' && read?.ok !== true);

const compareWith = async (
  ctx: Context,
  candidates: Candidate[],
  { definition, sources, present }: { definition: Definition; sources: SourceFile[]; present: Present },
  input: PlanInput,
): Promise<Result<Comparison>> => {
  const hashes = new Map(
    sources.flatMap(({ file, opened }) => (opened.status === 'read' ? [[file, opened.sha256] as const] : [])),
  );
  const rules = {
    present,
    choices: input.choices ?? {},
    onConflict: input.onConflict ?? ('ask' as const),
    hashes,
    unreadable: new Set(sources.filter(isUnreadable).map((source) => source.file)),
    precedence: definition.precedence,
  };
  const compared = compareAll(candidates, { ...rules, keyring: await ctx.keyringIfUnlocked() });
  if (!compared.needsKeys) return ok(compared);
  const keyring = await ctx.keyring('A file with secrets changed since its last import; comparing it reads them');
  return keyring.ok ? ok(compareAll(candidates, { ...rules, keyring: keyring.data })) : keyring;
};

/**
 * Errors: `NotFound` (definition), `FileInvalid` when files are there and none can be read, `SecretsLocked` when secrets
 * must be compared, and whatever opening the store says.
 */
export const makePlan = async (ctx: Context, input: PlanInput): Promise<Result<Plan>> => {
  const scan = await scanHome(ctx.homeDir);
  const definition = await chooseDefinition(ctx, input.definition, scan);
  if (!definition.ok) return definition;
  const sources = await readSources(ctx.homeDir, definition.data, scan);
  const unreadable = nothingReadable(sources);
  if (unreadable !== null) return unreadable;
  const present = await presentIn(ctx);
  if (!present.ok) return present;
  const now = ctx.clock.now();
  const candidates = sources.flatMap((source) => mapSource({ definition: definition.data, source, now }));
  const compared = await compareWith(
    ctx,
    candidates,
    { definition: definition.data, sources, present: present.data },
    input,
  );
  if (!compared.ok) return compared;
  const { items } = compared.data;
  const left = leftAlone(definition.data, scan, sources);
  const result: MigrationResult = {
    definition: definition.data.id,
    definitionTitle: definition.data.title,
    runId: null,
    changeSet: null,
    planDigest: planDigest(definition.data, input.choices ?? {}, sources),
    sources: [...sources.map(sourceResult), ...left],
    items: items.map(planItem),
    totals: countActions(items),
    backup: null,
    verification: null,
    warnings: planWarnings({
      definition: definition.data,
      sources,
      items,
      present: present.data,
      scan,
      choices: input.choices ?? {},
      left,
    }),
  };
  return ok({ definition: definition.data, sources, items, result, storeMark: present.data.mark });
};
