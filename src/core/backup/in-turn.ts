/** Making and removing backups of a home happens one after the other. Only the owner of a home does either, so this process is all there is. */
const turns = new Map<string, Promise<unknown>>();

export const inTurn = <T>(homeDir: string, work: () => Promise<T>): Promise<T> => {
  const next = (turns.get(homeDir) ?? Promise.resolve()).then(work);
  const over = next
    .catch(() => undefined)
    .then(() => {
      if (turns.get(homeDir) === over) turns.delete(homeDir);
    });
  turns.set(homeDir, over);
  return next;
};
