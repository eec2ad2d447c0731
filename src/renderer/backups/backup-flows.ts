/**
 * Making, exporting, checking and restoring backups, from whichever page or menu it starts. Progress and results live in
 * the job store; what dialog shows lives here.
 */
import { useMemo } from 'react';
import { create } from 'zustand';
import type { Input } from '../../contract/commands.ts';
import { useDoor, type Door } from '../client.ts';
import { startJob } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';

export type BackupRef = Input<'backup.verify'>['backup'];
export type BackupTarget = { ref: BackupRef; name: string; at: string | null };

type BackupDialogs = { verify: BackupTarget | null; restore: BackupTarget | null };

export const useBackupDialogs = create<BackupDialogs>(() => ({ verify: null, restore: null }));

const say = messages.backups;

/** A name as part of a file's that every system takes. */
export const fileNamePart = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-+|-+$/gu, '') || 'home';

export const backupFileName = (title: string, now: Date): string =>
  say.defaultName(fileNamePart(title), now.toISOString().slice(0, 10));

const createBackup = async (call: Door['call']): Promise<void> => {
  const answer = await startJob(call, 'backup', 'backup.create', {});
  if (!answer.ok) return toastError(answer.error);
  toast({ title: say.created, text: answer.data.provenAt === null ? say.createdSealed : say.createdProven });
};

const exportBackup = async (door: Door, call: Door['call'], name: string): Promise<void> => {
  const place = await door.saveFile(name);
  if (!place.ok) return toastError(place.error);
  if (place.data === null) return;
  const answer = await startJob(call, 'export', 'backup.create', { output: place.data.file }, place.data.name);
  if (!answer.ok) return toastError(answer.error);
  const finished = await place.data.finish();
  if (!finished.ok) return toastError(finished.error);
  toast({
    title: say.exported(place.data.name),
    text: answer.data.provenAt === null ? say.createdSealed : say.createdProven,
  });
};

const restoreFromFile = async (door: Door): Promise<void> => {
  const file = await door.openFile();
  if (!file.ok) return toastError(file.error);
  if (file.data === null) return;
  useBackupDialogs.setState({ restore: { ref: { file: file.data.file }, name: file.data.name, at: null } });
};

/** Only looks: the preview has the button that restores. */
const lookInto = async (door: Door, file: File): Promise<void> => {
  const taken = await door.takeFile(file);
  if (!taken.ok) return toastError(taken.error);
  useBackupDialogs.setState({
    verify: null,
    restore: { ref: { file: taken.data.file }, name: taken.data.name, at: null },
  });
};

export const useBackupFlows = () => {
  const door = useDoor();
  const call = useCall();
  const { title } = useStatus();
  return useMemo(
    () => ({
      createBackup: () => createBackup(call),
      exportBackup: () => exportBackup(door, call, backupFileName(title, new Date())),
      restoreFromFile: () => restoreFromFile(door),
      lookInto: (file: File) => lookInto(door, file),
    }),
    [door, call, title],
  );
};
