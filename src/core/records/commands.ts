/** The record commands: JSON documents in collections, listed, changed, expired. */
import { ok } from '../../contract/result.ts';
import type { Handlers } from '../context.ts';
import { filesWithout, withNotMirrored } from '../mirrors/not-mirrored.ts';
import { listCollections } from './collections.ts';
import { recordKey } from './queries.ts';
import { getRecord, listRecords } from './read.ts';
import { deleteRecords, expireRecords, putRecord } from './write.ts';

const recordOf = ({ key }: { key: string }) => ({ kind: 'record', key }) as const;

export const recordHandlers = {
  'records.collections': async (ctx) => {
    const definition = await ctx.definition();
    const now = ctx.clock.now();
    return ctx.read((reader) => ({ collections: listCollections(reader, definition, now) }));
  },
  'records.list': listRecords,
  'records.get': getRecord,
  'records.put': async (ctx, input) => withNotMirrored(ctx, await putRecord(ctx, input), recordOf),
  'records.delete': async (ctx, input) => withNotMirrored(ctx, await deleteRecords(ctx, input), recordOf),
  'records.expire': async (ctx, input) => {
    const done = await expireRecords(ctx, input);
    if (!done.ok || done.data.dryRun) return done;
    const gone = done.data.removed.map(({ collection, id }) => recordOf({ key: recordKey(collection, id) }));
    return ok({ ...done.data, notMirrored: await filesWithout(ctx, gone) });
  },
} satisfies Partial<Handlers>;
