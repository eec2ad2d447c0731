/** What the log's own state gives a person to know: that it was cut or replaced between two sessions. */
import type { Notice } from '../../contract/home.ts';
import type { Context } from '../context.ts';
import type { Store } from '../store/types.ts';
import { findCut } from './anchors.ts';
import { toldIn } from './outside/watch.ts';
import { newestTampering } from './queries.ts';

const shownMs = 30 * 86_400_000;

const problemIn = (detail: string | null): string => {
  const parsed: unknown = detail === null ? null : JSON.parse(detail);
  const problem = typeof parsed === 'object' && parsed !== null && 'problem' in parsed ? parsed.problem : null;
  return typeof problem === 'string' ? problem : 'the audit log was changed outside Holdfast';
};

const notice = (problem: string, at?: string): Notice => ({
  id: 'audit-cut',
  severity: 'error',
  message: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}; compare it with a backup: holdfast audit verify --anchor FILE`,
  page: 'audit',
  ...(at === undefined ? {} : { at }),
});

/** Until somebody settles it, whoever looks. */
const outsideNotices = async (store: Store): Promise<Notice[]> => {
  const told = await store.read(toldIn);
  if (told === null || told.number === 0) return [];
  const { number, at } = told;
  const message =
    number === 1
      ? 'One value of the store was changed outside Holdfast; accept it or take it back: holdfast audit outside'
      : `${String(number)} values of the store were changed outside Holdfast; accept them or take them back: holdfast audit outside`;
  return [{ id: 'outside-change', severity: 'error', message, page: 'audit', at }];
};

export const logNotices = async (ctx: Context, store: Store): Promise<Notice[]> => [
  ...(await outsideNotices(store)),
  ...(await cutNotices(ctx, store)),
];

const cutNotices = async (ctx: Context, store: Store): Promise<Notice[]> => {
  const cut = await findCut(ctx.configDir, store.info().storeId, store.read);
  if (cut !== null) return [notice(cut.problem)];
  const found = await store.read(newestTampering);
  if (found === null || Date.parse(ctx.clock.now()) - Date.parse(found.at) > shownMs) return [];
  return [notice(problemIn(found.detail), found.at)];
};
