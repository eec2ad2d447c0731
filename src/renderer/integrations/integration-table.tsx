/** The integrations as a table: name and type, switch, last test with its age, and what can be done with each. */
import { CopyPlus, MoreHorizontal, Pencil, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Integration, LastTest } from '../../contract/integrations.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { Card } from '../ui/page.tsx';
import { Switch } from '../ui/switch.tsx';
import { When } from '../ui/time.tsx';
import css from './integrations-page.module.css';

const say = messages.integrations;

const TestResult = ({ test }: { test: LastTest | null }): ReactNode => {
  if (test === null) return <span className="small muted">{say.neverTested}</span>;
  return (
    <span className={css['result']}>
      <Badge tone={test.outdated ? 'neutral' : test.ok ? 'ok' : 'bad'}>{test.ok ? say.testOk : say.testFailed}</Badge>
      <span className="small muted">
        <When at={test.at} />
        {test.outdated ? `, ${say.outdated}` : ''}
      </span>
      {test.ok ? null : <span className={css['why']}>{test.message}</span>}
    </span>
  );
};

type Props = {
  all: readonly Integration[];
  titleOf: (type: string) => string;
  onOpen: (one: Integration) => void;
  onTurn: (one: Integration, enabled: boolean) => void;
  onDuplicate: (one: Integration) => void;
  onRemove: (one: Integration) => void;
};

export const IntegrationTable = ({ all, titleOf, onOpen, onTurn, onDuplicate, onRemove }: Props): ReactNode => (
  <Card flush>
    <table className={css['table']} aria-label={say.title}>
      <thead>
        <tr>
          <th scope="col">{say.name}</th>
          <th scope="col">{say.lastTest}</th>
          <th scope="col">{say.switchColumn}</th>
          <th scope="col">
            <span className="visually-hidden">{say.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {all.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              <Button variant="link" onClick={() => onOpen(one)}>
                {one.name}
              </Button>
              <span className={css['type']}>
                {titleOf(one.type) === one.name ? null : `${titleOf(one.type)} `}
                <span className="mono">{one.id}</span>
              </span>
            </th>
            <td>
              <TestResult test={one.lastTest} />
            </td>
            <td>
              <Switch
                label={say.switchOf(one.name)}
                command="integration.apply"
                checked={one.enabled}
                onChange={(enabled) => onTurn(one, enabled)}
              />
            </td>
            <td>
              <Menu
                align="end"
                trigger={<IconButton label={say.actionsOf(one.name)} icon={MoreHorizontal} />}
                entries={[
                  { id: 'edit', label: say.edit, icon: Pencil, onSelect: () => onOpen(one) },
                  {
                    id: 'copy',
                    label: say.duplicate,
                    icon: CopyPlus,
                    command: 'integration.duplicate',
                    onSelect: () => onDuplicate(one),
                  },
                  {
                    id: 'remove',
                    label: say.remove,
                    icon: Trash2,
                    command: 'integration.remove',
                    onSelect: () => onRemove(one),
                  },
                ]}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Card>
);
