/**
 * What changed since a user last looked. How far each user has seen is kept in Holdfast's own folder, for each store: it
 * is no value of the home, and losing it loses nothing else.
 */
import { dirname, join } from 'node:path';
import { CompiledQuery } from 'kysely';
import Type, { type Static } from 'typebox';
import type { Output } from '../../contract/commands.ts';
import { fail, ok } from '../../contract/result.ts';
import { newestEntry } from '../audit/queries.ts';
import type { Handler } from '../context.ts';
import { findDrift } from '../homes/drift.ts';
import { knownNow } from '../mirrors/known.ts';
import { readOwnFile, storeFileName, writeOwnFile } from '../own-file.ts';
import { writeError } from '../store/failures.ts';
import type { Reader } from '../store/types.ts';

const Looked = Type.Object({
  looked: Type.Array(Type.Object({ name: Type.String(), entry: Type.Integer(), at: Type.String() })),
});
type One = Static<typeof Looked>['looked'][number];

const pathOf = (configDir: string, storeId: string): string => join(configDir, 'last-looked', storeFileName(storeId));

/** A file that cannot be read or understood counts as empty. */
const readLooked = (path: string): One[] => readOwnFile(path, Looked)?.looked ?? [];

const countsAfter = (reader: Reader, entry: number): Output<'versions.since'>['by'] =>
  reader.all(
    CompiledQuery.raw(
      `SELECT actor.text AS actor, door.text AS source, count(DISTINCT change_set.id) AS changeSets,
         count(*) AS changes, max(change_set.at) AS last
       FROM audit JOIN change_set ON change_set.id = audit.change_set
       JOIN term AS actor ON actor.id = change_set.actor JOIN term AS door ON door.id = change_set.door
       WHERE audit.id > ? AND audit.new_version IS NOT NULL
       GROUP BY change_set.actor, change_set.door ORDER BY changes DESC, actor, source`,
      [entry],
    ),
  );

export const since: Handler<'versions.since'> = async (ctx) => {
  const store = await ctx.store();
  if (!store.ok) return store;
  const mine = readLooked(pathOf(ctx.configDir, store.data.info().storeId)).find((one) => one.name === ctx.actor.user);
  return ctx.read((reader) => {
    const by = mine === undefined ? [] : countsAfter(reader, mine.entry);
    return {
      seen: mine === undefined ? null : { entry: mine.entry, at: mine.at },
      entry: newestEntry(reader),
      by,
      changes: by.reduce((sum, one) => sum + one.changes, 0),
      drift: findDrift(ctx.homeDir, knownNow(reader)),
    };
  });
};

export const seen: Handler<'versions.seen'> = async (ctx, input) => {
  const store = await ctx.store();
  if (!store.ok) return store;
  const newest = await ctx.read(newestEntry);
  if (!newest.ok) return newest;
  if (input.entry > newest.data) return fail({ type: 'NotFound', what: 'audit entry', name: String(input.entry) });
  const path = pathOf(ctx.configDir, store.data.info().storeId);
  const mine: One = { name: ctx.actor.user, entry: input.entry, at: ctx.clock.now() };
  const looked = [...readLooked(path).filter((one) => one.name !== mine.name), mine];
  try {
    writeOwnFile(path, { looked });
  } catch (error) {
    const what = 'how far you have seen';
    return fail(writeError(error, { what, dir: dirname(path), path, bytes: JSON.stringify({ looked }).length }));
  }
  return ok({ entry: mine.entry, at: mine.at });
};
