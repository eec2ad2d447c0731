/**
 * What a restore would change, value by value, and which of it comes back: a box for each, for each kind, and for what a
 * filter leaves. A user and an integration are one thing with all that belongs to them.
 */
import { useRef, useState, type ReactNode } from 'react';
import type { RestoreChange } from '../../contract/backups.ts';
import { ChangeDiff } from '../change/change-diff.tsx';
import { messages } from '../messages.en.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { Button } from '../ui/button.tsx';
import { Checkbox, SearchInput } from '../ui/field.tsx';
import { ScrollerContext, VirtualRows } from '../ui/virtual-rows.tsx';
import { PickLine } from '../versions/pick-list.tsx';
import css from './change-picks.module.css';
import { filterChanges, partOfUnit, partsIn, withUnits, type Left } from './picks.ts';

const say = messages.backups;

type Props = {
  changes: readonly RestoreChange[];
  /** What stays as it is here, by unit. */
  left: Left;
  onChange: (left: Left) => void;
};

const Body = ({ change }: { change: RestoreChange }): ReactNode => (
  <>
    <ChangeDiff {...change} />
    {change.since === null ? null : (
      <div className="small muted">{say.changedHere(lowerWhen(change.since.at), change.since.by)}</div>
    )}
  </>
);

const Parts = ({ changes, left, onChange }: Props): ReactNode => {
  const parts = partsIn(changes, left);
  if (parts.length < 2) return null;
  return (
    <fieldset className={css['parts']}>
      <legend>{say.partsTitle}</legend>
      {parts.map(({ part, all, picked }) => (
        <Checkbox
          key={part}
          label={
            picked === 0 || picked === all
              ? say.partCount(say.parts[part], all)
              : say.partSome(say.parts[part], picked, all)
          }
          checked={picked === all}
          mixed={picked > 0 && picked < all}
          onChange={(on) =>
            onChange(
              withUnits(
                left,
                changes.filter((one) => partOfUnit(one.unit) === part),
                on,
              ),
            )
          }
        />
      ))}
    </fieldset>
  );
};

/** More than this, and a filter helps. */
const few = 8;

export const ChangePicks = ({ changes, left, onChange }: Props): ReactNode => {
  const scroller = useRef<HTMLDivElement>(null);
  const [filter, setFilter] = useState('');
  const shown = filterChanges(changes, filter);
  const picked = changes.filter((one) => !left.has(one.unit)).length;
  return (
    <>
      <Parts changes={changes} left={left} onChange={onChange} />
      {changes.length <= few ? null : (
        <div className={css['tools']}>
          <SearchInput label={say.filter} placeholder={say.filter} value={filter} onChange={setFilter} />
          <Button
            small
            variant="quiet"
            disabled={shown.length === 0}
            onClick={() => onChange(withUnits(left, shown, true))}
          >
            {say.pickShown(shown.length)}
          </Button>
          <Button
            small
            variant="quiet"
            disabled={shown.length === 0}
            onClick={() => onChange(withUnits(left, shown, false))}
          >
            {say.leaveShown(shown.length)}
          </Button>
          <span className="small muted" role="status">
            {say.picked(picked, changes.length)}
          </span>
        </div>
      )}
      {/* Rows hold boxes, so the keyboard reaches it; it scrolls by itself, the dialog's foot stays. */}
      <div ref={scroller} className={css['rows']}>
        <ScrollerContext value={scroller}>
          <div role="list" aria-label={say.changesLabel}>
            {shown.length === 0 ? <p className={css['none']}>{say.noneShown}</p> : null}
            <VirtualRows
              role="presentation"
              count={shown.length}
              estimate={52}
              keyOf={(index) => `${shown[index]?.kind ?? ''}/${shown[index]?.key ?? ''}`}
              row={(index) => {
                const change = shown[index];
                return change === undefined ? null : (
                  <PickLine
                    row={{ ...change, title: undefined, pickable: true, body: <Body change={change} /> }}
                    picked={!left.has(change.unit)}
                    onPick={(on) => onChange(withUnits(left, [change], on))}
                  />
                );
              }}
            />
          </div>
        </ScrollerContext>
      </div>
    </>
  );
};
