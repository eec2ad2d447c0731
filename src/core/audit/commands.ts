/** The audit commands: list, facets, verify. All read; nothing here can write. */
import type { AuditEntry } from '../../contract/audit.ts';
import type { Input } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { versionsView } from '../changes/view.ts';
import type { Context, Handler, Handlers } from '../context.ts';
import { entryIds } from './page.ts';
import { auditFacets, auditPage, entriesById, newestEntry, type AuditRow } from './queries.ts';
import { verifyChain } from './verify.ts';
import { entryWindow } from './window.ts';

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

/** So many entries are searched at a time: a text is looked for in each of them, and nobody is to wait for all. */
const searchedAtOnce = 2048;

/** Pauses between slices, so that saves and other queries go on meanwhile. */
const searchIds = async (ctx: Context, input: Input<'audit.list'>, limit: number): Promise<Result<number[]>> => {
  const window = await ctx.read((reader) => {
    const { from, to } = entryWindow(reader, input.since, input.until) ?? { from: 1, to: 0 };
    return { from, to: Math.min(to, newestEntry(reader), (input.after ?? Number.MAX_SAFE_INTEGER) - 1) };
  });
  if (!window.ok) return window;
  const { from, to } = window.data;
  const found: number[] = [];
  for (let top = to; top >= from && found.length < limit; top -= searchedAtOnce) {
    if (ctx.signal.aborted) return fail({ type: 'Cancelled', what: 'The search' });
    const slice = { ...input, after: top + 1 };
    const ids = await ctx.read((reader) => entryIds(reader, slice, limit - found.length, top - searchedAtOnce + 1));
    if (!ids.ok) return ids;
    found.push(...ids.data);
    await new Promise((resolve) => void setImmediate(resolve));
  }
  return ok(found);
};

const list: Handler<'audit.list'> = async (ctx, input) => {
  const limit = input.limit ?? 100;
  const searched = (input.text ?? '') === '' ? null : await searchIds(ctx, input, limit + 1);
  if (searched?.ok === false) return searched;
  return ctx.read((reader) => {
    const rows = searched === null ? auditPage(reader, input, limit + 1) : entriesById(reader, searched.data);
    const changes = rows.slice(0, limit).map(entryOf);
    return { changes, next: rows.length > limit ? (changes.at(-1)?.id ?? null) : null };
  });
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
