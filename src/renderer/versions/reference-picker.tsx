/** One side of a comparison: now, a moment, a change set, a backup, the legacy files. */
import { useState, type ReactNode } from 'react';
import { useDoor } from '../client.ts';
import { formatWhen } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { TextInput } from '../ui/field.tsx';
import { Select, type Option } from '../ui/select.tsx';
import { toastError } from '../ui/toast.tsx';
import { useQuery } from '../use-query.ts';
import { fromLocal, toLocal } from './local-time.ts';
import { kindOfRef, refKinds, startOf, type RefKind } from './reference.ts';
import { SetDialog } from './set-dialog.tsx';
import css from './versions-page.module.css';

const say = messages.versions;

type Props = {
  side: string;
  refText: string;
  onChange: (ref: string) => void;
  /** A backup from outside the home was chosen. */
  onFile: (ref: string, file: string) => void;
};

const withOwn = (options: Option<string>[], ref: string, start: string): Option<string>[] =>
  ref === start || options.some((one) => one.value === ref)
    ? options
    : [{ value: ref, label: ref.slice(start.length) }, ...options];

const SetPicker = ({ side, refText, onChange }: Props): ReactNode => {
  const [open, setOpen] = useState(false);
  const chosen = refText !== 'cs:';
  const list = useQuery('versions.list', { limit: 1 }, ['audit']);
  const there = useQuery('versions.at', { ref: refText, limit: 1 }, [], { skip: !chosen });
  const named = list.data?.named ?? [];
  const name = named.find((one) => `cs:${one.version.changeSet}` === refText)?.name;
  const moment = there.data?.moment ?? null;
  const label = !chosen
    ? say.chooseSet
    : (name ??
      (moment === null
        ? refText.slice('cs:'.length)
        : [
            formatWhen(moment.at, new Date(), { seconds: true }),
            moment.actor,
            ...(moment.reason === null ? [] : [moment.reason]),
          ]
            .join(' · ')
            .slice(0, 80)));
  return (
    <>
      <Button aria-label={`${say.which(side)}: ${label}`} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open ? (
        <SetDialog
          side={side}
          named={named}
          onChoose={(changeSet) => onChange(`cs:${changeSet}`)}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
};

const useOtherFile = (kind: 'backup' | 'bundle', onFile: Props['onFile']): (() => Promise<void>) => {
  const door = useDoor();
  return async () => {
    const file = await door.openFile();
    if (!file.ok) return toastError(file.error);
    if (file.data !== null) onFile(`${kind}:${file.data.name}`, file.data.file);
  };
};

const BundlePicker = ({ refText, onFile }: Props): ReactNode => {
  const choose = useOtherFile('bundle', onFile);
  return (
    <>
      <span className="mono">{refText.slice('bundle:'.length)}</span>
      <Button onClick={() => void choose()}>{say.chooseFile}</Button>
    </>
  );
};

const BackupPicker = ({ side, refText, onChange, onFile }: Props): ReactNode => {
  const list = useQuery('backup.list', {}, ['backups']);
  const options = (list.data?.backups ?? [])
    .filter((one) => one.kind === 'store' && one.error === null)
    .map((one) => ({ value: `backup:${one.path}`, label: formatWhen(one.at, new Date(), { seconds: true }) }));
  const other = useOtherFile('backup', onFile);
  return (
    <>
      <Select
        label={say.whichBackup(side)}
        value={refText === 'backup:' ? null : refText}
        placeholder={say.chooseBackup}
        options={withOwn(options, refText, 'backup:')}
        onChange={onChange}
      />
      <Button variant="quiet" onClick={() => void other()}>
        {say.otherFile}
      </Button>
    </>
  );
};

const Which = (props: Props & { kind: RefKind }): ReactNode => {
  if (props.kind === 'set') return <SetPicker {...props} />;
  if (props.kind === 'backup') return <BackupPicker {...props} />;
  if (props.kind === 'bundle') return <BundlePicker {...props} />;
  if (props.kind !== 'time') return null;
  return (
    <TextInput
      type="datetime-local"
      step={1}
      className={css['goTo']}
      aria-label={say.when(props.side)}
      value={props.refText === '' ? '' : toLocal(props.refText)}
      onChange={(text) => {
        const time = fromLocal(text);
        if (time !== null) props.onChange(time);
      }}
    />
  );
};

export const ReferencePicker = (props: Props): ReactNode => {
  const kind = kindOfRef(props.refText);
  return (
    <div className={css['ref']} role="group" aria-label={props.side}>
      <span className={css['side']}>{props.side}</span>
      <Select<RefKind>
        label={say.refOf(props.side)}
        value={kind}
        options={refKinds.map((value) => ({ value, label: say.refKinds[value] }))}
        onChange={(next) => (next === kind ? undefined : props.onChange(startOf(next)))}
      />
      <Which {...props} kind={kind} />
    </div>
  );
};
