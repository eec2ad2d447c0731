/**
 * `migration.drift`: what was changed in legacy files outside Holdfast, value by value and three ways: as Holdfast last
 * read or wrote it, as the file has it now, as the store has it now. What importing would do is said by the plan itself.
 */
import { describeError } from '../../contract/errors.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { DriftFile, DriftValue } from '../../contract/mirrors.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { SubjectKind } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { findDrift } from '../homes/drift.ts';
import { makePlan } from '../migration/plan.ts';
import type { Decided, Placed, Plan } from '../migration/plan-types.ts';
import { importedAt, readPresent, subjectKey, type Present, type StoredValue } from '../migration/present.ts';
import { targetKind } from '../migration/target-kind.ts';
import type { Reader } from '../store/types.ts';
import { knownNow } from './known.ts';
import * as sql from './queries.ts';

type Facts = { present: Present; places: Map<string, sql.LedgerPlace[]> };

const told = (stored: StoredValue | null | undefined): JsonValue | undefined => {
  if (stored === null || stored === undefined) return undefined;
  return stored.secret || stored.value === null ? null : (JSON.parse(stored.value) as JsonValue);
};

const side = (name: 'base' | 'inFile' | 'inStore', value: JsonValue | undefined) =>
  value === undefined ? {} : { [name]: value };

/** True for a place of the file that is not as it was. */
const isNews = (item: Placed, base: StoredValue | null | undefined): boolean => {
  if (item.secret || base?.secret === true)
    return item.action !== 'unchanged' || item.reason === 'changed to the same value in both';
  return base === null || base === undefined || base.value !== JSON.stringify(item.value);
};

const placedValue = (item: Placed, present: Present): DriftValue | null => {
  const before = importedAt(present, item);
  // Left out by the last import, and still as it was then.
  if (before !== undefined && before.version === null && item.action === 'unchanged') return null;
  const base = before?.version;
  if (!isNews(item, base)) return null;
  const secret = item.secret || base?.secret === true;
  return {
    path: item.path,
    line: item.line,
    target: { kind: targetKind(item.subject.kind, secret), key: item.subject.key },
    secret,
    ...side('base', told(base)),
    ...side('inFile', secret ? null : item.value),
    ...side('inStore', told(present.live.get(subjectKey(item.subject)))),
    action: item.action,
    reason: item.reason,
  };
};

const itemValue = (item: Decided, facts: Facts, paths: ReadonlySet<string>): DriftValue | null => {
  if (item.action !== 'quarantine') return item.mark ? null : placedValue(item, facts.present);
  if (paths.has(item.path)) return null;
  const { path, line, reason } = item;
  return { path, line, target: null, secret: false, action: 'quarantine', reason };
};

/** Places that the last import read and that the file has no more. */
const goneValues = (rows: readonly sql.LedgerPlace[], items: readonly Decided[], present: Present): DriftValue[] => {
  const there = new Set(items.map((item) => item.path));
  const subjects = new Set(items.flatMap((item) => (item.action === 'quarantine' ? [] : [subjectKey(item.subject)])));
  return rows.flatMap(({ path, kind, key, version }): DriftValue[] => {
    if (version === null || kind === null || key === null || there.has(path) || subjects.has(`${kind}/${key}`))
      return [];
    const live = present.live.get(`${kind}/${key}`);
    if (live === undefined) return [];
    return [
      {
        path,
        line: null,
        target: { kind: targetKind(kind as SubjectKind, live.secret), key },
        secret: live.secret,
        ...side('inStore', told(live)),
        action: 'unchanged',
        reason: 'not in the file any more; importing leaves Holdfast’s value as it is',
      },
    ];
  });
};

const fileValues = (plan: Plan, file: string, facts: Facts): Pick<DriftFile, 'values' | 'problem'> => {
  const source = plan.sources.find((one) => one.file === file);
  if (source === undefined) return { values: [], problem: 'no rule of the definition covers it any more' };
  if (source.opened.status === 'unreadable') return { values: [], problem: source.opened.reason };
  if (source.read?.ok === false)
    return { values: [], problem: `line ${String(source.read.error.line)}: ${source.read.error.message}` };
  const items = plan.items.filter((item) => item.file === file);
  const rows = facts.places.get(file) ?? [];
  const paths = new Set(rows.map((row) => row.path));
  const changed = items.flatMap((item) => itemValue(item, facts, paths) ?? []);
  return { values: [...changed, ...goneValues(rows, items, facts.present)], problem: null };
};

const readFacts = (reader: Reader, files: readonly string[]): Facts => ({
  present: readPresent(reader),
  places: new Map(
    files.map((file) => {
      const imported = sql.importOf(reader, file);
      return [file, imported === undefined ? [] : sql.ledgerPlaces(reader, file, imported.run)];
    }),
  ),
});

/** Errors: those of reading the store. A plan that cannot be made is told beside each file. */
export const findDriftValues = async (
  ctx: Context,
  only: string | undefined,
): Promise<Result<{ files: DriftFile[] }>> => {
  const known = await ctx.read((reader) => ({ files: knownNow(reader), mirrored: new Set(sql.mirroredFiles(reader)) }));
  if (!known.ok) return known.error.type === 'NotFound' ? ok({ files: [] }) : known;
  const drift = findDrift(ctx.homeDir, known.data.files).filter(({ file }) => only === undefined || file === only);
  if (drift.length === 0) return ok({ files: [] });
  const plan = await makePlan(ctx, {});
  const names = drift.map((one) => one.file);
  const facts = await ctx.read((reader) => readFacts(reader, names));
  if (!facts.ok) return facts;
  const files = drift.map(({ file, status }): DriftFile => {
    const base = { file, status, mirrored: known.data.mirrored.has(file) };
    if (status === 'removed') return { ...base, values: [], problem: null };
    return plan.ok
      ? { ...base, ...fileValues(plan.data, file, facts.data) }
      : { ...base, values: [], problem: describeError(plan.error) };
  });
  return ok({ files });
};
