/** Taking a bundle in: what it would do to each key, how, with which secrets, why; then doing it as one change set. */
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import type { BundleFacts, ImportResult } from '../../contract/bundles.ts';
import type { CommandName } from '../../contract/commands.ts';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import { useDoor, type Door } from '../client.ts';
import { shellQuote } from '../format.ts';
import { messages } from '../messages.en.ts';
import { undoExactly } from '../settings/apply.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { CommandLine } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, TextArea, TextInput } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { Loading, NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import type { ImportSource } from './bundle-flows.ts';
import css from './bundles.module.css';
import { linesOf } from './preview-lines.ts';
import { PreviewList } from './preview-list.tsx';

const say = messages.bundles;
type Mode = ImportResult['mode'];
type How = { mode: Mode; create: boolean; passphrase: string };
type Way = { reason?: string; dryRun?: boolean };

const nameOf = (source: ImportSource): string => ('file' in source ? source.name : source.template);
const commandOf = (source: ImportSource): CommandName => ('file' in source ? 'bundle.import' : 'template.apply');

const ask = (call: Door['call'], source: ImportSource, how: How, way: Way): Promise<Result<ImportResult>> => {
  const common = { mode: how.mode, ...(how.create ? { create: true } : {}), ...way };
  if ('template' in source) return call('template.apply', { name: source.template, ...common });
  const secrets = how.passphrase === '' ? { withoutSecrets: true } : { passphrase: how.passphrase };
  return call('bundle.import', { file: source.file, ...secrets, ...common });
};

/** The same in the terminal; a passphrase never stands in a command. */
const commandLine = (source: ImportSource, how: How): string =>
  [
    'template' in source ? 'holdfast template apply' : 'holdfast bundle import',
    shellQuote(nameOf(source)),
    ...(how.mode === 'replace' ? ['--replace'] : []),
    ...(how.create ? ['--create'] : []),
    ...('file' in source && how.passphrase !== '' ? ['--bundle-passphrase-file FILE'] : []),
  ].join(' ');

const usePreview = (source: ImportSource) => {
  const door = useDoor();
  const [how, setHow] = useState<How>({ mode: 'merge', create: false, passphrase: '' });
  const [preview, setPreview] = useState<ImportResult | null>(null);
  const [error, setError] = useState<HoldfastError | null>(null);
  const [looking, setLooking] = useState(false);
  const look = useCallback(
    async (next: How): Promise<void> => {
      setLooking(true);
      const answer = await ask(door.call, source, next, { dryRun: true });
      setLooking(false);
      setError(answer.ok ? null : answer.error);
      if (!answer.ok) return;
      setHow(next);
      setPreview(answer.data);
    },
    [door, source],
  );
  useEffect(() => {
    void look({ mode: 'merge', create: false, passphrase: '' });
  }, [look]);
  return { how, preview, error, setError, looking, look };
};

const Facts = ({ facts }: { facts: BundleFacts }): ReactNode => {
  const made = Number.isNaN(Date.parse(facts.made)) ? null : lowerWhen(facts.made);
  const of = facts.definition === null ? null : say.ofVersion(facts.definition.title, facts.definition.version);
  return (
    <p>
      {facts.title === null ? null : <strong dir="auto">{facts.title}. </strong>}
      {say.facts(of, made)} {say.holds(facts.counts)}
    </p>
  );
};

type SecretsProps = { count: number; opened: boolean; problem: string | null; onOpen: (passphrase: string) => void };

const Secrets = ({ count, opened, problem, onOpen }: SecretsProps): ReactNode => {
  const [typed, setTyped] = useState('');
  if (count === 0) return null;
  if (opened) return <NoticeLine tone="ok">{say.secretsOpened(count)}</NoticeLine>;
  return (
    <form
      className={css['secrets']}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== '') onOpen(typed);
      }}
    >
      <Field label={say.secretsIn(count)} hint={say.secretsHint} problem={problem}>
        {({ id, describedBy }) => (
          <span className={css['inline']}>
            <TextInput
              id={id}
              type="password"
              autoComplete="off"
              aria-describedby={describedBy}
              value={typed}
              onChange={setTyped}
            />
            <Button busy={typed === ''} onClick={() => onOpen(typed)}>
              {say.openSecrets}
            </Button>
          </span>
        )}
      </Field>
    </form>
  );
};

/** Names are listed up to here; more are counted. */
const named = 8;

const Missing = ({ missing }: { missing: ImportResult['missing'] }): ReactNode =>
  missing.length === 0 ? null : (
    <NoticeLine tone="info">
      {say.missing(missing.length)}{' '}
      <span className="mono">
        {missing
          .slice(0, named)
          .map(({ key }) => key)
          .join(', ')}
      </span>
      {missing.length > named ? ` ${messages.settings.bar.andMore(missing.length - named)}` : ''}
    </NoticeLine>
  );

type HowProps = { how: How; preview: ImportResult; onChange: (how: How) => void };

const HowFields = ({ how, preview, onChange }: HowProps): ReactNode => (
  <>
    <Field label={say.how} hint={say.modeHints[how.mode]}>
      {({ id, describedBy }) => (
        <Select
          id={id}
          describedBy={describedBy}
          value={how.mode}
          options={(['merge', 'replace'] as const).map((value) => ({ value, label: say.modes[value] }))}
          onChange={(mode) => onChange({ ...how, mode })}
        />
      )}
    </Field>
    {how.create || preview.unknown.length > 0 ? (
      <Checkbox
        label={how.create ? say.createOn : say.create(preview.unknown.length)}
        hint={say.createHint}
        checked={how.create}
        onChange={(create) => onChange({ ...how, create })}
      />
    ) : null}
  </>
);

type Props = { source: ImportSource; onClose: () => void };

export const ImportDialog = ({ source, onClose }: Props): ReactNode => {
  const call = useCall();
  const { reload } = useStatus();
  const { how, preview, error, setError, looking, look } = usePreview(source);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const apply = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    const answer = await ask(call, source, how, reason.trim() === '' ? {} : { reason: reason.trim() });
    setBusy(false);
    if (!answer.ok) return setError(answer.error);
    const { changeSet, changes, left } = answer.data;
    void reload();
    onClose();
    toast({
      title: changeSet === null ? say.nothing : say.done(changes.length),
      ...(left.length === 0 ? {} : { text: say.leftDone(left.length) }),
      ...(changeSet === null
        ? {}
        : { action: { label: messages.frame.undo, onClick: () => void undoExactly(call, changeSet) } }),
    });
  };
  const changes = preview?.changes ?? [];
  const gone = changes.filter(({ action }) => action === 'delete').length;
  const needsReason = error?.type === 'InputInvalid' && error.field === 'reason';
  const wrongKey = error?.type === 'WrongKey';
  return (
    <Dialog
      open
      shape="wide"
      staysOpen={preview !== null}
      onClose={onClose}
      title={'file' in source ? say.importTitle : say.applyTitle(source.template)}
      description={'file' in source ? <span className="mono">{source.name}</span> : undefined}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          {changes.length === 0 ? null : (
            <Button
              variant={gone === 0 ? 'primary' : 'danger'}
              command={commandOf(source)}
              busy={busy || looking}
              onClick={() => void apply()}
            >
              {busy ? say.importing : say.importDo(changes.length)}
            </Button>
          )}
        </>
      }
    >
      <div className={css['dialog']}>
        {error === null || needsReason || wrongKey ? null : (
          <NoticeLine tone="bad" alert>
            {describeError(error)} {preview === null ? say.unchanged : ''}
          </NoticeLine>
        )}
        {preview === null ? (
          error === null ? (
            <Loading />
          ) : null
        ) : (
          <>
            <Facts facts={preview.bundle} />
            {preview.notes.map((note) => (
              <NoticeLine key={note} tone="warn">
                {note}
              </NoticeLine>
            ))}
            <HowFields how={how} preview={preview} onChange={(next) => void look(next)} />
            <Secrets
              count={preview.bundle.counts.secrets}
              opened={how.passphrase !== ''}
              problem={wrongKey ? describeError(error) : null}
              onOpen={(passphrase) => void look({ ...how, passphrase })}
            />
            {changes.length === 0 ? <NoticeLine tone="ok">{say.nothing}</NoticeLine> : null}
            {changes.length + preview.left.length + preview.same.length === 0 ? null : (
              <PreviewList lines={linesOf(preview)} />
            )}
            <Missing missing={preview.missing} />
            {changes.length === 0 ? null : (
              <Field
                label={messages.settings.review.reason}
                hint={messages.settings.review.reasonHint}
                problem={needsReason ? messages.settings.review.reasonNeeded : null}
              >
                {({ id, describedBy }) => (
                  <TextArea
                    id={id}
                    dir="auto"
                    aria-describedby={describedBy}
                    invalid={needsReason}
                    rows={2}
                    maxLength={2000}
                    value={reason}
                    onChange={setReason}
                  />
                )}
              </Field>
            )}
            <CommandLine command={commandLine(source, how)} />
          </>
        )}
      </div>
    </Dialog>
  );
};
