/** The pages, once: navigation, address and title come from this list. A page is one line here and one folder. */
import {
  Archive,
  ChartLine,
  FolderSync,
  History,
  House,
  KeyRound,
  Library,
  Package,
  Plug,
  ScrollText,
  SlidersHorizontal,
  Stethoscope,
  UsersRound,
  type LucideIcon,
} from 'lucide-react';
import type { ComponentType } from 'react';
import type { Status } from '../../contract/home.ts';
import { AuditPage } from '../audit/audit-page.tsx';
import { BackupsPage } from '../backups/backups-page.tsx';
import { BundlesPage } from '../bundles/bundles-page.tsx';
import { DoctorPage } from '../doctor/doctor-page.tsx';
import { IntegrationsPage } from '../integrations/integrations-page.tsx';
import { messages } from '../messages.en.ts';
import { MetricsPage } from '../metrics/metrics-page.tsx';
import { MigrationPage } from '../migration/migration-page.tsx';
import { OverviewPage } from '../overview/overview-page.tsx';
import { RecordsPage } from '../records/records-page.tsx';
import { SecretsPage } from '../secrets/secrets-page.tsx';
import { SettingsPage } from '../settings/settings-page.tsx';
import { UsersPage } from '../users/users-page.tsx';
import { VersionsPage } from '../versions/versions-page.tsx';

export type PageEntry = {
  id: string;
  label: string;
  icon: LucideIcon;
  screen: ComponentType;
  group: 1 | 2 | 3;
  count?: (status: Status) => number;
  /** True for what makes sense before Holdfast has a store in this home. */
  withoutStore: boolean;
};

export const pages: readonly PageEntry[] = [
  { id: 'overview', label: messages.frame.overview, icon: House, screen: OverviewPage, group: 1, withoutStore: true },
  {
    id: 'settings',
    label: messages.frame.settings,
    icon: SlidersHorizontal,
    screen: SettingsPage,
    group: 1,
    count: (s) => s.counts.settings,
    withoutStore: false,
  },
  {
    id: 'secrets',
    label: messages.frame.secrets,
    icon: KeyRound,
    screen: SecretsPage,
    group: 1,
    count: (s) => s.counts.secrets,
    withoutStore: false,
  },
  {
    id: 'integrations',
    label: messages.frame.integrations,
    icon: Plug,
    screen: IntegrationsPage,
    group: 1,
    count: (s) => s.counts.integrations,
    withoutStore: false,
  },
  {
    id: 'records',
    label: messages.frame.records,
    icon: Library,
    screen: RecordsPage,
    group: 1,
    count: (s) => s.counts.records,
    withoutStore: false,
  },
  {
    id: 'metrics',
    label: messages.frame.metrics,
    icon: ChartLine,
    screen: MetricsPage,
    group: 1,
    withoutStore: false,
  },
  { id: 'users', label: messages.frame.users, icon: UsersRound, screen: UsersPage, group: 1, withoutStore: false },
  {
    id: 'audit',
    label: messages.frame.audit,
    icon: ScrollText,
    screen: AuditPage,
    group: 2,
    withoutStore: false,
  },
  {
    id: 'versions',
    label: messages.frame.versions,
    icon: History,
    screen: VersionsPage,
    group: 2,
    withoutStore: false,
  },
  {
    id: 'backups',
    label: messages.frame.backups,
    icon: Archive,
    screen: BackupsPage,
    group: 2,
    count: (s) => s.counts.backups,
    withoutStore: false,
  },
  { id: 'bundles', label: messages.frame.bundles, icon: Package, screen: BundlesPage, group: 2, withoutStore: false },
  {
    id: 'migration',
    label: messages.frame.migration,
    icon: FolderSync,
    screen: MigrationPage,
    group: 2,
    withoutStore: false,
  },
  { id: 'doctor', label: messages.frame.doctor, icon: Stethoscope, screen: DoctorPage, group: 3, withoutStore: true },
];

export const pageById = (id: string): PageEntry | null => pages.find((page) => page.id === id) ?? null;
