/** Change sets per day over the list. Days are picked by dragging, or with the arrow keys and Shift; or read as a table. */
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { formatDay } from '../format.ts';
import { messages } from '../messages.en.ts';
import { fillDays, type Day } from '../overview/days.ts';
import { count } from '../plural.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { between, type DayRange } from './period.ts';
import css from './timeline.module.css';

const say = messages.audit;
export const shownDays = 90;
const height = 100;

const Bars = ({ days, range }: { days: readonly Day[]; range: DayRange | null }): ReactNode => {
  const most = Math.max(1, ...days.map((one) => one.changeSets));
  return (
    <svg viewBox={`0 0 ${String(days.length)} ${String(height)}`} preserveAspectRatio="none" aria-hidden>
      {days.map(({ day, changeSets }, index) => {
        const bar = changeSets === 0 ? 2 : Math.max(8, (changeSets / most) * height);
        const picked = range === null || (day >= range.from && day <= range.to);
        const look = changeSets === 0 ? css['none'] : picked ? css['bar'] : css['faint'];
        return <rect key={day} x={index + 0.1} y={height - bar} width={0.8} height={bar} className={look} />;
      })}
    </svg>
  );
};

const Table = ({ days }: { days: readonly Day[] }): ReactNode => (
  <div className={css['table']} tabIndex={0} role="region" aria-label={say.timeline}>
    <table>
      <thead>
        <tr>
          <th scope="col">{messages.overview.day}</th>
          <th scope="col">{messages.overview.perDay}</th>
        </tr>
      </thead>
      <tbody>
        {days
          .filter((one) => one.changeSets > 0)
          .toReversed()
          .map((one) => (
            <tr key={one.day}>
              <th scope="row">{formatDay(one.day, true)}</th>
              <td>{count(one.changeSets)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  </div>
);

type Props = { days: readonly Day[]; range: DayRange | null; onPick: (range: DayRange | null) => void };

const Picker = ({ days, range, onPick }: Props): ReactNode => {
  const [cursor, setCursor] = useState(days.length - 1);
  /** Where a drag or a selection with Shift began. */
  const start = useRef<string | null>(null);
  const pick = (index: number, extend: boolean): void => {
    const day = days[index]?.day;
    if (day === undefined) return;
    setCursor(index);
    if (!extend) start.current = day;
    onPick(between(start.current ?? day, day));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === 'Escape') {
      start.current = null;
      onPick(null);
      return;
    }
    const target = { ArrowLeft: cursor - 1, ArrowRight: cursor + 1, Home: 0, End: days.length - 1 }[event.key];
    if (target === undefined || days[target] === undefined) return;
    event.preventDefault();
    if (event.shiftKey) {
      start.current ??= days[cursor]?.day ?? null;
      pick(target, true);
    } else setCursor(target);
    event.currentTarget.querySelectorAll<HTMLElement>('button')[target]?.focus();
  };
  return (
    <div className={css['picker']} role="group" aria-label={say.timelineHint} onKeyDown={onKeyDown}>
      <Bars days={days} range={range} />
      <div className={css['days']}>
        {days.map(({ day, changeSets }, index) => (
          <button
            key={day}
            type="button"
            tabIndex={index === cursor ? 0 : -1}
            className={cx(css['day'], range !== null && day >= range.from && day <= range.to && css['picked'])}
            aria-pressed={range !== null && day >= range.from && day <= range.to}
            aria-label={messages.overview.bar(formatDay(day, true), changeSets)}
            title={messages.overview.bar(formatDay(day, true), changeSets)}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              event.currentTarget.releasePointerCapture(event.pointerId);
              pick(index, event.shiftKey);
            }}
            onPointerEnter={(event) => {
              if (event.buttons === 1 && start.current !== null) pick(index, true);
            }}
            // A key press; what the mouse does was done when it went down.
            onClick={(event) => (event.detail === 0 ? pick(index, event.shiftKey) : undefined)}
          />
        ))}
      </div>
      <div className={cx(css['ends'], 'small', 'muted')} aria-hidden>
        <span>{formatDay(days[0]?.day ?? '2000-01-01')}</span>
        <span>{messages.overview.today30}</span>
      </div>
    </div>
  );
};

export const Timeline = ({ days, range, onPick }: Props): ReactNode => {
  const [asTable, setAsTable] = useState(false);
  const filled = fillDays(days, new Date(), shownDays);
  return (
    <div className={css['timeline']}>
      {asTable ? <Table days={filled} /> : <Picker days={filled} range={range} onPick={onPick} />}
      <Button variant="link" onClick={() => setAsTable(!asTable)}>
        {asTable ? messages.ui.hideTable : messages.ui.showTable}
      </Button>
    </div>
  );
};
