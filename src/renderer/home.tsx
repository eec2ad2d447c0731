/** One home: decides by its state and the address what shows, and gives its status to everything below. */
import { useEffect, type ReactNode } from 'react';
import type { HomeCandidate } from '../contract/home.ts';
import { BackupDialogs } from './backups/backup-dialogs.tsx';
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
import { replaceRoute, usePage } from './use-route.ts';
import { ActingProvider } from './users/acting-provider.tsx';
import { WizardScreen } from './wizard/wizard-screen.tsx';

/** `current` is the open home's id. */
type Props = { current: string; homes: readonly HomeCandidate[] };

export const Home = ({ current, homes }: Props): ReactNode => {
  const query = useQuery('home.status', {}, everyTopic);
  const address = usePage();
  const notSetUp = query.data !== null && isNotSetUp(query.data);
  useEffect(() => {
    // The start page of a home that Holdfast does not know yet is the wizard; the address says so.
    if (query.data !== null && address === '') replaceRoute(notSetUp ? 'setup' : 'overview');
  }, [query.data, address, notSetUp]);

  if (address === 'homes') return <ChooserScreen homes={homes} current={current} />;
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
  if (query.data === null || address === '') return <Loading />;

  const known = homes.find((home) => home.id === current)?.title ?? null;
  const title = homeTitle(
    query.data.home,
    query.data.definition === genericDefinition ? null : (query.data.definitionTitle ?? known),
  );
  const page = pageById(address);
  const usable = page !== null && (!notSetUp || page.withoutStore);
  const Screen = usable ? page.screen : address === 'overview' || page !== null ? OverviewPage : NotFoundPage;
  return (
    <StatusProvider value={{ status: query.data, title, reload: query.reload }}>
      <ActingProvider>
        <MenuActions />
        <RecoveryDialog />
        <BackupDialogs />
        {address === 'setup' ? (
          <WizardScreen />
        ) : (
          <Frame homes={homes} page={address}>
            <Screen key={address} />
          </Frame>
        )}
      </ActingProvider>
    </StatusProvider>
  );
};
