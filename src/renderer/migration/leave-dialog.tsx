/**
 * Leaving: what the files get, what no file holds, what is removed; the home's name typed; a last backup. A browser's
 * download says nothing of where it ends, so there the saved file is shown to Holdfast before anything is removed.
 */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import { describeError } from '../../contract/errors.ts';
import { backupFileName } from '../backups/backup-flows.ts';
import { useDoor, type Door } from '../client.ts';
import { startJob } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { goTo } from '../use-route.ts';
import { AfterDialog, FileList, isName, TypeName, useAfter, type After } from './after-dialog.tsx';

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

/** Said beside the dialog: without a store its page goes away, and the dialog with it. */
const left = (backup: string): void => {
  toast({ title: say.leftTitle, text: `${say.leftDone(backup)} ${say.leftAfter}` });
  goTo('overview');
};

type Leaving = {
  after: After<'home.leave'>;
  /** The browser: the download that Holdfast waits for. */
  place: Place | null;
  unsaved: HoldfastError | null;
  busy: boolean;
  /** The browser: a backup is handed over first, nothing is removed by it. */
  download: () => Promise<void>;
  /** The browser: the saved file is opened and compared before anything is removed. */
  leaveWithSaved: () => Promise<void>;
  /** The window: the last backup goes straight to the chosen file. */
  leaveToFile: () => Promise<void>;
};

const useLeaving = (name: string): Leaving => {
  const door = useDoor();
  const call = useCall();
  const after = useAfter('home.leave', {});
  const [place, setPlace] = useState<Place | null>(null);
  const [unsaved, setUnsaved] = useState<HoldfastError | null>(null);
  const [busy, setBusy] = useState(false);
  const ask = async (): Promise<Place | null> => {
    const chosen = await door.saveFile(backupFileName(say.lastBackup(name), new Date()));
    if (!chosen.ok) toastError(chosen.error);
    return chosen.ok ? chosen.data : null;
  };
  const download = async (): Promise<void> => {
    const at = await ask();
    if (at === null) return;
    setBusy(true);
    const made = await startJob(call, 'export', 'backup.create', { output: at.file }, at.name);
    const finished = made.ok ? await at.finish() : made;
    setBusy(false);
    setUnsaved(finished.ok ? null : finished.error);
    if (finished.ok) setPlace(at);
  };
  const leaveWithSaved = async (): Promise<void> => {
    const file = await door.openFile();
    if (!file.ok) return toastError(file.error);
    if (file.data !== null && (await after.run({ saved: file.data.file }))) left(file.data.name);
  };
  const leaveToFile = async (): Promise<void> => {
    const at = await ask();
    if (at === null) return;
    if (await after.run({ output: at.file })) left(at.name);
  };
  return { after, place, unsaved, busy, download, leaveWithSaved, leaveToFile };
};

export const LeaveDialog = ({ onClose }: { onClose: () => void }): ReactNode => {
  const door = useDoor();
  const { title } = useStatus();
  // After it there is no store that says the name.
  const [name] = useState(title);
  const [typed, setTyped] = useState('');
  const { after, place, unsaved, busy, download, leaveWithSaved, leaveToFile } = useLeaving(name);
  const { preview, result } = after;
  const ready = isName(typed, name) && !busy;
  const inBrowser = door.kind === 'browser';
  const action = !inBrowser
    ? { label: say.leaveDo, ready, act: () => void leaveToFile() }
    : place === null
      ? { label: say.leaveSave, ready, act: () => void download() }
      : { label: say.leaveChoose, ready, act: () => void leaveWithSaved() };
  return (
    <AfterDialog title={say.leaveTitle} description={say.leaveText} after={after} action={action} onClose={onClose}>
      {result === null && preview !== null ? (
        <>
          <Preview data={preview} />
          <TypeName name={name} value={typed} onChange={setTyped} />
          {unsaved === null ? null : (
            <NoticeLine tone="bad" alert>
              {describeError(unsaved)}
            </NoticeLine>
          )}
          {inBrowser && place !== null ? (
            <NoticeLine tone="info">
              {say.leaveSaved(place.name)}{' '}
              <Button small busy={busy} onClick={() => void download()}>
                {say.saveAgain}
              </Button>
            </NoticeLine>
          ) : null}
        </>
      ) : null}
    </AfterDialog>
  );
};
