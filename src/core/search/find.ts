/**
 * Which entries have the words of a search and fit the other filters, newest first: through the index where there is
 * one, entry by entry where there is none yet. Both ask the same question, so nobody can tell them apart.
 */
import { performance } from 'node:perf_hooks';
import type { Input } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { entryIds, type EntryFilter } from '../audit/page.ts';
import { newestEntry } from '../audit/queries.ts';
import { entryWindow } from '../audit/window.ts';
import type { Store } from '../store/types.ts';
import { wordsOfEntries } from './entry-words.ts';
import { firstOf, idsOf, isHit, lastOf, rangeOf, type Hits } from './hits.ts';
import type { LogIndex } from './log-index.ts';
import { hasAll, searchWords } from './words.ts';

export type Found = { ids: number[]; indexedUpTo: number };

export type Search = {
  index: LogIndex;
  store: Store;
  filter: Input<'audit.list'>;
  limit: number;
  signal: AbortSignal;
};

/** So many entries are read at a time where there is no index. */
const readAtOnce = 512;
/** So many hits are compared with the other filters at a time, at first. */
const comparedAtOnce = 256;
const listedAtOnce = 2048;
const busyMs = 6;

/** Lets saves and other queries go on. */
const createBreath = (): (() => Promise<void>) => {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < busyMs) return;
    await new Promise((resolve) => void setImmediate(resolve));
    since = performance.now();
  };
};

type Part = { from: number; to: number; limit: number };

/** Newest first, at most `limit`. */
const readThrough = async (
  { store, signal }: Search,
  filter: EntryFilter,
  words: string[],
  { from, to, limit }: Part,
  breathe: () => Promise<void>,
): Promise<number[]> => {
  const found: number[] = [];
  for (let top = to; top >= from && found.length < limit && !signal.aborted; top -= readAtOnce) {
    const floor = Math.max(from, top - readAtOnce + 1);
    const ids = await store.read((reader) => {
      const fitting = entryIds(reader, { ...filter, after: top + 1 }, readAtOnce, { floor });
      if (fitting.length === 0) return [];
      const entries = wordsOfEntries(reader, fitting).filter((entry) => hasAll(entry.words, words));
      return entries.map(({ id }) => id).toSorted((a, b) => b - a);
    });
    found.push(...ids.slice(0, limit - found.length));
    await breathe();
  }
  return found;
};

/** Where the other filters leave fewer entries than the words do: theirs, as far as they are hits. */
const listThrough = async (
  { store, signal }: Search,
  filter: EntryFilter,
  { hits, range }: { hits: Hits; range: number },
  { from, to, limit }: Part,
  breathe: () => Promise<void>,
): Promise<number[]> => {
  const found: number[] = [];
  let top: number | undefined = to;
  while (top !== undefined && top >= from && found.length < limit && !signal.aborted) {
    const after: number = top + 1;
    const ids = await store.read((reader) => entryIds(reader, { ...filter, after }, listedAtOnce, { floor: from }));
    found.push(...ids.filter((id) => isHit(hits, range, id)).slice(0, limit - found.length));
    const last = ids.at(-1);
    top = ids.length < listedAtOnce || last === undefined ? undefined : last - 1;
    await breathe();
  }
  return found;
};

/** The hits that fit the other filters. */
const compare = async (
  { store, signal }: Search,
  filter: EntryFilter,
  hits: readonly number[],
  limit: number,
  breathe: () => Promise<void>,
): Promise<number[]> => {
  const found: number[] = [];
  let size = comparedAtOnce;
  for (let i = 0; i < hits.length && found.length < limit && !signal.aborted;) {
    const among = hits.slice(i, i + size);
    found.push(...(await store.read((reader) => entryIds(reader, filter, limit - found.length, { among }))));
    i += size;
    size = Math.min(listedAtOnce, size * 2);
    await breathe();
  }
  return found;
};

const isNarrow = (filter: EntryFilter): boolean =>
  [filter.actor, filter.action, filter.type, filter.key].some((one) => one !== undefined && one !== '');

export const searchEntries = async (search: Search): Promise<Result<Found>> => {
  const { index, store, limit, signal } = search;
  const { text, limit: _, ...filter } = search.filter;
  const words = searchWords(text ?? '');
  const ids: number[] = [];
  const breathe = createBreath();
  const window = await store.read((reader) => {
    const { from, to } = entryWindow(reader, filter.since, filter.until) ?? { from: 1, to: 0 };
    const newest = newestEntry(reader);
    return { from, to: Math.min(to, newest, (filter.after ?? Number.MAX_SAFE_INTEGER) - 1), newest };
  });
  const lowest = words.length === 0 || window.to < window.from ? Number.POSITIVE_INFINITY : rangeOf(window.from);
  /** Hits of a rare word, gathered over many ranges: comparing costs the same for one as for many. */
  let pending: number[] = [];
  const compareThem = async (): Promise<void> => {
    const hits = pending;
    pending = [];
    ids.push(...(await compare(search, filter, hits, limit - ids.length, breathe)));
  };
  const narrow = isNarrow(filter);
  for (let range = rangeOf(window.to); range >= lowest && ids.length < limit; range--) {
    if (signal.aborted) return fail({ type: 'Cancelled', what: 'The search' });
    const [from, to] = [Math.max(window.from, firstOf(range)), Math.min(window.to, lastOf(range))];
    const looked = await index.look(store, range, words);
    const unread = looked === null ? from : Math.max(from, looked.upTo + 1);
    if (unread <= to) {
      await compareThem();
      const part = { from: unread, to, limit: limit - ids.length };
      ids.push(...(await readThrough(search, filter, words, part, breathe)));
    }
    if (looked !== null && looked.hits !== null) {
      const last = Math.min(to, looked.upTo);
      const hits = idsOf(looked.hits, range, from, last);
      if (narrow && hits.length > listedAtOnce) {
        await compareThem();
        const part = { from, to: last, limit: limit - ids.length };
        ids.push(...(await listThrough(search, filter, { hits: looked.hits, range }, part, breathe)));
      } else {
        pending.push(...hits);
        if (pending.length >= comparedAtOnce) await compareThem();
      }
    }
    await breathe();
  }
  await compareThem();
  if (signal.aborted) return fail({ type: 'Cancelled', what: 'The search' });
  return ok({ ids, indexedUpTo: Math.min(index.indexedUpTo(store), window.newest) });
};
