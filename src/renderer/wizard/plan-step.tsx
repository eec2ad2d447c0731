/** Page 2: the dry run as a table. What needs the owner stands first; each item can be decided. */
import { useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Input } from '../../contract/commands.ts';
import { useDoor, type Door } from '../client.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { CommandLine } from '../ui/copy.tsx';
import { SearchInput } from '../ui/field.tsx';
import { ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { ScrollerContext, VirtualRows } from '../ui/virtual-rows.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { useQuery } from '../use-query.ts';
import { PlanHead, PlanLine } from './plan-line.tsx';
import { choiceKey, fitsFilter, movedKinds, planRows, planTotals, type PlanFilter, type PlanRow } from './plan-rows.ts';
import css from './plan-step.module.css';
import { Step } from './step.tsx';
import { useWizard } from './wizard-store.ts';

const say = messages.wizard.plan;

const order: readonly PlanFilter[] = [
  'create',
  'update',
  'conflict',
  'unreadable',
  'quarantine',
  'skip',
  'unchanged',
  'left-alone',
  'secret',
];
const tones: { [filter in PlanFilter]?: string } = { create: 'ok', update: 'ok', conflict: 'warn', unreadable: 'bad' };

export const usePlan = () => {
  const { definition, choices } = useWizard();
  return useQuery(
    'migration.plan',
    { ...(definition === null ? {} : { definition }), ...(Object.keys(choices).length === 0 ? {} : { choices }) },
    ['migration', 'home'],
  );
};

const Totals = ({
  rows,
  only,
  onOnly,
}: {
  rows: readonly PlanRow[];
  only: PlanFilter | null;
  onOnly: (next: PlanFilter | null) => void;
}): ReactNode => {
  const totals = planTotals(rows);
  return (
    <div className={css['totals']} role="group" aria-label={say.show}>
      {order
        .filter((filter) => totals[filter] > 0)
        .map((filter) => (
          <button
            key={filter}
            type="button"
            className={css['total']}
            data-tone={tones[filter]}
            aria-pressed={only === filter}
            onClick={() => onOnly(only === filter ? null : filter)}
          >
            {say.totals[filter](totals[filter])}
          </button>
        ))}
    </div>
  );
};

const Warnings = ({ warnings }: { warnings: readonly string[] }): ReactNode =>
  warnings.length === 0 ? null : (
    <NoticeLine tone="warn">
      {warnings.length === 1 ? (
        warnings[0]
      ) : (
        <details>
          <summary>{say.warnings(warnings.length)}</summary>
          <ul className={css['warnings']}>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </NoticeLine>
  );

const Table = ({ rows, all }: { rows: readonly PlanRow[]; all: number }): ReactNode => {
  const scroller = useRef<HTMLDivElement>(null);
  const choices = useWizard((state) => state.choices);
  return (
    <>
      <div ref={scroller} className={css['scroller']} tabIndex={0} role="region" aria-label={say.table}>
        <div role="table" aria-label={say.table} aria-rowcount={all + 1} className={css['table']}>
          <PlanHead />
          {rows.length === 0 ? (
            <p className={css['none']}>{say.noneFound}</p>
          ) : (
            <ScrollerContext value={scroller}>
              <VirtualRows
                role="rowgroup"
                count={rows.length}
                estimate={37}
                threshold={150}
                keyOf={(index) => rows[index]?.id ?? String(index)}
                row={(index) => {
                  const row = rows[index];
                  return row === undefined ? null : (
                    <PlanLine row={row} choice={row.item === null ? undefined : choices[choiceKey(row.item)]} />
                  );
                }}
              />
            </ScrollerContext>
          )}
        </div>
      </div>
      {rows.length === all ? null : (
        <p className="small muted" role="status">
          {say.shown(rows.length, all)}
        </p>
      )}
    </>
  );
};

/** A file that `migrate --plan` runs, here or in a terminal; it holds no value. */
const savePlan = async (door: Door, input: Input<'migration.plan'>): Promise<void> => {
  const place = await door.saveFile(say.fileName);
  if (!place.ok) return toastError(place.error);
  if (place.data === null) return;
  const planned = await door.call('migration.plan', { ...input, save: place.data.file });
  if (!planned.ok) return toastError(planned.error);
  const finished = await place.data.finish();
  if (!finished.ok) return toastError(finished.error);
  toast({ title: say.saved(place.data.name), text: say.savedHint });
};

export const PlanStep = ({ onBack, onNext }: { onBack: () => void; onNext: () => void }): ReactNode => {
  const plan = usePlan();
  const definition = useWizard((state) => state.definition);
  const [only, setOnly] = useState<PlanFilter | null>(null);
  const [text, setText] = useState('');
  const filter = useDeferredValue(text);
  const rows = useMemo(() => (plan.data === null ? [] : planRows(plan.data)), [plan.data]);
  const shown = useMemo(() => rows.filter((row) => fitsFilter(row, only, filter)), [rows, only, filter]);
  const choices = useWizard((state) => state.choices);
  const door = useDoor();
  const command = (
    <>
      <CommandLine command={say.command(definition)} />
      <Button
        variant="quiet"
        onClick={() => void savePlan(door, { ...(definition === null ? {} : { definition }), choices })}
      >
        {say.save}
      </Button>
    </>
  );
  if (plan.data === null) {
    return (
      <Step title={say.title} onBack={onBack} aside={command}>
        {plan.error === null ? (
          <Loading label={say.loading} />
        ) : (
          <ErrorState error={plan.error} onRetry={() => void plan.reload()} />
        )}
      </Step>
    );
  }
  const totals = planTotals(rows);
  const undecided = totals.conflict;
  const read = plan.data.sources.filter((source) => source.status === 'read').length;
  return (
    <Step
      title={say.title}
      subtitle={
        rows.length === 0
          ? say.nothing
          : say.subtitle(
              read,
              totals.create + totals.update,
              movedKinds(rows).map(({ kind, n }) => say.kinds[kind](n)),
              undecided,
              totals['left-alone'],
            )
      }
      onBack={onBack}
      aside={command}
      action={
        <Button variant="primary" busy={undecided > 0} onClick={onNext}>
          {undecided > 0 ? say.undecided(undecided) : say.next}
        </Button>
      }
    >
      <Warnings warnings={plan.data.warnings} />
      <div className={css['bar']}>
        <Totals rows={rows} only={only} onOnly={setOnly} />
        <SearchInput
          className={css['filter']}
          label={say.filter}
          placeholder={say.filter}
          value={text}
          onChange={setText}
        />
      </div>
      <Table rows={shown} all={rows.length} />
    </Step>
  );
};
