/** Where backups lie and what they are called. Paths in answers are relative to the home for those in `.holdfast/`. */
import { isAbsolute, join, relative, sep } from 'node:path';
import type { CallerFile, Context } from '../context.ts';
import { isThere } from './disk.ts';

export const backupsFolder = '.holdfast/backups';
export const legacyPrefix = 'pre_migration_';
export const backupsDirOf = (homeDir: string): string => join(homeDir, ...backupsFolder.split('/'));

/** `2026-11-20T09:00:02.123Z` -> `20261120_090002`. */
export const stampOf = (time: string): string =>
  `${time.slice(0, 10).replaceAll('-', '')}_${time.slice(11, 19).replaceAll(':', '')}`;

/** The inverse for a name that carries a stamp; null without one. */
export const timeOfName = (name: string): string | null => {
  const match = /_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)/u.exec(name);
  if (match === null) return null;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = match;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
};

/** The first free one of `NAME`, `NAME_2`, `NAME_3` … in `dir`. */
export const freeName = async (dir: string, name: string, ending: string): Promise<string> => {
  for (let n = 1; ; n += 1) {
    const candidate = `${name}${n === 1 ? '' : `_${String(n)}`}${ending}`;
    if (!(await isThere(join(dir, candidate)))) return candidate;
  }
};

/** What a person is shown for a file that was chosen through a door. A browser's download has no path worth showing. */
export const shownPath = (ctx: Context, file: CallerFile): string => {
  const inside = relative(ctx.homeDir, file.path);
  if (inside !== '' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return inside.split(sep).join('/');
  return ctx.actor.door === 'browser' ? file.name : file.path;
};
