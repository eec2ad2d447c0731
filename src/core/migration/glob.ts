/**
 * The file patterns of definitions: `/` between folders, `*` for any name or part of one, a folder `**` for any folders or
 * none. Nothing else is special.
 */

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}]/gu, '\\$&');

const within = (folder: string): string => folder.split('*').map(escaped).join('[^/]*');

const toRegExp = (pattern: string): RegExp => {
  const folders = pattern.split('/');
  const parts = folders.map((one, i) => {
    if (one === '**' && i < folders.length - 1) return '(?:[^/]+/)*';
    return `${within(one)}${i < folders.length - 1 ? '/' : ''}`;
  });
  return new RegExp(`^${parts.join('')}$`, 'u');
};

export const isPattern = (file: string): boolean => file.includes('*');

export const matches = (pattern: string, file: string): boolean => toRegExp(pattern).test(file);

/** The pattern names the file itself or a folder above it. */
export const covers = (pattern: string, file: string): boolean => {
  const expression = toRegExp(pattern);
  const parts = file.split('/');
  return parts.some((_, i) => expression.test(parts.slice(0, i + 1).join('/')));
};
