/** Where the application's own files stand: mirrored or not, what was changed in them outside, and what went where. */
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { Page } from '../ui/page.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { replaceQuery, useRoute } from '../use-route.ts';
import { FilesSection } from './files-section.tsx';
import { LedgerSection } from './ledger-section.tsx';
import { QuarantineSection } from './quarantine-section.tsx';
import { RunsSection } from './runs-section.tsx';

const say = messages.migration;
const commands: Record<string, string> = {
  files: 'holdfast mirror list',
  runs: 'holdfast migrate proof',
  ledger: 'holdfast migrate ledger',
  quarantine: 'holdfast migrate quarantine',
};

export const MigrationPage = (): ReactNode => {
  const { query } = useRoute();
  const asked = query['tab'] ?? 'files';
  const tab = Object.hasOwn(commands, asked) ? asked : 'files';
  return (
    <Page title={say.title} subtitle={say.subtitle} wide command={commands[tab] ?? 'holdfast mirror list'}>
      <Tabs
        label={say.title}
        current={tab}
        onChange={(id) => replaceQuery({ tab: id, file: undefined, key: undefined })}
        tabs={[
          { id: 'files', label: say.files, panel: <FilesSection /> },
          { id: 'runs', label: say.after.tab, panel: <RunsSection /> },
          { id: 'ledger', label: say.ledger, panel: <LedgerSection /> },
          { id: 'quarantine', label: say.quarantine, panel: <QuarantineSection /> },
        ]}
      />
    </Page>
  );
};
