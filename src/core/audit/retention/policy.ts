/** How much of the past a home keeps: Holdfast's own setting of it, versioned and in the log like any value. */
import { Check } from 'typebox/value';
import { CompiledQuery } from 'kysely';
import { HistoryLimits } from '../../../contract/audit.ts';
import type { Output } from '../../../contract/commands.ts';
import { ok } from '../../../contract/result.ts';
import type { Subject } from '../../changes/write.ts';
import type { Handler } from '../../context.ts';
import { storedSettings } from '../../settings/queries.ts';
import type { Reader } from '../../store/types.ts';
import { newestAbout, newestRetention } from './queries.ts';

const subject: Subject = { kind: 'policy', key: 'history' };

export const keepAll: HistoryLimits = { keepVersions: null, keepDays: null };

/** Null where nobody chose, and for what another Holdfast wrote in a form that this one does not know. */
const chosenLimits = (reader: Reader): HistoryLimits | null => {
  const text = storedSettings(reader, 'policy').get(subject.key)?.value ?? null;
  const value: unknown = text === null ? null : JSON.parse(text);
  return Check(HistoryLimits, value) ? value : null;
};

export const readLimits = (reader: Reader): HistoryLimits => chosenLimits(reader) ?? keepAll;

export const isLimited = ({ keepVersions, keepDays }: HistoryLimits): boolean =>
  keepVersions !== null || keepDays !== null;

const byWhom = (reader: Reader, entry: number): { at: string; actor: string } =>
  reader.first<{ at: string; actor: string }>(
    CompiledQuery.raw(
      `SELECT change_set.at, term.text AS actor FROM audit JOIN change_set ON change_set.id = audit.change_set
       JOIN term ON term.id = change_set.actor WHERE audit.id = ?`,
      [entry],
    ),
  ) ?? { at: '', actor: '' };

/** Where the last removal is far from now the clock may have jumped: then a person has to remove once more. */
const farMs = 40 * 86_400_000;

const answerOf = (reader: Reader, now: string): Output<'audit.retention'> => {
  const about = newestAbout(reader);
  const chosen = chosenLimits(reader);
  const last =
    about === null
      ? null
      : { entries: about.entries, since: about.since, until: about.until, ...byWhom(reader, newestRetention(reader)) };
  const daily =
    chosen !== null &&
    last !== null &&
    Math.abs(Date.parse(now) - Date.parse(last.at)) <= farMs &&
    isLimited(chosen) &&
    about?.limits.keepVersions === chosen.keepVersions &&
    about.limits.keepDays === chosen.keepDays;
  return { limits: chosen ?? keepAll, chosen: chosen !== null, daily, last, blurred: about?.blurred ?? null };
};

export const getRetention: Handler<'audit.retention'> = (ctx) =>
  ctx.read((reader) => answerOf(reader, ctx.clock.now()));

export const setRetention: Handler<'audit.set-retention'> = async (ctx, input) => {
  const written = await ctx.commit({ kind: 'edit', reason: input.reason ?? null }, (changes) => {
    changes.put({ subject, value: input.limits, secret: false, source: 'set' });
    return ok(undefined);
  });
  if (!written.ok) return written;
  ctx.changed('audit');
  return ctx.read((reader) => answerOf(reader, ctx.clock.now()));
};
