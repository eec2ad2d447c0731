/** The audit commands: list, facets, verify, export. Nothing here can change an entry. */
import { setImmediate } from 'node:timers/promises';
import { fail, ok } from '../../contract/result.ts';
import type { Handler, Handlers } from '../context.ts';
import { searchEntries } from '../search/find.ts';
import { anchorsOfFile } from './anchor-file.ts';
import { binding, readAnchors } from './anchors.ts';
import { entryOf } from './entry.ts';
import { exportLog } from './export.ts';
import { outsideHandlers } from './outside/commands.ts';
import { auditFacets, auditPage, entriesById, type AuditRow } from './queries.ts';
import { getRetention, setRetention } from './retention/policy.ts';
import { pruneLog } from './retention/prune.ts';
import { newestRetention } from './retention/queries.ts';
import { createVerifier } from './verify.ts';

/** `rows` are one more than fit when there is a next page. */
const pageOf = (rows: AuditRow[], limit: number) => {
  const changes = rows.slice(0, limit).map(entryOf);
  return { changes, next: rows.length > limit ? (changes.at(-1)?.id ?? null) : null };
};

const list: Handler<'audit.list'> = async (ctx, input) => {
  const limit = input.limit ?? 100;
  const { text, ...filter } = input;
  if ((text ?? '') === '') {
    return ctx.read((reader) => pageOf(auditPage(reader, filter, limit + 1), limit));
  }
  const store = await ctx.store();
  if (!store.ok) return store;
  const search = { index: ctx.logIndex, store: store.data, filter: input, limit: limit + 1, signal: ctx.signal };
  const found = await searchEntries(search);
  if (!found.ok) return found;
  const { ids, indexedUpTo } = found.data;
  return ctx.read((reader) => ({
    ...pageOf(entriesById(reader, ids), limit),
    ...(indexedUpTo === 0 ? {} : { indexedUpTo }),
  }));
};

const dayMs = 86_400_000;

const facets: Handler<'audit.facets'> = (ctx, input) => {
  const since = new Date(Date.parse(ctx.clock.now()) - ((input.days ?? 30) - 1) * dayMs).toISOString().slice(0, 10);
  return ctx.read((reader) => auditFacets(reader, since));
};

const verify: Handler<'audit.verify'> = async (ctx, input) => {
  const store = await ctx.store();
  if (!store.ok) return store;
  const { storeId } = store.data.info();
  const anchors =
    input.anchor === undefined
      ? ok(binding(await readAnchors(ctx.configDir, storeId), ['recovery', 'found']))
      : await anchorsOfFile(ctx, input.anchor, storeId);
  if (!anchors.ok) return anchors;
  for (;;) {
    const removal = await store.data.read(newestRetention);
    const verifier = createVerifier(await ctx.keyringIfUnlocked(), anchors.data);
    // A slice at a time: saves and other questions go on in between.
    while (!(await store.data.read(verifier.step)) && !ctx.signal.aborted) await setImmediate();
    if (ctx.signal.aborted) return fail({ type: 'Cancelled', what: 'The verification' });
    // Entries that went meanwhile were there at the beginning: once more.
    if ((await store.data.read(newestRetention)) === removal) return ok(verifier.answer());
  }
};

export const auditHandlers = {
  'audit.list': list,
  'audit.facets': facets,
  'audit.verify': verify,
  'audit.export': exportLog,
  ...outsideHandlers,
  'audit.retention': getRetention,
  'audit.set-retention': setRetention,
  'audit.prune': pruneLog,
} satisfies Partial<Handlers>;
