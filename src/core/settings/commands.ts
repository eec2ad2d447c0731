/** The settings commands: read the catalog and the store as one list, change it in change sets. */
import type { Input } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { isUnder } from '../../contract/setting-key.ts';
import type { ChangeSetResult, SettingView } from '../../contract/settings.ts';
import { redoCandidate, undoCandidate, undoChangeSet } from '../changes/undo.ts';
import { parseValue, versionsView } from '../changes/view.ts';
import { cipherPlace, type Subject } from '../changes/write.ts';
import type { Context, Handler, Handlers } from '../context.ts';
import { withNotMirrored } from '../mirrors/not-mirrored.ts';
import type { Reader } from '../store/types.ts';
import { overrideKey } from '../users/queries.ts';
import { db } from '../store/sql.ts';
import { applySettings } from './apply.ts';
import { settingsAt } from './at.ts';
import { saveSettingsDraft, settingsDraft } from './drafts.ts';
import { withGenerated } from './generate.ts';
import { layersOf } from './explain.ts';
import { lockSetting, unlockSetting } from './lock-commands.ts';
import { lockReason } from './locks.ts';
import { nearestKeys } from './nearest.ts';
import { resetSettings } from './reset.ts';
import { reloadSettings, runtimeSettings } from './runtime.ts';
import { searchSettingsList } from './search.ts';
import { trySetting } from './try.ts';
import { historyOf, storedSetting, storedSettings } from './queries.ts';
import { sourcesOf } from './sources.ts';
import { allKeys, nestedValue, settingView, type SettingSources } from './views.ts';

const readSources = async (ctx: Context): Promise<Result<Required<SettingSources>>> => {
  const definition = await ctx.definition();
  return ctx.read((reader) => sourcesOf(reader, definition, ctx.actor.user));
};

const list: Handler<'settings.list'> = async (ctx, input) => {
  const sources = await readSources(ctx);
  if (!sources.ok) return sources;
  const settings = allKeys(sources.data)
    .filter((key) => isUnder(key, input.prefix ?? ''))
    .map((key) => settingView(key, sources.data));
  return ok({ settings, categories: categoriesOf(settings, sources.data) });
};

const categoriesOf = (settings: readonly SettingView[], from: SettingSources) => {
  const titles = new Map((from.definition?.categories ?? []).map((one) => [one.id, one.title]));
  const found = new Map<string, { id: string; title: string; count: number; modified: number }>();
  for (const id of titles.keys()) found.set(id, { id, title: titles.get(id) ?? id, count: 0, modified: 0 });
  for (const setting of settings) {
    const category = found.get(setting.category) ?? {
      id: setting.category,
      title: setting.category,
      count: 0,
      modified: 0,
    };
    category.count += 1;
    if (setting.modified) category.modified += 1;
    found.set(setting.category, category);
  }
  return [...found.values()].filter((category) => category.count > 0);
};

const unknownSetting = (key: string, sources: SettingSources) =>
  fail({ type: 'SettingUnknown', key, nearest: nearestKeys(key, allKeys(sources)) });

const get: Handler<'settings.get'> = async (ctx, input) => {
  const sources = await readSources(ctx);
  if (!sources.ok) return sources;
  const keys = allKeys(sources.data).filter((key) => isUnder(key, input.key));
  if (keys.length === 0) return unknownSetting(input.key, sources.data);
  if (keys.includes(input.key)) {
    const view = settingView(input.key, sources.data);
    const { key, value, type, source, secret, modified, restart } = view;
    const place = {
      ...(view.file === undefined ? {} : { file: view.file }),
      ...(view.line === undefined ? {} : { line: view.line }),
    };
    const set = view.set === undefined ? {} : { set: view.set };
    return ok({ key, value, type, source, secret, default: view.default, modified, restart, ...place, ...set });
  }
  const views = keys.map((key) => settingView(key, sources.data));
  return ok({
    key: input.key,
    value: nestedValue(input.key, views),
    type: 'object',
    source: views.every((view) => view.source === views[0]?.source) ? (views[0]?.source ?? 'default') : 'mixed',
    secret: views.some((view) => view.secret),
    default: nestedValue(
      input.key,
      views.filter((view) => view.hasDefault).map((view) => ({ key: view.key, value: view.default })),
    ),
    modified: views.some((view) => view.modified),
    restart: views.some((view) => view.restart),
  });
};

const reveal: Handler<'settings.reveal'> = async (ctx, input) => {
  const sources = await readSources(ctx);
  if (!sources.ok) return sources;
  if (!allKeys(sources.data).includes(input.key)) return unknownSetting(input.key, sources.data);
  const view = settingView(input.key, sources.data);
  const own = view.source === 'override' ? sources.data.overrides.get(input.key) : undefined;
  const stored = own ?? sources.data.stored.get(input.key);
  const subject: Subject =
    own === undefined
      ? { kind: 'setting', key: input.key }
      : { kind: 'override', key: overrideKey(ctx.actor.user, input.key) };
  // A place for a secret that is empty so far shows what it holds: nothing secret.
  if (stored !== undefined && !stored.secret) return ok({ key: input.key, value: parseValue(stored.value) });
  if (stored === undefined) return ok({ key: input.key, value: view.value });
  const keyring = await ctx.keyring(`${input.key} is secret`);
  if (!keyring.ok) return keyring;
  return ctx.commit({ kind: 'event', reason: input.reason ?? null }, (changes) => {
    // Read again inside the transaction: what is shown is what the audit entry speaks of.
    const now = storedSetting(changes.tx, subject.key, subject.kind);
    const place = cipherPlace(subject, now?.version ?? 0);
    const plain = now?.cipher == null ? null : keyring.data.decrypt(place, now.cipher);
    if (plain === null) return fail({ type: 'WrongKey', what: input.key, needs: 'the key it was encrypted with' });
    changes.event(subject.kind, subject.key, 'reveal');
    return ok({ key: input.key, value: JSON.parse(plain) as JsonValue });
  });
};

const explain: Handler<'settings.explain'> = async (ctx, input) => {
  const sources = await readSources(ctx);
  if (!sources.ok) return sources;
  if (!allKeys(sources.data).includes(input.key)) return unknownSetting(input.key, sources.data);
  const { definition, stored, places, overrides } = sources.data;
  const known = { definition, view: settingView(input.key, { definition, stored, places }) };
  const own = { user: ctx.actor.user, row: overrides.get(input.key), locked: lockReason(sources.data, input.key) };
  const layers = await ctx.read((reader) => layersOf(reader, known, own));
  return layers.ok ? ok({ key: input.key, layers: layers.data }) : layers;
};

const history: Handler<'settings.history'> = async (ctx, input) => {
  const { user } = ctx.actor;
  const rows = await ctx.read((reader) => {
    const limit = input.limit ?? 100;
    const own = historyOf(reader, overrideKey(user, input.key), limit, 'override').map((row) => ({ ...row, user }));
    const system = historyOf(reader, input.key, limit).map((row) => ({ ...row, user: undefined }));
    return [...system, ...own].toSorted((a, b) => b.id - a.id).slice(0, limit);
  });
  if (!rows.ok) return rows;
  if (rows.data.length === 0) {
    const sources = await readSources(ctx);
    if (!sources.ok) return sources;
    if (!allKeys(sources.data).includes(input.key)) return unknownSetting(input.key, sources.data);
  }
  const versions = rows.data.map((row) => {
    const old = row.oldSecret === null ? null : { value: row.oldValue, secret: row.oldSecret, print: row.oldPrint };
    const now = row.newSecret === null ? null : { value: row.newValue, secret: row.newSecret, print: row.newPrint };
    const { id, at, actor, door, action, reason, changeSet } = row;
    const whose = row.user === undefined ? {} : { user: row.user };
    return { id, at, actor, source: door, action, ...versionsView(old, now), reason, changeSet, ...whose };
  });
  return ok({ key: input.key, versions });
};

/** "general.theme", or "general.theme and 2 more". */
const labelOf = (reader: Reader, changeSet: number): string => {
  const keys = reader.all(
    db
      .selectFrom('audit')
      .innerJoin('subject', 'subject.id', 'audit.subject')
      .select('subject.key')
      .where('audit.change_set', '=', changeSet)
      .where('audit.new_version', 'is not', null)
      .orderBy('audit.id')
      .compile(),
  );
  const first = keys[0]?.key ?? '';
  return keys.length > 1 ? `${first} and ${String(keys.length - 1)} more` : first;
};

const undoable: Handler<'settings.undoable'> = (ctx) =>
  ctx.read((reader) => {
    const told = (one: ReturnType<typeof undoCandidate>) =>
      one === undefined ? null : { changeSet: one.uid, label: labelOf(reader, one.id), actor: one.actor, at: one.at };
    return { undo: told(undoCandidate(reader)), redo: told(redoCandidate(reader)) };
  });

const apply = async (ctx: Context, input: Input<'settings.apply'>): Promise<Result<ChangeSetResult>> => {
  const definition = await ctx.definition();
  const changes = await ctx.read((reader) =>
    withGenerated({ definition, stored: storedSettings(reader) }, input.changes),
  );
  if (!changes.ok) return changes;
  if (!changes.data.ok) return changes.data;
  const given = { ...input, changes: changes.data.data };
  return withNotMirrored(ctx, await applySettings(ctx, given, { source: 'set', kind: 'edit' }));
};

export const settingsHandlers = {
  'settings.list': list,
  'settings.get': get,
  'settings.reveal': reveal,
  'settings.explain': explain,
  'settings.apply': apply,
  'settings.reset': async (ctx, input) => withNotMirrored(ctx, await resetSettings(ctx, input)),
  'settings.try': trySetting,
  'settings.undo': async (ctx, input) => withNotMirrored(ctx, await undoChangeSet(ctx, 'undo', input)),
  'settings.redo': async (ctx, input) => withNotMirrored(ctx, await undoChangeSet(ctx, 'redo', input)),
  'settings.search': searchSettingsList,
  'settings.draft': settingsDraft,
  'settings.save-draft': saveSettingsDraft,
  'settings.undoable': undoable,
  'settings.history': history,
  'settings.at': settingsAt,
  'settings.runtime': runtimeSettings,
  'settings.reload': reloadSettings,
  'settings.lock': lockSetting,
  'settings.unlock': unlockSetting,
} satisfies Partial<Handlers>;
