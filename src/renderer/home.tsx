/** One home: decides by its state and the address what shows, and gives its status to everything below. */
import { useEffect, type ReactNode } from 'react';
import type { HomeCandidate } from '../contract/home.ts';
import { Frame } from './frame/frame.tsx';
import { MenuActions } from './frame/menu-actions.tsx';
import { NotFoundPage } from './frame/not-found-page.tsx';
import { pageById } from './frame/pages.ts';
import { ChooserScreen } from './homes/chooser-screen.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { RecoveryDialog } from './recovery/recovery-dialog.tsx';
import { RecoveryScreen } from './recovery/recovery-screen.tsx';
import { UpgradeScreen } from './recovery/upgrade-screen.tsx';
import { everyTopic, genericDefinition, homeTitle, isNotSetUp, StatusProvider } from './status.ts';
import { Loading } from './ui/states.tsx';
import { useQuery } from './use-query.ts';
import { replaceRoute, useRoute } from './use-route.ts';
import { WizardScreen } from './wizard/wizard-screen.tsx';

/** `current` is the open home's id. */
type Props = { current: string; homes: readonly HomeCandidate[] };

export const Home = ({ current, homes }: Props): ReactNode => {
  const query = useQuery('home.status', {}, everyTopic);
  const route = useRoute();
  const notSetUp = query.data !== null && isNotSetUp(query.data);
  useEffect(() => {
    // The start page of a home that Holdfast does not know yet is the wizard; the address says so.
    if (query.data !== null && route.page === '') replaceRoute(notSetUp ? 'setup' : 'overview');
  }, [query.data, route.page, notSetUp]);

  if (route.page === 'homes') return <ChooserScreen homes={homes} current={current} />;
  if (query.error !== null && query.data === null)
    return (
      <RecoveryScreen
        error={query.error}
        path={homes.find((home) => home.id === current)?.path ?? ''}
        onRetry={() => void query.reload()}
      />
    );
  if (query.data?.state === 'UPGRADE_NEEDED')
    return <UpgradeScreen path={query.data.home} onUpgraded={() => void query.reload()} />;
  if (query.data === null || route.page === '') return <Loading />;

  const known = homes.find((home) => home.id === current)?.title ?? null;
  const title = homeTitle(
    query.data.home,
    query.data.definition === genericDefinition ? null : (query.data.definitionTitle ?? known),
  );
  const page = pageById(route.page);
  const usable = page !== null && (!notSetUp || page.withoutStore);
  const Screen = usable ? page.screen : route.page === 'overview' || page !== null ? OverviewPage : NotFoundPage;
  return (
    <StatusProvider value={{ status: query.data, title, reload: query.reload }}>
      <MenuActions />
      <RecoveryDialog />
      {route.page === 'setup' ? (
        <WizardScreen />
      ) : (
        <Frame homes={homes} page={route.page}>
          <Screen key={route.page} />
        </Frame>
      )}
    </StatusProvider>
  );
};
