/**
 * The file patterns of definitions: `/` between folders, `*` for any name or part of one, a folder `**` for any folders or
 * none. Nothing else is special.
 */

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}]/gu, '\\$&');

const within = (folder: string): string => folder.split('*').map(escaped).join('[^/]*');

const sourceOf = (pattern: string): string => {
  const folders = pattern.split('/');
  const parts = folders.map((one, i) => {
    if (one === '**' && i < folders.length - 1) return '(?:[^/]+/)*';
    return `${within(one)}${i < folders.length - 1 ? '/' : ''}`;
  });
  return parts.join('');
};

/** A home may have thousands of files, and each is asked about by every pattern. */
const compiled = new Map<string, RegExp>();
const mostCompiled = 1_000;

const regExpOf = (pattern: string, after: '$' | '(?:/|$)'): RegExp => {
  const known = compiled.get(pattern + after);
  if (known !== undefined) return known;
  if (compiled.size >= mostCompiled) compiled.clear();
  const made = new RegExp(`^${sourceOf(pattern)}${after}`, 'u');
  compiled.set(pattern + after, made);
  return made;
};

export const isPattern = (file: string): boolean => file.includes('*');

export const matches = (pattern: string, file: string): boolean => regExpOf(pattern, '$').test(file);

/** The pattern names the file itself or a folder above it. */
export const covers = (pattern: string, file: string): boolean => regExpOf(pattern, '(?:/|$)').test(file);
