/** The two small questions before a form: of which type a new integration is, and what a copy is called. */
import { useState, type ReactNode } from 'react';
import type { Integration, IntegrationType } from '../../contract/integrations.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, SearchInput, TextInput } from '../ui/field.tsx';
import type { SaveOutcome } from '../ui/form-dialog.tsx';
import { NoticeLine } from '../ui/states.tsx';
import css from './add-dialog.module.css';
import { freeId } from './draft.ts';
import type { useIntegrations } from './use-integrations.ts';

const say = messages.integrations;

const fits = (type: IntegrationType, text: string): boolean =>
  `${type.id} ${type.title} ${type.description}`.toLowerCase().includes(text.trim().toLowerCase());

type TypeProps = {
  types: readonly IntegrationType[];
  used: ReadonlySet<string>;
  onPick: (type: IntegrationType) => void;
  onClose: () => void;
};

export const TypeDialog = ({ types, used, onPick, onClose }: TypeProps): ReactNode => {
  const [text, setText] = useState('');
  const shown = types.filter((type) => fits(type, text));
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={say.pickType}
      footer={<Button onClick={onClose}>{messages.ui.cancel}</Button>}
    >
      <div className={css['pick']}>
        <SearchInput label={say.searchTypes} placeholder={say.searchTypes} value={text} onChange={setText} />
        <p className="small muted" role="status">
          {say.typesShown(shown.length, types.length)}
        </p>
        <ul className={css['types']}>
          {shown.map((type) => (
            <li key={type.id}>
              <button type="button" className={css['type']} onClick={() => onPick(type)}>
                <span className={css['title']}>{type.title}</span>
                {used.has(type.id) ? <span className="small muted">{say.usedAlready}</span> : null}
                <span className={css['text']}>{type.description}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
};

type CopyProps = {
  from: Integration;
  taken: readonly string[];
  duplicate: ReturnType<typeof useIntegrations>['duplicate'];
  onClose: () => void;
};

export const CopyDialog = ({ from, taken, duplicate, onClose }: CopyProps): ReactNode => {
  const [id, setId] = useState(freeId(from.id, taken));
  const [name, setName] = useState(say.copyName(from.name));
  const [secrets, setSecrets] = useState(false);
  const [outcome, setOutcome] = useState<SaveOutcome | null>(null);
  const copy = async (): Promise<void> => {
    const done = await duplicate({ id: from.id, as: id, name, secrets });
    if (done.kind === 'saved') onClose();
    else setOutcome(done);
  };
  const problem = outcome?.kind === 'invalid' ? (outcome.problems[0]?.problem ?? null) : null;
  return (
    <Dialog
      open
      onClose={onClose}
      title={say.copyTitle(from.name)}
      description={say.copyText}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="primary" busy={id.trim() === '' || name.trim() === ''} onClick={() => void copy()}>
            {say.duplicate}
          </Button>
        </>
      }
    >
      <div className={css['copy']}>
        {outcome?.kind === 'failed' ? (
          <NoticeLine tone="bad" alert>
            {outcome.text}
          </NoticeLine>
        ) : null}
        <Field label={say.id} hint={say.idHint} problem={problem}>
          {(ids) => <TextInput id={ids.id} mono aria-describedby={ids.describedBy} value={id} onChange={setId} />}
        </Field>
        <Field label={say.name}>
          {(ids) => <TextInput id={ids.id} aria-describedby={ids.describedBy} value={name} onChange={setName} />}
        </Field>
        <Checkbox checked={secrets} onChange={setSecrets} label={say.copySecrets} hint={say.copySecretsHint} />
      </div>
    </Dialog>
  );
};
