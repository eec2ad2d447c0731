/**
 * The slider over all change sets, by the browser's own range control: arrow keys go one on or back, Page Up and Page Down
 * a tenth, Home and End to the ends. Its value is said as time, place and person.
 */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { formatWhen } from '../format.ts';
import { messages } from '../messages.en.ts';
import { IconButton } from '../ui/button.tsx';
import { placeOf } from './place.ts';
import css from './versions-page.module.css';

const say = messages.versions;

export type Moment = Output<'versions.list'>['versions'][number];
type Named = Output<'versions.list'>['named'];

type Props = {
  numbers: readonly number[];
  place: number;
  /** Of that place, once it is known. */
  moment: Moment | null;
  named: Named;
  onMove: (place: number) => void;
};

const valueText = (place: number, all: number, moment: Moment | null): string => {
  const position = say.position(place + 1, all);
  return moment === null
    ? position
    : say.valueText(formatWhen(moment.at, new Date(), { seconds: true }), position, moment.actor);
};

/** Named versions as marks over the track. For the eye only: they have a tab of their own. */
const Marks = ({ numbers, named }: { numbers: readonly number[]; named: Named }): ReactNode => {
  const last = Math.max(1, numbers.length - 1);
  return (
    <svg className={css['marks']} viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden>
      {named.map((one) => {
        const x = (placeOf(numbers, one.version.number) / last) * 1000;
        return <line key={one.name} x1={x} x2={x} y1={0} y2={8} />;
      })}
    </svg>
  );
};

export const TimeSlider = ({ numbers, place, moment, named, onMove }: Props): ReactNode => {
  const last = numbers.length - 1;
  return (
    <div className={css['slider']}>
      <IconButton
        icon={ChevronLeft}
        label={say.older}
        aria-disabled={place === 0}
        onClick={() => onMove(Math.max(0, place - 1))}
      />
      <div className={css['track']}>
        <Marks numbers={numbers} named={named} />
        <input
          type="range"
          min={0}
          max={last}
          step={1}
          value={place}
          aria-label={say.slider}
          aria-valuetext={valueText(place, numbers.length, moment)}
          onChange={(event) => onMove(Number(event.target.value))}
        />
        <div className={css['ends']} aria-hidden>
          <span>{say.oldest}</span>
          <span>{say.newest}</span>
        </div>
      </div>
      <IconButton
        icon={ChevronRight}
        label={say.newer}
        aria-disabled={place === last}
        onClick={() => onMove(Math.min(last, place + 1))}
      />
    </div>
  );
};
