/** The records of a collection in keyset pages. After a change elsewhere as many are read again as were there. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Input } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import type { RecordView } from '../../contract/records.ts';
import { useDoor } from '../client.ts';

type ListInput = Input<'records.list'>;
type Pages = { key: string; records: RecordView[]; next: string | null; error: HoldfastError | null };

const pageSize = 200;
const most = 1000;

export const useRecordPages = (input: ListInput) => {
  const door = useDoor();
  const key = JSON.stringify(input);
  const [pages, setPages] = useState<Pages>({ key: '', records: [], next: null, error: null });
  const [busy, setBusy] = useState(false);
  const current = useRef(key);
  const shown = useRef(0);

  const refresh = useCallback(async (): Promise<void> => {
    const limit = Math.min(most, Math.max(pageSize, shown.current));
    const answer = await door.call('records.list', { ...(JSON.parse(key) as ListInput), limit });
    if (current.current !== key) return;
    setPages((before) =>
      answer.ok
        ? { key, ...answer.data, error: null }
        : { key, records: before.key === key ? before.records : [], next: null, error: answer.error },
    );
  }, [door, key]);

  useEffect(() => {
    shown.current = pages.key === key ? pages.records.length : 0;
  }, [pages, key]);

  useEffect(() => {
    current.current = key;
    // Typing in the search asks once the hand rests.
    const timer = setTimeout(() => void refresh(), 120);
    const stop = door.on((event) =>
      event.type === 'changed' && event.topics.includes('records') ? void refresh() : undefined,
    );
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [door, key, refresh]);

  const { next } = pages;
  const more = useCallback(async (): Promise<void> => {
    if (next === null || busy) return;
    setBusy(true);
    const answer = await door.call('records.list', {
      ...(JSON.parse(key) as ListInput),
      limit: pageSize,
      after: next,
    });
    setBusy(false);
    if (current.current !== key) return;
    setPages((before) =>
      answer.ok
        ? { ...before, records: [...before.records, ...answer.data.records], next: answer.data.next }
        : { ...before, error: answer.error },
    );
  }, [door, key, next, busy]);

  return { ...pages, loading: pages.key === '', more, refresh };
};
