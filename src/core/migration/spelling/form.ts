/**
 * How a value is written, without the value: what is left of a text when the value is taken out of it. JSON data, kept in
 * layouts in clear, so nothing in it may tell the value: positions and habits only.
 */

/** How one character stands in a JSON string: as it is, as its short escape, or as `\u` with these hex digits in capitals. */
export type CharStyle = 'plain' | 'short' | number;

export type StringForm = {
  t: 'string';
  /** Class of character -> how it is written, where that is not the usual way. */
  habits?: { [charClass: string]: CharStyle };
  /** Characters (counted from 0) that are written against the habit. */
  marks?: [number, CharStyle][];
};

type NumberForm =
  | { t: 'fixed'; decimals: number }
  | {
      t: 'exponent';
      e: 'e' | 'E';
      plus: boolean;
      /** Least number of digits of the exponent and of decimals. */
      width: number;
      decimals: number;
      /** Digits before the point; zero and less for 0.x. */
      point: number;
      /** `e-0`. */
      minus?: true;
      /** A zero does not tell where its point stands: its exponent with its sign is kept instead. */
      zero?: string;
    };

export type Gaps = { before: string; after: string; colon?: [string, string] };

/** An array or object: its blanks, and how its items are written where that is not the usual way. */
export type ListForm = {
  t: 'list';
  object: boolean;
  /** After the opening and before the closing bracket; all blanks of an empty one are in `open`. */
  open: string;
  close: string;
  /** Around every item: after the comma, before the comma, around the colon. */
  gaps: Gaps;
  item?: JsonForm;
  key?: StringForm;
  /** Items (counted from 0) that differ. */
  marks?: [number, { gaps?: Gaps; item?: JsonForm; key?: StringForm }][];
  /** Members of an object in the order of the text, as places in the value; absent when that is the same order. */
  order?: number[];
};

/** `plain`: as `JSON.stringify` writes it. */
export type JsonForm = { t: 'plain' } | StringForm | NumberForm | ListForm;

/** How `.env` text stands for a value that is no text. */
export type EnvInner =
  | { t: 'boolean'; words: number; letters: 'lower' | 'upper' | 'title' }
  | { t: 'json'; form: JsonForm }
  | { t: 'commas'; open: string; close: string; before: string; after: string; marks?: [number, string, string][] };

export type LineBreak = 'escaped' | 'lf' | 'crlf' | 'cr';

export type EnvForm = {
  t: 'env';
  quote: '' | '"' | "'" | '`';
  /** It begins with a quote that belongs to the value. */
  odd?: true;
  breaks?: LineBreak;
  marks?: [number, LineBreak][];
  inner?: EnvInner;
};

export type Form = JsonForm | EnvForm;

export const plainForm: JsonForm = { t: 'plain' };
