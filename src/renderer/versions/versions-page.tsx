/** Versions: the home at any moment, any two of them side by side, the ones with a name, and what was removed. */
import type { ReactNode } from 'react';
import { shellQuote } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Page } from '../ui/page.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { replaceQuery, useRoute } from '../use-route.ts';
import { CompareTab } from './compare-tab.tsx';
import { NamedTab } from './named-tab.tsx';
import { RemovedTab } from './removed-tab.tsx';
import { TimeTab } from './time-tab.tsx';

const say = messages.versions;

const tabs = [
  { id: 'time', label: say.tabs.time, panel: <TimeTab />, command: 'holdfast config version list' },
  { id: 'compare', label: say.tabs.compare, panel: <CompareTab />, command: null },
  { id: 'names', label: say.tabs.names, panel: <NamedTab />, command: 'holdfast config version list' },
  { id: 'removed', label: say.tabs.removed, panel: <RemovedTab />, command: 'holdfast config undelete KEY' },
] as const;

export const VersionsPage = (): ReactNode => {
  const { query } = useRoute();
  const current = tabs.find((tab) => tab.id === query['tab']) ?? tabs[0];
  return (
    <Page
      wide
      title={say.title}
      subtitle={say.subtitle}
      command={
        current.command ??
        `holdfast config diff ${shellQuote(query['a'] ?? 'files')} ${shellQuote(query['b'] ?? 'now')}`
      }
    >
      <Tabs
        label={say.tabsLabel}
        tabs={tabs}
        current={current.id}
        onChange={(id) => replaceQuery({ tab: id === 'time' ? '' : id })}
      />
    </Page>
  );
};
