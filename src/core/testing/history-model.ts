/**
 * For tests only: what a home's settings should be, in the fewest lines that say it: a map of values, a list of change
 * sets, and what the file held at its last import. It knows nothing of the store.
 */
import type { JsonValue } from '../../contract/json.ts';

/** A key's new value; undefined removes it. */
export type Changes = Map<string, JsonValue | undefined>;

type ChangeSet = {
  kind: 'edit' | 'undo' | 'redo' | 'import';
  /** What it takes back. */
  of: ChangeSet | null;
  takenBack: boolean;
  /** Per key: the value before it and after it. */
  writes: Map<string, { before: JsonValue | undefined; after: JsonValue | undefined }>;
};

export type HistoryModel = {
  values: () => ReadonlyMap<string, JsonValue>;
  edit: (changes: Changes) => void;
  undo: () => 'ok' | 'NotFound' | 'Stale';
  redo: () => 'ok' | 'NotFound' | 'Stale';
  importFile: (file: ReadonlyMap<string, JsonValue>) => void;
};

export const createHistoryModel = (): HistoryModel => {
  const values = new Map<string, JsonValue>();
  const changeSets: ChangeSet[] = [];
  let imported = new Map<string, JsonValue>();

  const commit = (kind: ChangeSet['kind'], changes: Changes, of: ChangeSet | null = null): void => {
    const set: ChangeSet = { kind, of, takenBack: false, writes: new Map() };
    for (const [key, value] of changes) {
      const before = values.get(key);
      if (JSON.stringify(before) === JSON.stringify(value)) continue;
      set.writes.set(key, { before, after: value });
      if (value === undefined) values.delete(key);
      else values.set(key, value);
    }
    if (of !== null) of.takenBack = true;
    // An edit that changes nothing leaves no trace; the others do.
    if (set.writes.size > 0 || kind !== 'edit') changeSets.push(set);
  };

  const takeBack = (kind: 'undo' | 'redo', set: ChangeSet | undefined): 'ok' | 'NotFound' | 'Stale' => {
    if (set === undefined) return 'NotFound';
    for (const [key, { after }] of set.writes)
      if (JSON.stringify(values.get(key)) !== JSON.stringify(after)) return 'Stale';
    commit(kind, new Map([...set.writes].map(([key, { before }]) => [key, before])), set);
    return 'ok';
  };

  return {
    values: () => values,
    edit: (changes) => {
      commit('edit', changes);
    },
    undo: () =>
      takeBack(
        'undo',
        changeSets.findLast((set) => (set.kind === 'edit' || set.kind === 'redo') && !set.takenBack),
      ),
    redo: () => {
      const fresh = changeSets.findLastIndex((set) => set.kind === 'edit' || set.kind === 'import');
      return takeBack(
        'redo',
        changeSets.slice(fresh + 1).findLast((set) => set.kind === 'undo' && !set.takenBack),
      );
    },
    importFile: (file) => {
      const changed = [...file].filter(
        ([key, value]) => !imported.has(key) || JSON.stringify(imported.get(key)) !== JSON.stringify(value),
      );
      commit('import', new Map(changed));
      imported = new Map(file);
    },
  };
};
