/**
 * A layout: a legacy file's text with every value taken out. It lies in the store in clear, so it holds punctuation,
 * blanks and names only; comments and what could not be taken apart are kept encrypted beside it.
 */
import type { SubjectKind } from '../../changes/write.ts';
import type { Form, JsonForm } from '../spelling/form.ts';

/** The place of one value: whose it is, where inside that subject's value, and how it is written. */
export type Hole = {
  s: [SubjectKind, string];
  /** Where in the file, in key syntax. */
  a: string;
  /** Where inside the subject's value; absent for all of it. */
  p?: (string | number)[];
  f?: Form;
  /** A record's member names -> those of the file. */
  r?: { [name: string]: string };
  /** Written in a way that its value does not tell: number of the hidden text that has it. */
  x?: number;
};

/** Text that the ledger keeps: quarantined, or left out. */
export type Kept = { l: number; a: string };

/** Hidden text that is no value: a comment. */
export type Hidden = { c: number };

/** The list of enabled integrations: one entry for each, and the ids that the file has fields for. */
export type EnabledList = { e: (Kept | Hole | { id: string; a: string; f?: JsonForm })[]; f?: JsonForm; ids: string[] };

export type Token = string | Hole | Kept | Hidden | EnabledList;

export type Layout = {
  v: 1;
  format: 'json' | 'env';
  tokens: Token[];
  /** Base64 of the encrypted hidden texts. */
  hidden?: string;
};

/** What the hidden texts are: a comment, or a value's text together with the value that it says. */
export type HiddenText = string | { raw: string; value: unknown };

export const isHole = (token: Token): token is Hole => typeof token === 'object' && 's' in token;
export const isKept = (token: Token): token is Kept => typeof token === 'object' && 'l' in token;
export const isHidden = (token: Token): token is Hidden => typeof token === 'object' && 'c' in token;
export const isEnabledList = (token: Token): token is EnabledList => typeof token === 'object' && 'e' in token;
