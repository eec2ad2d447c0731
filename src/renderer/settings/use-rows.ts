/** What the settings page knows of its rows: which are picked, and which one is to be brought into sight. */
import { useCallback, useEffect, useState } from 'react';
import { replaceQuery, useRoute } from '../use-route.ts';
import type { Row } from './rows.ts';
import { fieldId } from './setting-row.tsx';

/** Rows picked for doing the same to all of them. */
export const useSelection = (rows: readonly Row[]) => {
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  const onSelect = useCallback((key: string, on: boolean): void => {
    setSelected((before) => {
      const next = new Set(before);
      if (on) next.add(key);
      else next.delete(key);
      return next;
    });
  }, []);
  return {
    selected: selected ?? new Set<string>(),
    selecting: selected !== null,
    onSelect,
    begin: () => setSelected(new Set()),
    end: () => setSelected(null),
    selectAll: () => setSelected(new Set(rows.flatMap((row) => (row.kind === 'setting' ? [row.setting.key] : [])))),
  };
};

/** Brings a setting's field into sight and focuses it, clearing the search when it hides the row. */
export const useFocusSetting = (
  rows: readonly Row[],
): { reveal: number | null; focusSetting: (key: string) => void } => {
  const { query } = useRoute();
  const linked = query['key'] ?? '';
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    if (linked === '') return;
    // A link to one setting: the address goes on without it, so that a reload does not jump.
    replaceQuery({ key: '' });
    setWanted(linked);
  }, [linked]);
  const index = wanted === null ? -1 : rows.findIndex((row) => row.kind === 'setting' && row.setting.key === wanted);
  useEffect(() => {
    if (wanted === null) return;
    if (index === -1) {
      replaceQuery({ q: '', category: '' });
      return;
    }
    const timer = setTimeout(() => {
      const field = document.getElementById(fieldId(wanted));
      field?.scrollIntoView({ block: 'center' });
      field?.focus();
      setWanted(null);
    }, 50);
    return () => clearTimeout(timer);
  }, [wanted, index]);
  return { reveal: index === -1 ? null : index, focusSetting: setWanted };
};
