/** A bundle of this home, as a file or kept as a template; or a bundle from a file, kept as a template. */
import { useState, type ReactNode } from 'react';
import { templateName } from '../../contract/bundles.ts';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { useRefusal } from '../may.ts';
import { messages } from '../messages.en.ts';
import { noPassphrase, PassphraseFields, passphraseProblem } from '../secrets/passphrase-fields.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, Problem, TextInput } from '../ui/field.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { useBundleFlows, type Making } from './bundle-flows.ts';
import css from './bundles.module.css';
import { ContentsPicker, useContents } from './contents-picker.tsx';

const say = messages.bundles;
const namePattern = new RegExp(templateName, 'u');

type TitleProps = { value: string; onChange: (value: string) => void };

const TitleField = ({ value, onChange }: TitleProps): ReactNode => (
  <Field label={say.bundleTitle} hint={say.bundleTitleHint}>
    {({ id, describedBy }) => (
      <TextInput id={id} dir="auto" aria-describedby={describedBy} maxLength={200} value={value} onChange={onChange} />
    )}
  </Field>
);

const titled = (title: string): { title?: string } => (title.trim() === '' ? {} : { title: title.trim() });

export const ExportDialog = ({ onClose }: { onClose: () => void }): ReactNode => {
  const flows = useBundleFlows();
  const contents = useContents();
  const [title, setTitle] = useState('');
  const [withSecrets, setWithSecrets] = useState(false);
  const [passphrase, setPassphrase] = useState(noPassphrase);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  // Secrets leave a home only by the hand of whoever may also look at them.
  const noSecrets = useRefusal('settings.reveal');
  const problem = withSecrets ? passphraseProblem(passphrase) : null;
  const write = async (): Promise<void> => {
    setAsking(true);
    if (contents.asked === null || problem !== null) return;
    setBusy(true);
    const sealed = withSecrets ? { passphrase: passphrase.first } : {};
    const done = await flows.writeHome({ ...contents.asked, ...titled(title), ...sealed });
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={say.exportTitle}
      description={say.exportText}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="primary" command="bundle.export" busy={busy} onClick={() => void write()}>
            {say.exportDo}
          </Button>
        </>
      }
    >
      <div className={css['dialog']}>
        <ContentsPicker {...contents} asking={asking} />
        <TitleField value={title} onChange={setTitle} />
        <Checkbox
          label={say.withSecrets}
          hint={noSecrets ?? (withSecrets ? say.withSecretsHint : say.withoutSecretsHint)}
          disabled={noSecrets !== null}
          checked={withSecrets}
          onChange={setWithSecrets}
        />
        {withSecrets ? (
          <PassphraseFields value={passphrase} onChange={setPassphrase} problem={asking ? problem : null} />
        ) : null}
      </div>
    </Dialog>
  );
};

/** A file's name as a template's: without its ending, and without signs that a template's name may not have. */
const nameFrom = (file: string): string =>
  file
    .replace(/(?:\.bundle)?\.json$/iu, '')
    .replace(/[^A-Za-z0-9 ._-]+/gu, '-')
    .replace(/^[^A-Za-z0-9]+|[ .]+$/gu, '')
    .slice(0, 64);

type TemplateProps = { making: Extract<Making, { to: 'template' }>; taken: ReadonlySet<string>; onClose: () => void };

export const TemplateDialog = ({ making, taken, onClose }: TemplateProps): ReactNode => {
  const call = useCall();
  const contents = useContents();
  const from = 'file' in making ? making : null;
  const [name, setName] = useState(from === null ? '' : nameFrom(from.name));
  const [title, setTitle] = useState('');
  const [replace, setReplace] = useState(false);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HoldfastError | null>(null);
  const isTaken = taken.has(name.trim());
  const problem = namePattern.test(name.trim()) ? null : say.nameProblem;
  const save = async (): Promise<void> => {
    setAsking(true);
    const what = from === null ? contents.asked : { file: from.file };
    if (what === null || problem !== null || (isTaken && !replace)) return;
    setBusy(true);
    const again = isTaken ? { replace: true } : {};
    const answer = await call('template.save', { name: name.trim(), ...what, ...titled(title), ...again });
    setBusy(false);
    if (!answer.ok) return setError(answer.error);
    toast({ title: say.saved(name.trim()), text: say.holds(answer.data.counts) });
    onClose();
  };
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={from === null ? say.saveTitle : say.keepTitle}
      description={from === null ? say.saveText : say.keepText(from.name)}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="primary" command="template.save" busy={busy} onClick={() => void save()}>
            {say.saveDo}
          </Button>
        </>
      }
    >
      <div className={css['dialog']}>
        {error === null ? null : (
          <NoticeLine tone="bad" alert>
            {describeError(error)}
          </NoticeLine>
        )}
        <Field label={say.name} hint={say.nameHint} problem={asking ? problem : null}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              aria-describedby={describedBy}
              invalid={asking && problem !== null}
              value={name}
              onChange={setName}
            />
          )}
        </Field>
        {isTaken ? (
          <NoticeLine tone="warn">
            <Checkbox label={say.replaceTemplate(name.trim())} checked={replace} onChange={setReplace} />
            {asking && !replace ? <Problem>{say.replaceProblem}</Problem> : null}
          </NoticeLine>
        ) : null}
        {from === null ? <ContentsPicker {...contents} asking={asking} /> : null}
        <TitleField value={title} onChange={setTitle} />
        <NoticeLine tone="info">{say.neverSecrets}</NoticeLine>
      </div>
    </Dialog>
  );
};
