/** The audit log in keyset pages, newest first. New entries are put on top while it shows; what is loaded stays. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AuditEntry } from '../../contract/audit.ts';
import type { Input } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';

export type AuditFilter = Pick<
  Input<'audit.list'>,
  'key' | 'actor' | 'action' | 'source' | 'type' | 'changeSet' | 'text' | 'since' | 'until'
>;

type Pages = { filter: string; entries: AuditEntry[]; next: number | null; error: HoldfastError | null };

export const pageSize = 200;

/** Puts a fresh first page on what is loaded; when it does not reach down to it, there is a gap and the page stands alone. */
export const mergeNewest = (fresh: Pages, loaded: Pages): Pages => {
  const top = loaded.entries[0]?.id;
  if (top === undefined || fresh.filter !== loaded.filter) return fresh;
  const overlaps = fresh.entries.some((entry) => entry.id <= top) || fresh.next === null;
  if (!overlaps) return fresh;
  return { ...loaded, entries: [...fresh.entries.filter((entry) => entry.id > top), ...loaded.entries], error: null };
};

/** `start`: only entries before this number; null for the newest. */
export const useAuditPages = (filter: AuditFilter, start: number | null = null) => {
  const door = useDoor();
  const key = JSON.stringify({ ...filter, ...(start === null ? {} : { after: start }) });
  const [pages, setPages] = useState<Pages>({ filter: '', entries: [], next: null, error: null });
  const [loadingMore, setLoadingMore] = useState(false);
  const current = useRef(key);

  const refresh = useCallback(async (): Promise<void> => {
    const answer = await door.call('audit.list', { ...(JSON.parse(key) as Input<'audit.list'>), limit: pageSize });
    if (current.current !== key) return;
    setPages((loaded) =>
      answer.ok
        ? mergeNewest({ filter: key, entries: answer.data.changes, next: answer.data.next, error: null }, loaded)
        : { filter: key, entries: loaded.filter === key ? loaded.entries : [], next: null, error: answer.error },
    );
  }, [door, key]);

  useEffect(() => {
    current.current = key;
    // Typing in the search asks once the hand rests.
    const timer = setTimeout(() => void refresh(), 120);
    const stop = door.on((event) =>
      event.type === 'changed' && event.topics.includes('audit') ? void refresh() : undefined,
    );
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [door, key, refresh]);

  const { next } = pages;
  const more = useCallback(async (): Promise<void> => {
    if (next === null || loadingMore) return;
    setLoadingMore(true);
    const answer = await door.call('audit.list', { ...(JSON.parse(key) as AuditFilter), limit: pageSize, after: next });
    setLoadingMore(false);
    if (current.current !== key) return;
    setPages((loaded) =>
      answer.ok
        ? { ...loaded, entries: [...loaded.entries, ...answer.data.changes], next: answer.data.next }
        : { ...loaded, error: answer.error },
    );
  }, [door, key, next, loadingMore]);

  // What was asked last is still on its way: a search of a long log takes its time.
  return { ...pages, loading: pages.filter === '', stale: pages.filter !== key, more, refresh };
};
