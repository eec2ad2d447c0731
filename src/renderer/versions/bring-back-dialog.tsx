/** What going back would change, what it cannot bring back, and whose later changes go with it; then doing it. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { undoExactly } from '../settings/apply.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, Problem, TextArea } from '../ui/field.tsx';
import { Loading, NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { bringBack, type Ask, type RevertResult } from './bring-back.ts';
import { ValueDiff } from './value-diff.tsx';
import css from './versions-page.module.css';

const say = messages.versions.bringBack;

/** More changes than this are counted, not listed. */
const listed = 200;

const titleOf = (ask: Ask): string => {
  switch (ask.kind) {
    case 'pick':
      return say.title.pick(ask.keys.length);
    case 'to':
      return say.title.to;
    case 'changeSet':
      return say.title.changeSet;
    case 'undelete':
      return say.title.undelete(ask.key);
  }
};

const Changes = ({ preview }: { preview: RevertResult }): ReactNode => (
  <>
    <ul className={css['changes']} aria-label={say.changes}>
      {preview.changes.slice(0, listed).map((change) => (
        <li key={`${change.kind}/${change.key}`}>
          <div>
            <span className="mono">{change.key}</span>
            {change.kind === 'setting' ? null : (
              <span className="small muted"> {messages.versions.kinds[change.kind] ?? change.kind}</span>
            )}
          </div>
          <ValueDiff {...change} />
        </li>
      ))}
    </ul>
    {preview.changes.length > listed ? <p className="muted">{say.more(preview.changes.length - listed)}</p> : null}
  </>
);

const LeftOut = ({ left }: { left: RevertResult['left'] }): ReactNode =>
  left.length === 0 ? null : (
    <NoticeLine tone="warn">
      <strong>{say.left(left.length)}</strong>
      <ul>
        {left.slice(0, listed).map((one) => (
          <li key={`${one.kind}/${one.key}`}>{say.leftItem(one.key, one.problem)}</li>
        ))}
      </ul>
      {left.length > listed ? <p>{say.more(left.length - listed)}</p> : null}
    </NoticeLine>
  );

type LaterProps = {
  later: RevertResult['later'];
  over: boolean;
  problem: boolean;
  onOver: (over: boolean) => void;
};

const Later = ({ later, over, problem, onOver }: LaterProps): ReactNode =>
  later.length === 0 ? null : (
    <NoticeLine tone="warn">
      <strong>{say.later(later.length)}</strong>
      <ul>
        {later.slice(0, listed).map((one) => (
          <li key={`${one.kind}/${one.key}`}>{say.laterItem(one.key, one.actor, lowerWhen(one.at))}</li>
        ))}
      </ul>
      {later.length > listed ? <p>{say.more(later.length - listed)}</p> : null}
      <Checkbox checked={over} onChange={onOver} label={say.over} />
      {problem ? <Problem>{say.overProblem}</Problem> : null}
    </NoticeLine>
  );

/** Asks the core once what would change. */
const usePreview = (ask: Ask) => {
  const door = useDoor();
  const [preview, setPreview] = useState<RevertResult | null>(null);
  const [error, setError] = useState<HoldfastError | null>(null);
  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void bringBack(door.call, ask, { dryRun: true }).then((answer) => {
      if (answer.ok) setPreview(answer.data);
      else setError(answer.error);
    });
  }, [door, ask]);
  return { preview, error, setError };
};

type Props = { ask: Ask; onClose: () => void; onDone?: () => void };

export const BringBackDialog = ({ ask, onClose, onDone }: Props): ReactNode => {
  const call = useCall();
  const { reload } = useStatus();
  const { preview, error, setError } = usePreview(ask);
  const [reason, setReason] = useState('');
  const [over, setOver] = useState(false);
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const needsOver = (preview?.later.length ?? 0) > 0 && !over;
  const apply = async (): Promise<void> => {
    setAsked(true);
    if (needsOver) return;
    setBusy(true);
    setError(null);
    const why = reason.trim() === '' ? {} : { reason: reason.trim() };
    const answer = await bringBack(call, ask, { ...why, ...(over ? { over } : {}) });
    setBusy(false);
    if (!answer.ok) return setError(answer.error);
    const { changeSet, changes, left } = answer.data;
    void reload();
    onDone?.();
    onClose();
    toast({
      title: changeSet === null ? say.nothing : say.done(changes.length),
      ...(left.length === 0 ? {} : { text: say.leftDone(left.length) }),
      ...(changeSet === null
        ? {}
        : { action: { label: messages.frame.undo, onClick: () => void undoExactly(call, changeSet) } }),
    });
  };
  const some = preview !== null && preview.changes.length > 0;
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={titleOf(ask)}
      description={say.description}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          {some ? (
            <Button variant="primary" busy={busy} onClick={() => void apply()}>
              {busy ? say.applying : say.apply(preview.changes.length)}
            </Button>
          ) : null}
        </>
      }
    >
      <div className={css['dialog']}>
        {error === null ? null : (
          <NoticeLine tone="bad" alert>
            {describeError(error)}
          </NoticeLine>
        )}
        {preview === null ? (
          error === null ? (
            <Loading />
          ) : null
        ) : (
          <>
            {some ? <Changes preview={preview} /> : <p>{say.nothing}</p>}
            <LeftOut left={preview.left} />
            <Later later={preview.later} over={over} problem={asked && needsOver} onOver={setOver} />
          </>
        )}
        {some ? (
          <Field label={messages.settings.review.reason} hint={messages.settings.review.reasonHint}>
            {({ id, describedBy }) => (
              <TextArea
                id={id}
                aria-describedby={describedBy}
                rows={2}
                maxLength={2000}
                value={reason}
                onChange={setReason}
              />
            )}
          </Field>
        ) : null}
      </div>
    </Dialog>
  );
};
