/** The audit commands: list, facets, verify. All read; nothing here can write. */
import type { AuditEntry } from '../../contract/audit.ts';
import type { JsonValue } from '../../contract/json.ts';
import { ok } from '../../contract/result.ts';
import { versionsView } from '../changes/view.ts';
import type { Handler, Handlers } from '../context.ts';
import { searchEntries } from '../search/find.ts';
import { auditFacets, auditPage, entriesById, type AuditRow } from './queries.ts';
import { verifyChain } from './verify.ts';

const entryOf = (row: AuditRow): AuditEntry => {
  const old = row.oldSecret === null ? null : { value: row.oldValue, secret: row.oldSecret, print: row.oldPrint };
  const now = row.newSecret === null ? null : { value: row.newValue, secret: row.newSecret, print: row.newPrint };
  return {
    id: row.id,
    at: row.at,
    actor: row.actor,
    source: row.door,
    action: row.action,
    type: row.subjectKind,
    key: row.subjectKey,
    ...versionsView(old, now),
    reason: row.reason,
    changeSet: row.changeSet,
    ...(row.detail === null ? {} : { detail: JSON.parse(row.detail) as JsonValue }),
  };
};

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

const verify: Handler<'audit.verify'> = async (ctx) => {
  const keyring = await ctx.keyringIfUnlocked();
  const verified = await ctx.read((reader) => verifyChain(reader, keyring));
  return verified.ok ? ok(verified.data) : verified;
};

export const auditHandlers = {
  'audit.list': list,
  'audit.facets': facets,
  'audit.verify': verify,
} satisfies Partial<Handlers>;
