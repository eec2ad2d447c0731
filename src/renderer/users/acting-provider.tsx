/** Reads the profiles once for the frame and the pages, and again on every change of them. */
import { useCallback, useMemo, type ReactNode } from 'react';
import type { Permission } from '../../contract/command.ts';
import { RefuseProvider } from '../may.ts';
import { isNotSetUp, useStatus } from '../status.ts';
import { useQuery } from '../use-query.ts';
import { actingOf, ActingContextProvider, refusalOf } from './acting.ts';

export const ActingProvider = ({ children }: { children: ReactNode }): ReactNode => {
  const { status } = useStatus();
  const { data } = useQuery('user.list', {}, ['users', 'home'], { skip: isNotSetUp(status) });
  const acting = useMemo(() => actingOf(data?.users ?? [], data?.acting ?? '', data?.gone), [data]);
  const refuse = useCallback((needs: Permission) => refusalOf(acting, needs), [acting]);
  return (
    <ActingContextProvider value={acting}>
      <RefuseProvider value={refuse}>{children}</RefuseProvider>
    </ActingContextProvider>
  );
};
