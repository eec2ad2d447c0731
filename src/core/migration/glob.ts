/** The file patterns of definitions: `/` between folders, `*` for any name or part of one. Nothing else is special. */

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}]/gu, '\\$&');

const toRegExp = (pattern: string): RegExp => new RegExp(`^${pattern.split('*').map(escaped).join('[^/]*')}$`, 'u');

export const isPattern = (file: string): boolean => file.includes('*');

export const matches = (pattern: string, file: string): boolean => toRegExp(pattern).test(file);

/** The pattern names the file itself or a folder above it. */
export const covers = (pattern: string, file: string): boolean => {
  const expression = toRegExp(pattern);
  const parts = file.split('/');
  return parts.some((_, i) => expression.test(parts.slice(0, i + 1).join('/')));
};
