/** What must be true before legacy files are retired: each point by name, met or not, with the fact behind it. */
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { Integration } from '../../contract/integrations.ts';
import type { CheckPoint } from '../../contract/migration-after.ts';
import type { Result } from '../../contract/result.ts';
import { ok } from '../../contract/result.ts';
import { listBackups } from '../backup/list.ts';
import type { Context } from '../context.ts';
import { findDrift } from '../homes/drift.ts';
import { integrationViews } from '../integrations/views.ts';
import { knownNow } from '../mirrors/known.ts';
import type { Run } from './runs.ts';

const daysNeeded = 7;

const checksOf = (report: JsonObject): JsonObject[] => {
  const verification = report['verification'];
  const checks = isJsonObject(verification) ? verification['checks'] : null;
  return Array.isArray(checks) ? checks.filter(isJsonObject) : [];
};

const point = (name: string, met: boolean, detail: string): CheckPoint => ({ name, met, detail });

const named = (all: readonly string[]): string => `${all.slice(0, 5).join(', ')}${all.length > 5 ? ', …' : ''}`;

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

/** Every enabled integration worked in a test of what is saved now, since the migration. */
const tested = (all: readonly Integration[], run: Run): CheckPoint => {
  const enabled = all.filter((one) => one.enabled);
  const open = enabled.filter(
    ({ lastTest }) => lastTest === null || !lastTest.ok || lastTest.outdated || lastTest.at < run.at,
  );
  const detail =
    enabled.length === 0
      ? 'no integration is enabled, so there is none to test'
      : open.length === 0
        ? 'every enabled integration worked in a test since the migration'
        : `no test since the migration that worked: ${named(open.map((one) => one.id))}`;
  return point('tested', open.length === 0, detail);
};

const aWeek = (run: Run, now: string): CheckPoint => {
  const days = Math.floor((Date.parse(now) - Date.parse(run.at)) / 86_400_000);
  const good = days >= daysNeeded;
  return point('a week in use', good, `${String(Math.max(0, days))} of ${String(daysNeeded)} days since the migration`);
};

export const retireChecks = async (ctx: Context, run: Run): Promise<Result<CheckPoint[]>> => {
  const backups = await listBackups(ctx);
  if (!backups.ok) return backups;
  const definition = await ctx.definition();
  const seen = await ctx.read((reader) => ({
    known: knownNow(reader),
    integrations: integrationViews(reader, definition),
  }));
  if (!seen.ok) return seen;
  const copy = backups.data.find((one) => one.path === run.backup);
  const store = backups.data.find((one) => one.kind === 'store' && one.at >= run.at && one.provenAt !== null);
  const drift = findDrift(ctx.homeDir, seen.data.known).map((one) => one.file);
  return ok([
    verified(run),
    roundTrip(run),
    tested(seen.data.integrations, run),
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
