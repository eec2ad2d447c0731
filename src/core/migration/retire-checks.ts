/** What must be true before legacy files are retired: each point by name, met or not, with the fact behind it. */
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { CheckPoint } from '../../contract/migration-after.ts';
import type { Result } from '../../contract/result.ts';
import { ok } from '../../contract/result.ts';
import { listBackups } from '../backup/list.ts';
import type { Context } from '../context.ts';
import { findDrift } from '../homes/drift.ts';
import { knownNow } from '../mirrors/known.ts';
import type { Run } from './runs.ts';

const daysNeeded = 7;

const checksOf = (report: JsonObject): JsonObject[] => {
  const verification = report['verification'];
  const checks = isJsonObject(verification) ? verification['checks'] : null;
  return Array.isArray(checks) ? checks.filter(isJsonObject) : [];
};

const point = (name: string, met: boolean, detail: string): CheckPoint => ({ name, met, detail });

const named = (files: readonly string[]): string => files.slice(0, 5).join(', ');

const verified = (run: Run): CheckPoint => {
  const checks = checksOf(run.report).filter((check) => check['name'] !== 'round-trip');
  const good = checks.length > 0 && checks.every((check) => check['ok'] === true);
  return point('verified', good, good ? 'every value was read back' : 'the migration did not verify every value');
};

const roundTrip = (run: Run): CheckPoint => {
  const check = checksOf(run.report).find((one) => one['name'] === 'round-trip');
  const good = check?.['ok'] === true;
  const detail = good ? 'every file can be written again from the store' : 'not every file was proven to come back';
  return point('round trip proven', good, detail);
};

const aWeek = (run: Run, now: string): CheckPoint => {
  const days = Math.floor((Date.parse(now) - Date.parse(run.at)) / 86_400_000);
  const good = days >= daysNeeded;
  return point('a week in use', good, `${String(Math.max(0, days))} of ${String(daysNeeded)} days since the migration`);
};

export const retireChecks = async (ctx: Context, run: Run): Promise<Result<CheckPoint[]>> => {
  const backups = await listBackups(ctx);
  if (!backups.ok) return backups;
  const known = await ctx.read(knownNow);
  if (!known.ok) return known;
  const copy = backups.data.find((one) => one.path === run.backup);
  const store = backups.data.find((one) => one.kind === 'store' && one.at >= run.at && one.provenAt !== null);
  const drift = findDrift(ctx.homeDir, known.data).map((one) => one.file);
  return ok([
    verified(run),
    roundTrip(run),
    aWeek(run, ctx.clock.now()),
    point(
      'backup proven',
      store?.error === null && copy?.error === null && copy.provenAt !== null,
      copy === undefined || copy.error !== null || copy.provenAt === null
        ? 'the copy of the files from before the migration is not there, or not proven'
        : store === undefined
          ? 'there is no proven backup of the store since the migration'
          : `${store.path} is proven`,
    ),
    point('no drift', drift.length === 0, drift.length === 0 ? 'no file was changed outside' : named(drift)),
  ]);
};
