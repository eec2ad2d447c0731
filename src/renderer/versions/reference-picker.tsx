/** One side of a comparison: now, a moment, a change set, a backup, the legacy files. */
import type { ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
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
import css from './versions-page.module.css';

const say = messages.versions;

type Props = {
  side: string;
  refText: string;
  onChange: (ref: string) => void;
  /** A backup from outside the home was chosen. */
  onFile: (ref: string, file: string) => void;
};

/** Named ones, then the newest; older ones are found on the slider. */
const setOptions = (list: Output<'versions.list'> | null): Option<string>[] => {
  const named = list?.named ?? [];
  const names = new Set(named.map((one) => one.version.changeSet));
  return [
    ...named.map((one) => ({ value: `cs:${one.version.changeSet}`, label: one.name })),
    ...(list?.versions ?? [])
      .filter((one) => !names.has(one.changeSet))
      .map((one) => ({
        value: `cs:${one.changeSet}`,
        label: [
          formatWhen(one.at, new Date(), { seconds: true }),
          one.actor,
          ...(one.reason === null ? [] : [one.reason]),
        ]
          .join(' · ')
          .slice(0, 80),
      })),
  ];
};

const withOwn = (options: Option<string>[], ref: string, start: string): Option<string>[] =>
  ref === start || options.some((one) => one.value === ref)
    ? options
    : [{ value: ref, label: ref.slice(start.length) }, ...options];

const SetPicker = ({ side, refText, onChange }: Props): ReactNode => {
  const list = useQuery('versions.list', { limit: 100 }, ['audit']);
  return (
    <Select
      label={say.which(side)}
      value={refText === 'cs:' ? null : refText}
      placeholder={say.chooseSet}
      options={withOwn(setOptions(list.data), refText, 'cs:')}
      onChange={onChange}
    />
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
