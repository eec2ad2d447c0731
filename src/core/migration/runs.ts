/** Past runs, newest first: what each reported, which files it read, and whether its copy of them is still there. */
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { listBackups } from '../backup/list.ts';
import type { Context } from '../context.ts';
import { filesOfRun } from '../homes/queries.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';

export type Run = {
  id: number;
  uid: string;
  at: string;
  definition: string;
  changeSet: string;
  backup: string | null;
  report: JsonObject;
};

const parsed = (text: string): JsonObject => {
  const value = JSON.parse(text) as JsonValue;
  return isJsonObject(value) ? value : {};
};

/** Newest first. */
export const pastRuns = (reader: Reader): Run[] =>
  reader
    .all(
      db
        .selectFrom('migration_run')
        .innerJoin('change_set', 'change_set.id', 'migration_run.change_set')
        .select(['migration_run.id', 'migration_run.uid', 'migration_run.at', 'migration_run.definition'])
        .select(['migration_run.backup', 'migration_run.report', 'change_set.uid as changeSet'])
        .orderBy('migration_run.id', 'desc')
        .compile(),
    )
    .map(({ report, ...row }) => ({ ...row, report: parsed(report) }));

/** The one named, else the newest. Errors: `NotFound`, also when there is no store. */
export const findRun = async (ctx: Context, uid: string | undefined): Promise<Result<Run>> => {
  const runs = await ctx.read(pastRuns);
  if (!runs.ok) return runs;
  const found = uid === undefined ? runs.data[0] : runs.data.find((one) => one.uid === uid);
  return found === undefined
    ? fail({ type: 'NotFound', what: 'migration run', name: uid ?? 'in this home' })
    : ok(found);
};

export const listRuns = async (ctx: Context): Promise<Result<Output<'migration.runs'>>> => {
  const found = await ctx.read((reader) => pastRuns(reader).map((run) => ({ run, files: filesOfRun(reader, run.id) })));
  if (!found.ok) return found;
  const backups = await listBackups(ctx);
  if (!backups.ok) return backups;
  const runs = found.data.map(({ run, files }) => {
    const { uid: runId, at, definition, changeSet, report } = run;
    const listed = backups.data.find((one) => one.path === run.backup);
    const backup =
      run.backup === null
        ? null
        : {
            path: run.backup,
            provenAt: listed?.provenAt ?? null,
            problem: listed === undefined ? 'it is no longer there' : listed.error,
          };
    return {
      runId,
      at,
      definition,
      changeSet,
      totals: report['totals'] ?? null,
      verification: report['verification'] ?? null,
      files,
      backup,
    };
  });
  return ok({ runs });
};
