/** Any change set of this home, found by its time or by words: for one side of a comparison. */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, SearchInput, TextInput } from '../ui/field.tsx';
import { ErrorState } from '../ui/states.tsx';
import { When } from '../ui/time.tsx';
import { fromLocal } from './local-time.ts';
import type { Moment } from './time-slider.tsx';
import { useMoments } from './use-moments.ts';
import { useSettled } from './use-settled.ts';
import css from './versions-page.module.css';

const say = messages.versions;

type Named = Output<'versions.list'>['named'];

const Row = ({ moment, name, onChoose }: { moment: Moment; name?: string; onChoose: () => void }): ReactNode => (
  <li>
    <button type="button" className={css['set']} onClick={onChoose}>
      <span>
        {name === undefined ? null : <strong>{name} </strong>}
        <When at={moment.at} seconds />{' '}
        <span className="muted">
          {say.of(moment.actor, messages.audit.sources[moment.source] ?? moment.source, moment.changes)}
        </span>
      </span>
      {moment.reason === null ? null : <span className="small muted">{moment.reason}</span>}
    </button>
  </li>
);

type Props = { side: string; named: Named; onChoose: (changeSet: string) => void; onClose: () => void };

export const SetDialog = ({ side, named, onChoose, onClose }: Props): ReactNode => {
  const [text, setText] = useState('');
  const [time, setTime] = useState('');
  const settled = useSettled(text.trim(), 250);
  const until = fromLocal(time);
  const found = useMoments({
    ...(settled === '' ? {} : { text: settled }),
    // A whole minute is meant, to its end.
    ...(until === null ? {} : { until: new Date(Date.parse(until) + 59_999).toISOString() }),
  });
  const names = named.filter((one) => until === null && one.name.toLowerCase().includes(settled.toLowerCase()));
  const choose = (moment: Moment): void => {
    onChoose(moment.changeSet);
    onClose();
  };
  return (
    <Dialog open shape="wide" onClose={onClose} title={say.setTitle(side)} description={say.setText}>
      <div className={css['dialog']}>
        <div className={css['tools']}>
          <SearchInput label={say.searchSets} placeholder={say.searchSets} value={text} onChange={setText} />
          <Field label={say.setsUntil}>
            {({ id }) => (
              <TextInput id={id} type="datetime-local" className={css['goTo']} value={time} onChange={setTime} />
            )}
          </Field>
        </div>
        {found.error === null ? null : <ErrorState error={found.error} />}
        <ul className={css['changes']} aria-label={say.sets} aria-busy={found.busy}>
          {names.map((one) => (
            <Row key={one.name} name={one.name} moment={one.version} onChoose={() => choose(one.version)} />
          ))}
          {found.moments.map((moment) => (
            <Row key={moment.changeSet} moment={moment} onChoose={() => choose(moment)} />
          ))}
        </ul>
        <p className="small muted" role="status">
          {found.busy ? messages.ui.loading : say.setsShown(found.moments.length, found.next !== null)}
        </p>
        {found.next === null || found.busy ? null : (
          <div className={css['more']}>
            <Button onClick={found.more}>{say.moreSets}</Button>
          </div>
        )}
      </div>
    </Dialog>
  );
};
