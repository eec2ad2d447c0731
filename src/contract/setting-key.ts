/**
 * Dotted setting keys and back. Every JSON path has exactly one key: a segment that holds a dot, a quote, a bracket,
 * a blank or nothing is written `["a.b"]`; array places (only in plans and ledgers) are written `[3]`.
 */

const plainSegment = /^[^.\s"'[\]\\]+$/u;

/** `['settings', 'recent.files']` -> `settings["recent.files"]`; numbers are array places. */
export const segmentsToKey = (segments: readonly (string | number)[]): string => {
  let key = '';
  for (const segment of segments) {
    if (typeof segment === 'number') key += `[${String(segment)}]`;
    else if (plainSegment.test(segment)) key += key === '' ? segment : `.${segment}`;
    else key += `[${JSON.stringify(segment)}]`;
  }
  return key;
};

/** The inverse of `segmentsToKey`; null when the text is not a key. */
export const keyToSegments = (key: string): (string | number)[] | null => {
  const segments: (string | number)[] = [];
  let i = 0;
  while (i < key.length) {
    if (key[i] === '[') {
      const match = /^\[(?:(\d+)|("(?:[^"\\]|\\.)*"))\]/u.exec(key.slice(i));
      if (match === null) return null;
      if (match[1] !== undefined) segments.push(Number(match[1]));
      else {
        try {
          segments.push(JSON.parse(match[2] ?? '') as string);
        } catch {
          return null;
        }
      }
      i += match[0].length;
    } else {
      if (key[i] === '.') {
        if (i === 0) return null;
        i += 1;
      } else if (i > 0) return null;
      const match = /^[^.\s"'[\]\\]+/u.exec(key.slice(i));
      if (match === null) return null;
      segments.push(match[0]);
      i += match[0].length;
    }
  }
  return segments.length > 0 && segmentsToKey(segments) === key ? segments : null;
};

/** The groups that a key lies in, the widest first. */
export const ancestorsOf = (key: string): string[] => {
  const segments = keyToSegments(key) ?? [];
  return segments.slice(1).map((_, i) => segmentsToKey(segments.slice(0, i + 1)));
};

/** True when `key` is `prefix` itself or lies below it (`general` covers `general.theme`, not `generally`). */
export const isUnder = (key: string, prefix: string): boolean =>
  prefix === '' || key === prefix || key.startsWith(`${prefix}.`) || key.startsWith(`${prefix}[`);
