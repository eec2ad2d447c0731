/** Exporting and importing bundles from whichever page or menu it starts; which dialog shows lives here. */
import { useMemo } from 'react';
import { create } from 'zustand';
import type { Input } from '../../contract/commands.ts';
import { fileNamePart } from '../backups/backup-flows.ts';
import { useDoor, type Door } from '../client.ts';
import { plural } from '../plural.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { goTo } from '../use-route.ts';

const say = messages.bundles;

/** Where what is taken in comes from. */
export type ImportSource = { file: string; name: string } | { template: string };
/** What is to be written, and where to: a file, or a template of this home or of a file. */
export type Making = { to: 'file' } | { to: 'template' } | { to: 'template'; file: string; name: string };

type BundleDialogs = { importing: ImportSource | null; making: Making | null };
export const useBundleDialogs = create<BundleDialogs>(() => ({ importing: null, making: null }));

const pickFile = async (door: Door): Promise<{ file: string; name: string } | null> => {
  const file = await door.openFile();
  if (!file.ok) toastError(file.error);
  return file.ok ? file.data : null;
};

const open = (dialogs: Partial<BundleDialogs>): void => {
  goTo('bundles');
  useBundleDialogs.setState({ importing: null, making: null, ...dialogs });
};

export const bundleFileName = (title: string, now: Date): string =>
  say.defaultName(fileNamePart(title), now.toISOString().slice(0, 10));

type Wanted = Omit<Input<'bundle.export'>, 'file' | 'dryRun'>;

/** True once it is written; the owner may close the file dialog instead. */
const writeFile = async (door: Door, call: Door['call'], name: string, wanted: Wanted): Promise<boolean> => {
  const place = await door.saveFile(name);
  if (!place.ok) toastError(place.error);
  if (!place.ok || place.data === null) return false;
  const answer = await call('bundle.export', { file: place.data.file, ...wanted });
  const finished = answer.ok ? await place.data.finish() : answer;
  if (!answer.ok || !finished.ok) {
    if (!finished.ok) toastError(finished.error);
    return false;
  }
  const { counts, leftOut } = answer.data;
  toast({
    title: say.exported(place.data.name),
    text: leftOut.length === 0 ? say.holds(counts) : `${say.holds(counts)} ${plural(leftOut.length, say.leftOutForms)}`,
  });
  return true;
};

export const useBundleFlows = () => {
  const door = useDoor();
  const call = useCall();
  const { title } = useStatus();
  return useMemo(
    () => ({
      exportBundle: () => open({ making: { to: 'file' } }),
      importBundle: async (): Promise<void> => {
        const file = await pickFile(door);
        if (file !== null) open({ importing: file });
      },
      saveTemplate: () => open({ making: { to: 'template' } }),
      templateFromFile: async (): Promise<void> => {
        const file = await pickFile(door);
        if (file !== null) open({ making: { to: 'template', ...file } });
      },
      applyTemplate: (template: string) => open({ importing: { template } }),
      writeHome: (wanted: Wanted) => writeFile(door, call, bundleFileName(title, new Date()), wanted),
      writeTemplate: (template: string) => writeFile(door, call, `${template}.json`, { template }),
    }),
    [door, call, title],
  );
};
