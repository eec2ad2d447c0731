/**
 * Looks for texts that must not stand in clear anywhere: every byte of every file under a folder (names too), in the
 * encodings a careless writer would leave them in. Only tests use it; it changes nothing.
 */
import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

export type CanaryHit = { file: string; canary: string; encoding: string };
type Needle = { canary: string; encoding: string; bytes: Buffer };

/**
 * A text inside a longer base64 text starts at one of three alignments; only the characters that depend on nothing but
 * the text itself can be searched for.
 */
const base64Cores = (bytes: Buffer): string[] =>
  [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString('base64');
    return whole.slice(Math.ceil((shift * 8) / 6));
  });

const needlesFor = (canary: string): Needle[] => {
  const bytes = Buffer.from(canary, 'utf8');
  if (bytes.length < 6) throw new Error(`the canary "${canary}" is too short to be searched for`);
  const hex = bytes.toString('hex');
  const jsonAscii = JSON.stringify(canary)
    .slice(1, -1)
    .replaceAll(/[\u0080-\uffff]/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const texts: [string, string][] = [
    ['utf8', canary],
    ['hex', hex],
    ['hex', hex.toUpperCase()],
    ['json', JSON.stringify(canary).slice(1, -1)],
    ['json', jsonAscii],
    ['url', encodeURIComponent(canary)],
    ['url', new URLSearchParams([['x', canary]]).toString().slice(2)],
  ];
  for (const core of base64Cores(bytes)) {
    texts.push(['base64', core], ['base64url', core.replaceAll('+', '-').replaceAll('/', '_')]);
  }
  const needles = texts.map(([encoding, text]) => ({ canary, encoding, bytes: Buffer.from(text, 'utf8') }));
  needles.push({ canary, encoding: 'utf16le', bytes: Buffer.from(canary, 'utf16le') });
  return needles.filter((needle, i) => needles.findIndex((other) => other.bytes.equals(needle.bytes)) === i);
};

/** All hits in one piece of bytes, e.g. a log or an answer. */
export const findCanariesIn = (name: string, bytes: Uint8Array, canaries: readonly string[]): CanaryHit[] => {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return canaries
    .flatMap(needlesFor)
    .filter((needle) => haystack.includes(needle.bytes))
    .map(({ canary, encoding }) => ({ file: name, canary, encoding }));
};

/** All hits under `dir`, with paths relative to it. Symbolic links are not followed; where they point is searched. */
export const findCanaries = (dir: string, canaries: readonly string[]): CanaryHit[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const name = relative(dir, path);
    const inName = findCanariesIn(name, Buffer.from(entry.name, 'utf8'), canaries);
    if (entry.isFile()) return [...inName, ...findCanariesIn(name, readFileSync(path), canaries)];
    if (entry.isSymbolicLink())
      return [...inName, ...findCanariesIn(name, Buffer.from(readlinkSync(path), 'utf8'), canaries)];
    return inName;
  });
