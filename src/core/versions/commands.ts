/** The handlers of `versions.*` and `trial.*`. */
import type { Handlers } from '../context.ts';
import { at, diff } from './diff.ts';
import { list, name, unname } from './moments.ts';
import { pick, removed, revert, undelete } from './revert.ts';
import { seen, since } from './since.ts';
import { trialHandlers } from './trial.ts';

export const versionHandlers = {
  'versions.diff': diff,
  'versions.at': at,
  'versions.list': list,
  'versions.revert': revert,
  'versions.pick': pick,
  'versions.undelete': undelete,
  'versions.removed': removed,
  'versions.name': name,
  'versions.unname': unname,
  'versions.since': since,
  'versions.seen': seen,
  ...trialHandlers,
} satisfies Partial<Handlers>;
