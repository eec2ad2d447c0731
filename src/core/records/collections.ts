/** The collections of a home: those that its definition declares and those that have records. */
import type { CollectionView } from '../../contract/records.ts';
import { titleOf } from '../definitions/catalog.ts';
import type { Definition } from '../definitions/types.ts';
import type { Reader } from '../store/types.ts';
import { expiringRecords, isPast, recordCount, storedCollections } from './queries.ts';

export type CollectionFacts = Omit<CollectionView, 'count' | 'expired'>;

/** What is known about a collection; one that nobody declared takes any document. */
export const collectionFacts = (definition: Definition | null, id: string): CollectionFacts => {
  const collections = definition?.collections ?? {};
  const declared = Object.hasOwn(collections, id) ? collections[id] : undefined;
  return {
    id,
    title: declared?.title ?? titleOf(id),
    description: declared?.description ?? '',
    schema: declared?.schema ?? {},
    columns: declared?.columns ?? [],
    expiresAfterDays: declared?.expiresAfterDays ?? null,
    declared: declared !== undefined,
  };
};

/** Declared ones first and in their order; of the others only those with records. */
export const listCollections = (reader: Reader, definition: Definition | null, now: string): CollectionView[] => {
  const declared = Object.keys(definition?.collections ?? {});
  const others = storedCollections(reader).filter((id) => !declared.includes(id));
  return [...declared, ...others]
    .map((id) => {
      const all = recordCount(reader, id);
      const expired =
        all === 0 ? 0 : expiringRecords(reader, id).filter((record) => isPast(record.expiresAt, now)).length;
      return { ...collectionFacts(definition, id), count: all - expired, expired };
    })
    .filter((one) => one.declared || one.count + one.expired > 0);
};
