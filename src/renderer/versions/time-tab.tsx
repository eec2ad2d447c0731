/** Any moment of this home: a slider over its change sets, what stood there, and the ways back. */
import { History } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Card, Stack } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { When } from '../ui/time.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import type { Ask } from './bring-back.ts';
import { BringBackDialog } from './bring-back-dialog.tsx';
import { fromLocal, toLocal } from './local-time.ts';
import { MomentValues } from './moment-values.tsx';
import { NameDialog } from './name-dialog.tsx';
import { placeOf } from './place.ts';
import { TimeSlider, type Moment } from './time-slider.tsx';
import { useSettled } from './use-settled.ts';
import css from './versions-page.module.css';

const say = messages.versions;

type Versions = Output<'versions.list'>;

type AboutProps = { moment: Moment; named: Versions['named']; newest: boolean; position: string };

const About = ({ moment, named, newest, position }: AboutProps): ReactNode => {
  const names = named.filter((one) => one.version.changeSet === moment.changeSet).map((one) => one.name);
  const door = messages.audit.sources[moment.source] ?? moment.source;
  return (
    <div>
      <p>
        <strong>
          <When at={moment.at} seconds />
        </strong>{' '}
        {say.of(moment.actor, door, moment.changes)}
      </p>
      {moment.reason === null ? null : <p className="muted">{moment.reason}</p>}
      <p className="small muted">
        {position}. {newest ? say.isNow : null}
      </p>
      {names.length === 0 ? null : <p className="small muted">{say.isNamed(names)}</p>}
    </div>
  );
};

/** A time typed in leads to the version that held then. */
const GoTo = ({
  moment,
  onNumber,
}: {
  moment: Moment | null;
  onNumber: (number: number | null) => void;
}): ReactNode => {
  const door = useDoor();
  const [text, setText] = useState<string | null>(null);
  const go = async (typed: string): Promise<void> => {
    setText(typed);
    const ref = fromLocal(typed);
    if (ref === null) return;
    // A whole minute is meant, to its end.
    const end = new Date(Date.parse(ref) + 59_999).toISOString();
    const answer = await door.call('versions.at', { ref: end, limit: 1 });
    if (!answer.ok) return toastError(answer.error);
    const { moment: found } = answer.data;
    if (found === null) toast({ title: say.goToNothing });
    onNumber(found?.number ?? 1);
  };
  return (
    <Field label={say.goTo}>
      {({ id }) => (
        <TextInput
          id={id}
          type="datetime-local"
          className={css['goTo']}
          value={text ?? (moment === null ? '' : toLocal(moment.at))}
          onBlur={() => setText(null)}
          onChange={(typed) => void go(typed)}
        />
      )}
    </Field>
  );
};

const Actions = ({ moment, newest }: { moment: Moment; newest: boolean }): ReactNode => {
  const [ask, setAsk] = useState<Ask | null>(null);
  const [naming, setNaming] = useState(false);
  return (
    <div className={css['actions']}>
      {newest ? null : (
        <Button
          variant="primary"
          command="versions.revert"
          onClick={() => setAsk({ kind: 'to', ref: `cs:${moment.changeSet}` })}
        >
          {say.backHere}
        </Button>
      )}
      <Button command="versions.revert" onClick={() => setAsk({ kind: 'changeSet', changeSet: moment.changeSet })}>
        {say.takeBackSet}
      </Button>
      <Button command="versions.name" onClick={() => setNaming(true)}>
        {say.nameIt}
      </Button>
      <LinkButton variant="quiet" href={formatRoute('audit', { changeSet: moment.changeSet })}>
        {say.inLog}
      </LinkButton>
      {ask === null ? null : <BringBackDialog ask={ask} onClose={() => setAsk(null)} />}
      {naming ? <NameDialog moment={moment} onClose={() => setNaming(false)} /> : null}
    </div>
  );
};

const InTime = ({ numbers, named }: { numbers: readonly number[]; named: Versions['named'] }): ReactNode => {
  const { query } = useRoute();
  const last = numbers.length - 1;
  const asked = Number(query['at'] ?? '');
  const place = Number.isInteger(asked) && asked > 0 ? placeOf(numbers, asked) : last;
  const number = numbers[place] ?? 0;
  const shown = useSettled(number);
  const one = useQuery('versions.list', { limit: 1, after: shown + 1 }, ['audit']);
  const moment = one.data?.versions[0] ?? null;
  const there = moment?.number === number ? moment : null;
  const move = (next: number | null): void =>
    replaceQuery({ at: next === null || next === numbers[last] ? '' : String(next) });
  return (
    <Stack>
      <Card>
        <Stack>
          <TimeSlider
            numbers={numbers}
            place={place}
            moment={there}
            named={named}
            onMove={(to) => move(numbers[to] ?? null)}
          />
          <div className={css['about']} aria-busy={there === null}>
            {moment === null ? (
              <Loading />
            ) : (
              <About
                moment={moment}
                named={named}
                newest={place === last}
                position={say.position(place + 1, numbers.length)}
              />
            )}
            <GoTo moment={there} onNumber={move} />
          </div>
          {moment === null ? null : <Actions moment={moment} newest={place === last} />}
        </Stack>
      </Card>
      {one.error === null ? null : <ErrorState error={one.error} />}
      {moment === null ? null : <MomentValues moment={moment} />}
    </Stack>
  );
};

export const TimeTab = (): ReactNode => {
  const list = useQuery('versions.list', { limit: 1, numbers: true }, ['audit']);
  if (list.data === null)
    return list.error === null ? <Loading /> : <ErrorState error={list.error} onRetry={() => void list.reload()} />;
  const numbers = list.data.numbers ?? [];
  return numbers.length === 0 ? (
    <Empty icon={History} title={say.emptyTitle} text={say.empty} />
  ) : (
    <InTime numbers={numbers} named={list.data.named} />
  );
};
