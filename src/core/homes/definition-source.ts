/** Which definitions can be used here, and the one that this home was migrated with. */
import type { Result } from '../../contract/result.ts';
import { definitionsSignature, loadDefinitions, type DefinitionDirs } from '../definitions/load.ts';
import type { Definition } from '../definitions/types.ts';
import type { Store } from '../store/types.ts';
import { metaValue } from './queries.ts';

export type DefinitionSource = {
  all: () => Promise<Result<Definition[]>>;
  /** Null before a migration, or when its definition is gone. */
  present: (store: () => Promise<Result<Store>>) => Promise<Definition | null>;
};

/** Read again only when a file changed: a home asks for its definition with every command. */
export const createDefinitionSource = (dirs: DefinitionDirs): DefinitionSource => {
  let loaded: { signature: string; definitions: Promise<Result<Definition[]>> } | null = null;
  const all = async (): Promise<Result<Definition[]>> => {
    const signature = await definitionsSignature(dirs);
    if (loaded?.signature !== signature) loaded = { signature, definitions: loadDefinitions(dirs) };
    return loaded.definitions;
  };
  return {
    all,
    present: async (store) => {
      const opened = await store();
      if (!opened.ok) return null;
      const id = await opened.data.read((reader) => metaValue(reader, 'definition'));
      const definitions = await all();
      return definitions.ok ? (definitions.data.find((definition) => definition.id === id) ?? null) : null;
    },
  };
};
