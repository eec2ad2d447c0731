/** Keys edited since search or category changed: their rows stay where they are. */
import { useEffect, useRef, useState } from 'react';

const none: ReadonlySet<string> = new Set();

export const useKept = (staged: { readonly [key: string]: unknown }, view: string): ReadonlySet<string> => {
  const [kept, setKept] = useState({ view, keys: none });
  const before = useRef(staged);
  useEffect(() => {
    const edited = Object.keys(staged).filter((key) => !Object.hasOwn(before.current, key));
    before.current = staged;
    if (edited.length === 0) return;
    setKept((was) => ({ view, keys: new Set([...(was.view === view ? was.keys : none), ...edited]) }));
  }, [staged, view]);
  return kept.view === view ? kept.keys : none;
};
