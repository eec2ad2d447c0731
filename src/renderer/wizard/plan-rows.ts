/** The plan as table rows: items, files that could not be read, files left alone; with totals and filters. Pure. */
import type { MigrationResult, PlanItem, SourceFile } from '../../contract/migration.ts';

export type Outcome =
  'create' | 'update' | 'unchanged' | 'skip' | 'conflict' | 'quarantine' | 'left-alone' | 'unreadable';
export type PlanRow = {
  id: string;
  outcome: Outcome;
  file: string;
  place: string;
  item: PlanItem | null;
  source: SourceFile | null;
};

/** `file:path` as `choices` wants it. */
export const choiceKey = (item: PlanItem): string => `${item.file}:${item.path}`;

const placeOf = (file: string, line?: number): string => (line === undefined ? file : `${file}:${String(line)}`);

const sourceRow = (source: SourceFile, outcome: 'left-alone' | 'unreadable'): PlanRow => ({
  id: `file:${source.file}`,
  outcome,
  file: source.file,
  place: placeOf(source.file, source.error?.line),
  item: null,
  source,
});

/** A value that is a whole file has no path inside it: its file's name says what it is. */
export const nameOfPlace = (file: string, path: string): string =>
  path === '' ? (file.split('/').at(-1) ?? file) : path;

export type TargetKind = NonNullable<PlanItem['target']>['kind'];

/** What the values that move become, most first. */
export const movedKinds = (rows: readonly PlanRow[]): { kind: TargetKind; n: number }[] => {
  const counts = new Map<TargetKind, number>();
  for (const { outcome, item } of rows) {
    if (item?.target == null || (outcome !== 'create' && outcome !== 'update')) continue;
    const kind = item.secret && item.target.kind === 'setting' ? 'secret' : item.target.kind;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, n]) => ({ kind, n })).toSorted((a, b) => b.n - a.n);
};

/** What needs the owner first: unreadable files, then conflicts; the rest as the files have them; left alone last. */
export const planRows = (plan: Pick<MigrationResult, 'items' | 'sources'>): PlanRow[] => {
  const items = plan.items.map((item, index): PlanRow => ({
    id: `${String(index)}:${choiceKey(item)}`,
    outcome: item.action,
    file: item.file,
    place: placeOf(item.file, item.line),
    item,
    source: null,
  }));
  return [
    ...plan.sources.filter((source) => source.status === 'unreadable').map((source) => sourceRow(source, 'unreadable')),
    ...items.filter((row) => row.outcome === 'conflict'),
    ...items.filter((row) => row.outcome !== 'conflict'),
    ...plan.sources.filter((source) => source.status === 'left-alone').map((source) => sourceRow(source, 'left-alone')),
  ];
};

/** `secret` counts besides the outcomes: what will be stored encrypted. */
export type PlanFilter = Outcome | 'secret';

const isSecret = (row: PlanRow): boolean => row.item?.secret === true && row.item.target !== null;

export const fitsFilter = (row: PlanRow, only: PlanFilter | null, text: string): boolean => {
  if (only !== null && (only === 'secret' ? !isSecret(row) : row.outcome !== only)) return false;
  if (text === '') return true;
  const preview = row.item?.preview === undefined ? '' : JSON.stringify(row.item.preview);
  const hay = [row.place, row.item?.path, row.item?.target?.key, row.item?.reason, row.source?.error?.message, preview]
    .join('\n')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/u)
    .every((word) => hay.includes(word));
};

export const planTotals = (rows: readonly PlanRow[]): { [filter in PlanFilter]: number } => {
  const totals = {
    create: 0,
    update: 0,
    unchanged: 0,
    skip: 0,
    conflict: 0,
    quarantine: 0,
    'left-alone': 0,
    unreadable: 0,
    secret: 0,
  };
  for (const row of rows) {
    totals[row.outcome] += 1;
    if (isSecret(row) && row.outcome !== 'quarantine') totals.secret += 1;
  }
  return totals;
};
