/** Leaving: what the files get, what no file holds, what is removed; the home's name typed; a place for the last backup. */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import { describeError } from '../../contract/errors.ts';
import { backupFileName } from '../backups/backup-flows.ts';
import { useDoor, type Door } from '../client.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toastError } from '../ui/toast.tsx';
import { goTo } from '../use-route.ts';
import { AfterDialog, FileList, isName, TypeName, useAfter } from './after-dialog.tsx';

const say = messages.migration.after;
type Left = Output<'home.leave'>;
type Place = NonNullable<Extract<Awaited<ReturnType<Door['saveFile']>>, { ok: true }>['data']>;

const homelessListed = 20;

const Preview = ({ data }: { data: Left }): ReactNode => {
  const touched = data.files.filter((one) => one.action !== 'unchanged');
  return (
    <>
      <p>{touched.length === 0 ? say.leaveFilesSame(data.files.length) : say.leaveFiles(touched.length)}</p>
      {touched.length === 0 ? null : (
        <FileList
          label={say.leaveFilesLabel}
          rows={touched.map(({ file, action, changed }) => ({ file, what: say.leaveActions[action](changed) }))}
        />
      )}
      {data.homeless.length === 0 ? null : (
        <NoticeLine tone="warn">
          {say.homeless(data.homeless.length)}
          <div className="mono small">{data.homeless.slice(0, homelessListed).join(', ')}</div>
          {data.homeless.length > homelessListed ? say.andMore(data.homeless.length - homelessListed) : null}
        </NoticeLine>
      )}
      <p>{say.removes(data.removed)}</p>
      <NoticeLine tone="info">{say.leaveKeep}</NoticeLine>
    </>
  );
};

export const LeaveDialog = ({ onClose }: { onClose: () => void }): ReactNode => {
  const door = useDoor();
  const { title } = useStatus();
  // After it there is no store that says the name.
  const [name] = useState(title);
  const after = useAfter('home.leave', {});
  const [typed, setTyped] = useState('');
  const [place, setPlace] = useState<Place | null>(null);
  const [unsaved, setUnsaved] = useState<HoldfastError | null>(null);
  const { preview, result } = after;
  const finish = async (at: Place): Promise<void> => {
    const finished = await at.finish();
    setUnsaved(finished.ok ? null : finished.error);
  };
  const leave = async (): Promise<void> => {
    const chosen = await door.saveFile(backupFileName(say.lastBackup(name), new Date()));
    if (!chosen.ok) return toastError(chosen.error);
    if (chosen.data === null) return;
    setPlace(chosen.data);
    if (await after.run({ output: chosen.data.file })) await finish(chosen.data);
  };
  const close = (): void => {
    onClose();
    if (result !== null) goTo('overview');
  };
  return (
    <AfterDialog
      title={result === null ? say.leaveTitle : say.leftTitle}
      description={result === null ? say.leaveText : undefined}
      after={after}
      action={{ label: say.leaveDo, ready: isName(typed, name), act: () => void leave() }}
      onClose={close}
    >
      {result === null && preview !== null ? (
        <>
          <Preview data={preview} />
          <TypeName name={name} value={typed} onChange={setTyped} />
        </>
      ) : null}
      {result === null || place === null ? null : (
        <>
          {unsaved === null ? (
            <NoticeLine tone="ok">{say.leftDone(place.name)}</NoticeLine>
          ) : (
            <NoticeLine tone="bad" alert>
              {describeError(unsaved)}{' '}
              <Button small onClick={() => void finish(place)}>
                {say.saveAgain}
              </Button>
            </NoticeLine>
          )}
          <p className="muted">{say.leftAfter}</p>
        </>
      )}
    </AfterDialog>
  );
};
