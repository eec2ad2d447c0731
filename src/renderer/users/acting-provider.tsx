/** Reads the profiles once for the frame and the pages, and again on every change of them. */
import { useMemo, type ReactNode } from 'react';
import { isNotSetUp, useStatus } from '../status.ts';
import { useQuery } from '../use-query.ts';
import { actingOf, ActingContextProvider } from './acting.ts';

export const ActingProvider = ({ children }: { children: ReactNode }): ReactNode => {
  const { status } = useStatus();
  const { data } = useQuery('user.list', {}, ['users', 'home'], { skip: isNotSetUp(status) });
  const acting = useMemo(() => actingOf(data?.users ?? [], data?.acting ?? ''), [data]);
  return <ActingContextProvider value={acting}>{children}</ActingContextProvider>;
};
