/** Change sets as moments, newest first, in keyset pages: searched by words, or up to a time. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Input } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import type { Moment } from './time-slider.tsx';

type Search = Pick<Input<'versions.list'>, 'text' | 'until'>;
type Pages = { search: string; moments: readonly Moment[]; next: number | null; error: HoldfastError | null };

const pageSize = 50;
/** A search answers after so many change sets, found or not; it goes on by itself until a page is full. */
const goesOn = 25;

export const useMoments = (search: Search) => {
  const door = useDoor();
  const key = JSON.stringify(search);
  const [pages, setPages] = useState<Pages>({ search: '', moments: [], next: null, error: null });
  const [busy, setBusy] = useState(true);
  const current = useRef(key);

  const read = useCallback(
    async (from: number | null): Promise<void> => {
      setBusy(true);
      let next = from;
      for (let page = 0, found = 0; page < goesOn && found < pageSize; page += 1) {
        const asked = { ...(JSON.parse(key) as Search), limit: pageSize, ...(next === null ? {} : { after: next }) };
        const answer = await door.call('versions.list', asked);
        if (current.current !== key) return;
        if (!answer.ok) {
          setPages((before) => ({ ...before, search: key, error: answer.error }));
          break;
        }
        const { versions } = answer.data;
        const fresh = from === null && page === 0;
        ({ next } = answer.data);
        const then = next;
        found += versions.length;
        setPages((before) => ({
          search: key,
          moments: fresh ? versions : [...before.moments, ...versions],
          next: then,
          error: null,
        }));
        if (next === null) break;
      }
      setBusy(false);
    },
    [door, key],
  );
  useEffect(() => {
    current.current = key;
    void read(null);
  }, [key, read]);
  return { ...pages, busy: busy || pages.search !== key, more: () => void read(pages.next) };
};
