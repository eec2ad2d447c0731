/** The templates: name, when and of what, what is in each, and what can be done with it. */
import { FileDown, MoreHorizontal, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { Card } from '../ui/page.tsx';
import { When } from '../ui/time.tsx';
import css from './bundles.module.css';

const say = messages.bundles;
export type Template = Output<'template.list'>['templates'][number];

/** Prefixes are named up to here; more are counted. */
const named = 4;

const Holds = ({ bundle }: { bundle: NonNullable<Template['bundle']> }): ReactNode => (
  <>
    {say.holds(bundle.counts)}
    {bundle.only === null ? null : (
      <div className={css['only']}>
        {bundle.only.slice(0, named).join(', ')}
        {bundle.only.length > named ? ` ${messages.settings.bar.andMore(bundle.only.length - named)}` : ''}
      </div>
    )}
  </>
);

type Props = {
  templates: readonly Template[];
  onApply: (name: string) => void;
  onWrite: (name: string) => void;
  onRemove: (name: string) => void;
};

export const TemplateTable = ({ templates, onApply, onWrite, onRemove }: Props): ReactNode => (
  <Card flush>
    <table className={css['table']} aria-label={say.templates}>
      <thead>
        <tr>
          <th scope="col">{say.name}</th>
          <th scope="col">{say.made}</th>
          <th scope="col">{say.in}</th>
          <th scope="col">
            <span className="visually-hidden">{say.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {templates.map(({ name, bundle, problem }) => (
          <tr key={name}>
            <th scope="row">
              {name}
              {bundle?.title == null ? null : (
                <div className={css['about']} dir="auto">
                  {bundle.title}
                </div>
              )}
            </th>
            <td className={css['when']}>
              {bundle === null || Number.isNaN(Date.parse(bundle.made)) ? null : <When at={bundle.made} />}
              {bundle?.definition == null ? null : (
                <div className="small muted">{say.ofVersion(bundle.definition.title, bundle.definition.version)}</div>
              )}
            </td>
            <td>
              {bundle === null ? (
                <>
                  <Badge tone="bad">{say.broken}</Badge>
                  <div className={css['problem']}>{problem}</div>
                </>
              ) : (
                <Holds bundle={bundle} />
              )}
            </td>
            <td className={css['actions']}>
              {bundle === null ? null : (
                <Button small command="template.apply" aria-label={say.applyOf(name)} onClick={() => onApply(name)}>
                  {say.apply}
                </Button>
              )}
              <Menu
                align="end"
                trigger={<IconButton small label={say.actionsOf(name)} icon={MoreHorizontal} />}
                entries={[
                  {
                    id: 'write',
                    label: say.toFile,
                    icon: FileDown,
                    command: 'bundle.export',
                    disabled: bundle === null,
                    onSelect: () => onWrite(name),
                  },
                  {
                    id: 'remove',
                    label: say.remove,
                    icon: Trash2,
                    command: 'template.remove',
                    onSelect: () => onRemove(name),
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
