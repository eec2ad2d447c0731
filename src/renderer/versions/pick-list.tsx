/** Values in a list, some of which can be picked; what is picked can be brought back as one change set. */
import { useState, type ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/field.tsx';
import { Card } from '../ui/page.tsx';
import { VirtualRows } from '../ui/virtual-rows.tsx';
import type { Ask, Outside } from './bring-back.ts';
import { BringBackDialog } from './bring-back-dialog.tsx';
import css from './versions-page.module.css';

const say = messages.versions;

export type PickRow = { kind: string; key: string; title: string | undefined; pickable: boolean; body: ReactNode };

/** Most people look for settings; the rest follows in its order. */
export const settingsFirst = <T extends { kind: string }>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => Number(b.kind === 'setting') - Number(a.kind === 'setting'));

const idOf = (row: PickRow): string => `${row.kind}/${row.key}`;

type LineProps = { row: PickRow; picked: boolean; onPick: (on: boolean) => void };

export const PickLine = ({ row, picked, onPick }: LineProps): ReactNode => {
  const kind = row.kind === 'setting' ? null : (say.kinds[row.kind] ?? row.kind);
  return (
    <div role="listitem" className={css['row']}>
      <div className={css['pick']}>
        {row.pickable ? <Checkbox checked={picked} onChange={onPick} label={say.pick(row.key)} /> : null}
      </div>
      <div className={css['name']}>
        {row.title === undefined || row.title === row.key ? null : <div className={css['title']}>{row.title}</div>}
        <span className="mono muted">{row.key}</span>
        {kind === null ? null : <span className="small muted"> {kind}</span>}
      </div>
      <div className={css['value']}>{row.body}</div>
    </div>
  );
};

type Props = {
  label: string;
  rows: readonly PickRow[];
  /** Where the values come from; null: nothing can be picked. */
  from: { ref: string; outside?: Outside } | null;
};

/** Give it a `key` by what it shows, so that picks never outlive it. */
export const PickList = ({ label, rows, from }: Props): ReactNode => {
  const [picks, setPicks] = useState<ReadonlySet<string>>(new Set());
  const [ask, setAsk] = useState<Ask | null>(null);
  const pickable = from === null ? [] : rows.filter((row) => row.pickable);
  const picked = pickable.filter((row) => picks.has(idOf(row)));
  const pick = (id: string, on: boolean): void =>
    setPicks((before) => {
      const next = new Set(before);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  const bring = (): void => {
    if (from === null) return;
    const keys = picked.map((row) => row.key);
    setAsk({ kind: 'pick', from: from.ref, keys, ...(from.outside === undefined ? {} : { outside: from.outside }) });
  };
  return (
    <>
      {pickable.length === 0 ? null : (
        <div className={css['picks']} role="group" aria-label={say.selection}>
          <Checkbox
            checked={picked.length === pickable.length}
            label={say.pickAll}
            onChange={(on) => setPicks(new Set(on ? pickable.map(idOf) : []))}
          />
          <span className="muted" role="status">
            {say.picked(picked.length)}
          </span>
          {picked.length === 0 ? null : (
            <>
              <Button small variant="quiet" onClick={() => setPicks(new Set())}>
                {say.clearPicks}
              </Button>
              <Button small variant="primary" command="versions.pick" onClick={bring}>
                {say.bringPicked}
              </Button>
            </>
          )}
        </div>
      )}
      <Card flush>
        <div role="list" aria-label={label}>
          <VirtualRows
            role="presentation"
            count={rows.length}
            estimate={52}
            keyOf={(index) => {
              const row = rows[index];
              return row === undefined ? String(index) : idOf(row);
            }}
            row={(index) => {
              const row = rows[index];
              return row === undefined ? null : (
                <PickLine
                  row={from === null ? { ...row, pickable: false } : row}
                  picked={picks.has(idOf(row))}
                  onPick={(on) => pick(idOf(row), on)}
                />
              );
            }}
          />
        </div>
      </Card>
      {ask === null ? null : (
        <BringBackDialog ask={ask} onClose={() => setAsk(null)} onDone={() => setPicks(new Set())} />
      )}
    </>
  );
};
