/** The record commands: JSON documents in collections, listed, changed, expired. */
import type { Handlers } from '../context.ts';
import { listCollections } from './collections.ts';
import { getRecord, listRecords } from './read.ts';
import { deleteRecords, expireRecords, putRecord } from './write.ts';

export const recordHandlers = {
  'records.collections': async (ctx) => {
    const definition = await ctx.definition();
    const now = ctx.clock.now();
    return ctx.read((reader) => ({ collections: listCollections(reader, definition, now) }));
  },
  'records.list': listRecords,
  'records.get': getRecord,
  'records.put': putRecord,
  'records.delete': deleteRecords,
  'records.expire': expireRecords,
} satisfies Partial<Handlers>;
