/** Writes what is filtered to a file that the owner chooses: JSON Lines that verify on their own, or CSV. */
import type { Door } from '../client.ts';
import { startJob } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { toast, toastError } from '../ui/toast.tsx';
import type { AuditFilter } from './use-audit-pages.ts';

const say = messages.audit;

export const exportLog = async (door: Door, filter: AuditFilter, format: 'jsonl' | 'csv'): Promise<void> => {
  const place = await door.saveFile(say.exportName(new Date().toISOString().slice(0, 10), format));
  if (!place.ok) return toastError(place.error);
  if (place.data === null) return;
  const { file, name } = place.data;
  const answer = await startJob(door.call, 'export', 'audit.export', { ...filter, file, format }, name);
  if (!answer.ok) return toastError(answer.error);
  const finished = await place.data.finish();
  if (!finished.ok) return toastError(finished.error);
  toast({
    title: say.exported(answer.data.entries, name),
    text: answer.data.complete ? say.exportedWhole : say.exportedSome,
  });
};
