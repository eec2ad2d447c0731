/** Which record is open: the address names one by its id; a new one has no address. */
import { useCallback, useEffect, useState } from 'react';
import type { JsonValue } from '../../contract/json.ts';
import type { CollectionView } from '../../contract/records.ts';
import { useDoor } from '../client.ts';
import { toastError } from '../ui/toast.tsx';
import { replaceQuery, useRoute } from '../use-route.ts';
import type { Opened } from './record-dialog.tsx';

/** Opens a record by its id, or a new one with what it begins with. */
export const useOpened = (collection: CollectionView | undefined) => {
  const door = useDoor();
  const { query } = useRoute();
  const [opened, setOpened] = useState<(Opened & { at: number }) | null>(null);
  const id = query['id'] ?? '';
  const name = collection?.id;
  const load = useCallback(async (): Promise<void> => {
    if (name === undefined || id === '') return;
    const answer = await door.call('records.get', { collection: name, id });
    if (answer.ok)
      return setOpened((before) => ({ record: answer.data, data: answer.data.data, at: (before?.at ?? 0) + 1 }));
    toastError(answer.error);
    return replaceQuery({ id: '' });
  }, [door, name, id]);
  useEffect(() => {
    if (id === '') setOpened((before) => (before?.record === null ? before : null));
    else void load();
  }, [id, load]);
  return {
    opened,
    reload: load,
    begin: (data: JsonValue): void => {
      replaceQuery({ id: '' });
      setOpened((before) => ({ record: null, data, at: (before?.at ?? 0) + 1 }));
    },
    close: (): void => {
      setOpened(null);
      replaceQuery({ id: '' });
    },
  };
};
