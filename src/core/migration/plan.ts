/**
 * Makes the plan: what a migration would do, value by value. The run uses this same plan; nothing else decides. It reads
 * the home and the store and writes nothing, not even a folder.
 */
import type { JsonValue } from '../../contract/json.ts';
import type { MigrationResult } from '../../contract/migration.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import type { Definition } from '../definitions/types.ts';
import { inSlices, readInSlices, type Steps } from '../slices.ts';
import { compareSteps, type Comparison, type Rules } from './compare.ts';
import { planDigest } from './digest.ts';
import { partOf } from './layout/value-parts.ts';
import type { Candidate, Choices, Decided, OnConflict, Plan, SourceFile } from './plan-types.ts';
import { nothingPresent, presentSteps, readMark, readPresent, type Present } from './present.ts';
import { scanHome, type Scan } from './scan.ts';
import { useOf } from './sources.ts';
import { targetKind } from './target-kind.ts';
import { programFor, runPlanWork } from './thread.ts';
import { warningSteps } from './warnings.ts';
import type { Fit } from './work.ts';

export type PlanInput = {
  definition?: string | undefined;
  choices?: Choices | undefined;
  onConflict?: OnConflict | undefined;
};

const cancelled = fail({ type: 'Cancelled', what: 'The plan' });

/** What fits this home, best first. */
export const fitsOf = (ctx: Context, definitions: Definition[], scan: Scan): Promise<Result<Fit[]>> => {
  const { homeDir, signal } = ctx;
  return runPlanWork('recognise', { homeDir, definitions, scan }, { signal, program: programFor(scan) });
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
  const fits = await fitsOf(ctx, all.data, scan);
  if (!fits.ok) return fits;
  const first = fits.data[0]?.id;
  const best = all.data.find((one) => (first === undefined ? one.generic === true : one.id === first));
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
    // What stands at this place, not all that its subject gets from several.
    ...(secret ? {} : { preview: preview(partOf(item.value, item.part) ?? item.value) }),
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

/** How often others may save while the store is read in slices; then it is read at once. */
const attempts = 3;

const presentIn = async (ctx: Context): Promise<Result<Present>> => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const read = await readInSlices(ctx, presentSteps);
    if (!read.ok) return read.error.type === 'NotFound' ? ok(nothingPresent) : read;
    if (read.data === null) return cancelled;
    const { value } = read.data;
    const mark = await ctx.read(readMark);
    if (!mark.ok) return mark;
    if (mark.data === value.mark) return ok(value);
  }
  return ctx.read(readPresent);
};

const isUnreadable = ({ opened, read }: SourceFile): boolean =>
  opened.status === 'unreadable' || (opened.status === 'read' && read?.ok !== true);

const rulesFor = (
  { definition, sources, present }: { definition: Definition; sources: SourceFile[]; present: Present },
  input: PlanInput,
): Omit<Rules, 'keyring'> => ({
  present,
  choices: input.choices ?? {},
  onConflict: input.onConflict ?? 'ask',
  hashes: new Map(
    sources.flatMap(({ file, opened }) => (opened.status === 'read' ? [[file, opened.sha256] as const] : [])),
  ),
  unreadable: new Set(sources.filter(isUnreadable).map((source) => source.file)),
  precedence: definition.precedence,
});

const compareWith = async (
  ctx: Context,
  candidates: Candidate[],
  rules: Omit<Rules, 'keyring'>,
): Promise<Result<Comparison>> => {
  const compare = async (keyring: Rules['keyring']): Promise<Result<Comparison>> => {
    const compared = await inSlices(compareSteps(candidates, { ...rules, keyring }), ctx.signal);
    return compared === null ? cancelled : ok(compared.value);
  };
  const compared = await compare(await ctx.keyringIfUnlocked());
  if (!compared.ok || !compared.data.needsKeys) return compared;
  const keyring = await ctx.keyring('A file with secrets changed since its last import; comparing it reads them');
  return keyring.ok ? compare(keyring.data) : keyring;
};

type HomeRead = { sources: SourceFile[]; candidates: Candidate[] };

/** The files and what the definition makes of them; they are read in a thread where there is much to read. */
const readHome = async (ctx: Context, definition: Definition, scan: Scan, share: number): Promise<Result<HomeRead>> => {
  const home: HomeRead = { sources: [], candidates: [] };
  const { homeDir, signal } = ctx;
  let told = -1;
  const input = { homeDir, definition, scan, now: ctx.clock.now() };
  const read = await runPlanWork('read', input, {
    signal,
    program: programFor(scan),
    onPart: ({ sources, candidates, done, of }) => {
      for (const source of sources) home.sources.push(source);
      for (const candidate of candidates) home.candidates.push(candidate);
      const percent = Math.floor((share * done) / Math.max(of, 1));
      if (percent === told) return;
      told = percent;
      ctx.progress('Reading the files', percent);
    },
  });
  return read.ok ? ok(home) : read;
};

function* planItems(items: readonly Decided[]): Steps<MigrationResult['items']> {
  const planned: MigrationResult['items'] = [];
  for (const item of items) {
    planned.push(planItem(item));
    yield;
  }
  return planned;
}

/**
 * `share`: how much of the caller's progress, in percent, making the plan is. Errors: `NotFound` (definition),
 * `FileInvalid` when files are there and none can be read, `SecretsLocked` when secrets must be compared, `Cancelled`,
 * and whatever opening the store says.
 */
export const makePlan = async (ctx: Context, input: PlanInput, share = 100): Promise<Result<Plan>> => {
  const scan = await scanHome(ctx.homeDir);
  const definition = await chooseDefinition(ctx, input.definition, scan);
  if (!definition.ok) return definition;
  const read = await readHome(ctx, definition.data, scan, share * 0.7);
  if (!read.ok) return read;
  const { sources, candidates } = read.data;
  const unreadable = nothingReadable(sources);
  if (unreadable !== null) return unreadable;
  const present = await presentIn(ctx);
  if (!present.ok) return present;
  ctx.progress('Comparing with what is there', share * 0.8);
  const about = { definition: definition.data, sources, present: present.data };
  const compared = await compareWith(ctx, candidates, rulesFor(about, input));
  if (!compared.ok) return compared;
  const { items } = compared.data;
  const planned = await inSlices(planItems(items), ctx.signal);
  const left = leftAlone(definition.data, scan, sources);
  const choices = input.choices ?? {};
  const warnings = await inSlices(warningSteps({ ...about, items, scan, choices, left }), ctx.signal);
  if (planned === null || warnings === null) return cancelled;
  const result: MigrationResult = {
    definition: definition.data.id,
    definitionTitle: definition.data.title,
    runId: null,
    changeSet: null,
    planDigest: planDigest(definition.data, choices, sources),
    sources: [...sources.map(sourceResult), ...left],
    items: planned.value,
    totals: countActions(items),
    backup: null,
    verification: null,
    warnings: warnings.value,
  };
  const program = programFor(scan);
  return ok({ definition: definition.data, sources, items, result, program, storeMark: present.data.mark });
};
