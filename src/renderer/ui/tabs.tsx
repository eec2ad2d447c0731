/** Parts of one page, one at a time; arrow keys go along the tabs. Which one shows is the caller's word. */
import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import css from './tabs.module.css';

type Tab = { id: string; label: string; panel: ReactNode };
type Props = { label: string; tabs: readonly Tab[]; current: string; onChange: (id: string) => void };

export const Tabs = ({ label, tabs, current, onChange }: Props): ReactNode => (
  <Base.Root value={current} onValueChange={(id: unknown) => onChange(String(id))}>
    <Base.List className={css['list']} aria-label={label}>
      {tabs.map((tab) => (
        <Base.Tab key={tab.id} value={tab.id} className={css['tab']}>
          {tab.label}
        </Base.Tab>
      ))}
    </Base.List>
    {tabs.map((tab) => (
      <Base.Panel key={tab.id} value={tab.id} className={css['panel']}>
        {tab.id === current ? tab.panel : null}
      </Base.Panel>
    ))}
  </Base.Root>
);
