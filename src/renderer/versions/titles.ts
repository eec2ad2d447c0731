/** What people call a setting, by its key. */
import { useMemo } from 'react';
import { useQuery } from '../use-query.ts';

export const useTitles = (): ReadonlyMap<string, string> => {
  const list = useQuery('settings.list', {}, ['settings']);
  return useMemo(() => new Map((list.data?.settings ?? []).map((one) => [one.key, one.title])), [list.data]);
};
