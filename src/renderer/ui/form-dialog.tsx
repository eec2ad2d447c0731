/**
 * The dialog around every form that saves one thing: what saving said, a footer with Close, the form's own actions and
 * Save, and the question before typed text is thrown away. The form itself stands in two columns.
 */
import { Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import type { CommandName } from '../../contract/commands.ts';
import type { Result } from '../../contract/result.ts';
import { useRefusal } from '../may.ts';
import { messages } from '../messages.en.ts';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import { Dialog } from './dialog.tsx';
import css from './form-dialog.module.css';
import type { FormProblem } from './schema-form/schema-form.tsx';
import { NoticeLine } from './states.tsx';

const say = messages.formDialog;

export type SaveOutcome =
  | { kind: 'saved' }
  | { kind: 'stale' }
  | { kind: 'invalid'; problems: readonly FormProblem[] }
  | { kind: 'failed'; text: string };

const refusedBy = (error: HoldfastError): SaveOutcome => {
  if (error.type === 'Stale') return { kind: 'stale' };
  if (error.type !== 'InputInvalid') return { kind: 'failed', text: describeError(error) };
  return { kind: 'invalid', problems: error.invalid ?? [{ field: error.field, problem: error.problem }] };
};

export const outcomeOf = <T,>(answer: Result<T>, onSaved: (data: T) => void): SaveOutcome => {
  if (!answer.ok) return refusedBy(answer.error);
  onSaved(answer.data);
  return { kind: 'saved' };
};

/** A form's save, one at a time; `touched` after an edit, so that what it answered to is not read as new. */
export const useSave = (save: () => Promise<SaveOutcome>, onSaved: () => void) => {
  const [outcome, setOutcome] = useState<SaveOutcome | null>(null);
  const [busy, setBusy] = useState(false);
  return {
    outcome,
    busy,
    problems: outcome?.kind === 'invalid' ? outcome.problems : [],
    touched: (): void => setOutcome((before) => (before?.kind === 'invalid' ? null : before)),
    submit: async (): Promise<void> => {
      setBusy(true);
      const done = await save();
      setBusy(false);
      if (done.kind === 'saved') onSaved();
      else setOutcome(done);
    },
  };
};

type Props = {
  title: string;
  description?: ReactNode;
  saveLabel: string;
  saving: Pick<ReturnType<typeof useSave>, 'outcome' | 'busy' | 'submit'>;
  /** Something stands in the form that closing would lose. */
  dirty: boolean;
  /** The form can be saved as it stands. */
  ready: boolean;
  /** What saving calls. */
  command: CommandName;
  /** Of what the form is, for the question before closing. */
  keeps: string;
  /** Beside Close and Save: what else can be done with the thing. */
  actions?: ReactNode;
  /** Takes the thing away; left out where there is none yet. */
  removing?: { label: string; command: CommandName; act: () => void } | null;
  /** Problems that no field of the form shows, and what else stands above it. */
  above?: ReactNode;
  /** Left out, the form stands alone in one column. */
  side?: ReactNode;
  /** The form is wider than what stands beside it. */
  formFirst?: boolean;
  onClose: () => void;
  /** Shows what somebody else saved meanwhile. */
  onReload: () => void;
  children: ReactNode;
};

const Outcome = ({ outcome, onReload }: { outcome: SaveOutcome | null; onReload: () => void }): ReactNode => {
  if (outcome?.kind === 'stale')
    return (
      <NoticeLine tone="warn" alert>
        {say.stale}{' '}
        <Button variant="link" onClick={onReload}>
          {say.showNew}
        </Button>
      </NoticeLine>
    );
  if (outcome?.kind !== 'failed') return null;
  return (
    <NoticeLine tone="bad" alert>
      {outcome.text}
    </NoticeLine>
  );
};

const AskDiscard = ({
  open,
  keeps,
  onStay,
  onLeave,
}: {
  open: boolean;
  keeps: string;
  onStay: () => void;
  onLeave: () => void;
}): ReactNode => (
  <Dialog
    open={open}
    onClose={onStay}
    title={say.discardTitle}
    footer={
      <>
        <Button onClick={onStay}>{say.goOn}</Button>
        <Button variant="danger" onClick={onLeave}>
          {say.discard}
        </Button>
      </>
    }
  >
    <p>{keeps}</p>
  </Dialog>
);

export const FormDialog = (props: Props): ReactNode => {
  const { saving, dirty, ready, command, removing = null, above, side, onClose } = props;
  const refusal = useRefusal(command);
  const [leaving, setLeaving] = useState(false);
  const close = (): void => (dirty ? setLeaving(true) : onClose());
  return (
    <>
      <Dialog
        open
        shape={side === undefined ? 'middle' : 'wide'}
        staysOpen={dirty}
        onClose={close}
        title={<bdi>{props.title}</bdi>}
        description={props.description}
        footer={
          <>
            <Button onClick={close}>{messages.ui.close}</Button>
            {props.actions}
            {removing === null ? null : (
              <Button icon={Trash2} variant="danger" command={removing.command} onClick={removing.act}>
                {removing.label}
              </Button>
            )}
            <Button
              variant="primary"
              busy={saving.busy || !ready}
              command={command}
              onClick={() => void saving.submit()}
            >
              {props.saveLabel}
            </Button>
          </>
        }
      >
        <div className={css['body']}>
          {refusal === null ? null : <NoticeLine tone="info">{refusal}</NoticeLine>}
          <Outcome outcome={saving.outcome} onReload={props.onReload} />
          {above}
          <div className={cx(side !== undefined && css['columns'], props.formFirst === true && css['formFirst'])}>
            <fieldset className={css['form']} disabled={refusal !== null}>
              {props.children}
            </fieldset>
            {side === undefined ? null : <div className={css['side']}>{side}</div>}
          </div>
        </div>
      </Dialog>
      <AskDiscard open={leaving} keeps={props.keeps} onStay={() => setLeaving(false)} onLeave={onClose} />
    </>
  );
};
