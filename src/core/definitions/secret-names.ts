/**
 * Proposes which values are secret, by name and by look. Only a proposal: the catalog and the owner decide. It must
 * never put a value into its answer.
 */
import type { JsonValue } from '../../contract/json.ts';
import { keyToSegments } from '../../contract/setting-key.ts';

const always = new Set([
  'secret',
  'secrets',
  'password',
  'passwords',
  'passwd',
  'passphrase',
  'pwd',
  'apikey',
  'apikeys',
  'token',
  'credential',
  'credentials',
  'bearer',
]);
/** Secret only as the last word: `pass_rate` and `authorization_mode` are not. */
const alwaysLast = new Set(['pass', 'authorization']);
/** `*_KEY` is a secret, but not when the word before says what else it is. */
const harmlessKeys = new Set([
  'public',
  'project',
  'primary',
  'foreign',
  'sort',
  'partition',
  'shortcut',
  'hot',
  'cache',
  'config',
  'issue',
  'row',
  'group',
  'object',
  'index',
]);
/** A count, a limit, a switch or a place about secrets is none itself. */
const about = new Set([
  'max',
  'min',
  'limit',
  'count',
  'length',
  'size',
  'ttl',
  'expiry',
  'expires',
  'timeout',
  'path',
  'file',
  'url',
  'uri',
  'endpoint',
  'policy',
  'name',
  'enabled',
  'type',
  'hint',
]);

/** `apiToken`, `API_TOKEN`, `api-token` -> api, token. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/gu, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== '');

const nameReason = (name: string): string | null => {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  const before = words.at(-2) ?? '';
  if (about.has(last) || about.has(words[0] ?? '')) return null;
  if (words.some((word) => always.has(word)) || alwaysLast.has(last)) return 'its name says so';
  if (words.includes('tokens') && words.length > 1 && /^(?:access|api|auth|bearer|refresh)$/u.test(before))
    return 'its name says so';
  if ((last === 'key' || last === 'keys') && words.length > 1 && !harmlessKeys.has(before))
    return 'its name ends in key';
  if (words.join('_').includes('access_key') || words.join('_').includes('private_key')) return 'its name says so';
  return null;
};

const withPassword = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/iu;
const namedPassword = /(?:^|;)\s*(?:password|pwd)\s*=\s*[^;\s]/iu;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/u;
const knownShape =
  /^(?:sk-[\w-]{8,}|sk_(?:live|test)_\w{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{8,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|glpat-[\w-]{16,}|glsa_\w{16,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)$/u;

/** Shannon entropy in bits per character. */
const entropy = (text: string): number => {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
};

/** Long, without words or separators of paths, and with every kind of character: what generators of keys give. */
const looksRandom = (text: string): boolean =>
  text.length >= 24 &&
  text.length <= 512 &&
  /^[\w+=-]+$/u.test(text) &&
  /[a-z]/u.test(text) &&
  /[A-Z]/u.test(text) &&
  (text.match(/\d/gu)?.length ?? 0) >= 3 &&
  entropy(text) >= 4.2;

const valueReason = (value: JsonValue): string | null => {
  if (typeof value !== 'string') return null;
  if (withPassword.test(value) || namedPassword.test(value)) return 'it holds a password in an address';
  if (privateKey.test(value)) return 'it is a private key';
  if (knownShape.test(value)) return 'it looks like a key or token';
  return looksRandom(value) ? 'it looks random, as keys are' : null;
};

/** Texts inside a list or object, with the name that is nearest to each. */
const insideReason = (name: string, value: JsonValue): string | null => {
  if (Array.isArray(value)) {
    for (const item of value) {
      const reason = insideReason(name, item);
      if (reason !== null) return reason;
    }
    return null;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const reason = insideReason(key, item);
      if (reason !== null) return reason;
    }
    return null;
  }
  // Switches and empty places are no secrets, whatever they are called.
  if (value === null || typeof value === 'boolean') return null;
  return nameReason(name) ?? valueReason(value);
};

/**
 * Why a value is probably secret, as a half sentence, or null. `name` is a setting key or a bare name; a group named
 * such as `secrets` or `password` makes everything in it secret.
 */
export const secretReason = (name: string, value: JsonValue): string | null => {
  const segments = (keyToSegments(name) ?? [name]).filter((segment) => typeof segment === 'string');
  const group = segments
    .slice(0, -1)
    .some((segment) => /^(?:secrets?|passwords?|passphrases?|credentials?|tokens?|api_?keys?)$/iu.test(segment));
  const own = insideReason(segments.at(-1) ?? name, value);
  if (own !== null) return own;
  return group && (typeof value === 'string' || typeof value === 'number') ? 'its group says so' : null;
};

/** A place that is empty so far, with a name that says what belongs there: the first value put there is a secret. */
export const isEmptySecretPlace = (name: string, value: JsonValue): boolean =>
  (value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)) &&
  secretReason(name, 'x') !== null;

export const secretByName = (name: string, value: JsonValue): boolean => secretReason(name, value) !== null;
