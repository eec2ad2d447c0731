/** What stands on one side of a comparison, as the address writes it and as its kind of picker shows it. Pure. */
export const refKinds = ['now', 'time', 'set', 'backup', 'bundle', 'files'] as const;
export type RefKind = (typeof refKinds)[number];

/** Null for a reference that is still to be given. */
export const kindOfRef = (ref: string): RefKind => {
  if (ref === 'now' || ref === 'files') return ref;
  if (ref.startsWith('cs:')) return 'set';
  if (ref.startsWith('bundle:')) return 'bundle';
  return ref.startsWith('backup:') ? 'backup' : 'time';
};

/** A kind was picked, but not yet which one. */
export const isWhole = (ref: string): boolean => !['', 'cs:', 'backup:', 'bundle:'].includes(ref);

/** What a kind starts with. */
export const startOf = (kind: RefKind): string =>
  ({ now: 'now', files: 'files', set: 'cs:', backup: 'backup:', bundle: 'bundle:', time: '' })[kind];
