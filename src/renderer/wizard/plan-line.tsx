/** One line of the plan: from where, what it becomes, its value, what happens, and the owner's choice. */
import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PlanItem } from '../../contract/migration.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Badge, type Tone } from '../ui/badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { Select } from '../ui/select.tsx';
import { choiceKey, nameOfPlace, type Outcome, type PlanRow } from './plan-rows.ts';
import css from './plan-step.module.css';
import { useWizard, type Choice } from './wizard-store.ts';

const say = messages.wizard.plan;

const choose = (item: PlanItem, choice: Choice | null): void =>
  useWizard.setState(({ choices }) => {
    const { [choiceKey(item)]: _before, ...rest } = choices;
    return { choices: choice === null ? rest : { ...rest, [choiceKey(item)]: choice } };
  });

const tones: { [outcome in Outcome]?: Tone } = { create: 'ok', update: 'ok', conflict: 'warn', unreadable: 'bad' };

const nameOf = (item: PlanItem): string => item.target?.key ?? nameOfPlace(item.file, item.path);

/** What the owner may say about an item that is not in conflict. */
const choicesFor = (item: PlanItem): Choice[] => {
  const kind = item.target?.kind;
  if (kind === 'setting') return item.secret ? ['plain', 'skip'] : ['secret', 'skip'];
  if (kind === 'secret') return ['plain', 'skip'];
  return kind === undefined ? [] : ['skip'];
};

const entriesFor = (item: PlanItem, choice: Choice | undefined): MenuEntry[] =>
  [null, ...new Set([...choicesFor(item), ...(choice === undefined ? [] : [choice])])].map((one) => ({
    id: one ?? 'none',
    label: one === null ? say.choices.none : say.choices[one],
    checked: (choice ?? null) === one,
    onSelect: () => choose(item, one),
  }));

const Decision = ({ item, choice }: { item: PlanItem; choice: Choice | undefined }): ReactNode => (
  <Select<Choice>
    small
    label={say.choice(nameOf(item))}
    placeholder={say.choose}
    value={choice ?? null}
    options={(['file', 'store', 'skip'] as const).map((value) => ({ value, label: say.choices[value] }))}
    onChange={(next) => choose(item, next)}
  />
);

const Happens = ({ row, choice }: { row: PlanRow; choice: Choice | undefined }): ReactNode => {
  const { item, outcome } = row;
  const words = say.outcomes[outcome];
  const encrypted = item?.secret === true && (outcome === 'create' || outcome === 'update');
  const wasConflict = choice === 'file' || choice === 'store';
  if (item !== null && (outcome === 'conflict' || wasConflict)) return <Decision item={item} choice={choice} />;
  const menu = item === null || (item.target === null && choice === undefined) ? [] : entriesFor(item, choice);
  return (
    <>
      <Badge tone={tones[outcome] ?? 'neutral'}>{encrypted ? say.encrypted(words) : words}</Badge>
      {choice === undefined ? null : <span className="small muted">{say.chosen}</span>}
      {item === null || menu.length < 2 ? null : (
        <span className={css['menu']}>
          <Menu
            entries={menu}
            align="end"
            trigger={<IconButton small label={say.itemMenu(nameOf(item))} icon={Ellipsis} />}
          />
        </span>
      )}
    </>
  );
};

const Value = ({ row }: { row: PlanRow }): ReactNode => {
  const { item, source } = row;
  if (source !== null)
    return <span className="muted">{source.error?.message ?? source.notes?.join('; ') ?? say.belongsElsewhere}</span>;
  return (
    <>
      {item?.secret === true && item.target !== null ? (
        <span className="muted">{say.secretValue}</span>
      ) : item?.preview === undefined ? null : (
        <span className="mono">{formatValue(item.preview, 160)}</span>
      )}
      {item?.reason === undefined ? null : <span className={css['why']}>{item.reason}</span>}
    </>
  );
};

export const PlanLine = ({ row, choice }: { row: PlanRow; choice: Choice | undefined }): ReactNode => (
  <div role="row" className={css['line']} data-outcome={row.outcome}>
    <div role="cell" className="mono muted">
      {row.place}
    </div>
    <div role="cell" className="mono">
      {row.item === null ? null : row.item.target === null ? (
        <span className="muted">{nameOf(row.item)}</span>
      ) : (
        row.item.target.key
      )}
    </div>
    <div role="cell">
      <Value row={row} />
    </div>
    <div role="cell" className={css['happens']}>
      <Happens row={row} choice={choice} />
    </div>
  </div>
);

export const PlanHead = (): ReactNode => (
  <div role="rowgroup" className={css['head']}>
    <div role="row" className={css['line']}>
      <span role="columnheader">{say.from}</span>
      <span role="columnheader">{say.becomes}</span>
      <span role="columnheader">{say.value}</span>
      <span role="columnheader">{say.happens}</span>
    </div>
  </div>
);
