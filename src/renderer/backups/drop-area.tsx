/** A backup dropped anywhere on the page: says over the page what letting go does, and gives the file to whoever takes it now. */
import { ArchiveRestore } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { create } from 'zustand';
import { messages } from '../messages.en.ts';
import { toastProblem } from '../ui/toast.tsx';
import { holdsFiles, lookAtDrop, type Transfer } from './dropped-file.ts';
import css from './drop-area.module.css';

const say = messages.backupDrop;
type Taker = (file: File) => Promise<void>;

/** Null: on this page nothing is taken. */
const useTaker = create<{ take: Taker | null }>(() => ({ take: null }));

/** While this page shows, a dropped backup is its. Null takes none. */
export const useTakeDrops = (take: Taker | null): void => {
  useEffect(() => {
    useTaker.setState({ take });
    return () => useTaker.setState((state) => (state.take === take ? { take: null } : {}));
  }, [take]);
};

const handOver = async (transfer: Transfer, take: Taker): Promise<void> => {
  const dropped = await lookAtDrop(transfer);
  if ('problem' in dropped) toastProblem({ title: say.refused, text: dropped.problem });
  else await take(dropped.file);
};

export const DropArea = (): ReactNode => {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const ends = new AbortController();
    const on = (type: 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void): void =>
      window.addEventListener(type, act, { signal: ends.signal });
    on('dragover', (event) => {
      if (!holdsFiles(event.dataTransfer)) return;
      // Always: a browser would open the file in place of the page.
      event.preventDefault();
      const { take } = useTaker.getState();
      event.dataTransfer.dropEffect = take === null ? 'none' : 'copy';
      setOver(take !== null);
    });
    on('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      setOver(false);
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      const { take } = useTaker.getState();
      if (take !== null) void handOver(event.dataTransfer, take);
    });
    return () => ends.abort();
  }, []);
  if (!over) return null;
  return (
    <div className={css['over']} role="status">
      <div className={css['box']}>
        <ArchiveRestore aria-hidden />
        <strong>{say.title}</strong>
        <span className="muted">{say.text}</span>
      </div>
    </div>
  );
};
