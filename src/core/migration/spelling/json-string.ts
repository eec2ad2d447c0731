/** How JSON strings are written: which characters are escaped and how. Any form can write any text. */
import type { CharStyle, JsonForm } from './form.ts';

const shorts: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** Writers treat these groups alike; each class has the way that `JSON.stringify` takes. */
const classOf = (char: string): { name: string; usual: CharStyle } => {
  const code = char.codePointAt(0) ?? 0;
  if (char === '"' || char === '\\') return { name: 'quote', usual: 'short' };
  if (code < 0x20) return shorts.has(char) ? { name: 'control', usual: 'short' } : { name: 'rest', usual: 0 };
  if (char === '/') return { name: 'slash', usual: 'plain' };
  if ("<>&'+`".includes(char)) return { name: 'html', usual: 'plain' };
  if (code === 0x2028 || code === 0x2029) return { name: 'lines', usual: 'plain' };
  return code >= 0x7f ? { name: 'wide', usual: 'plain' } : { name: 'ascii', usual: 'plain' };
};

const mustEscape = (char: string): boolean => char === '"' || char === '\\' || (char.codePointAt(0) ?? 0) < 0x20;

/** `capitals`: bit i set writes hex digit i, counted over all of the character, as a capital. */
const hexEscape = (char: string, capitals: number): string => {
  let digit = 0;
  let text = '';
  for (let i = 0; i < char.length; i += 1) {
    const hex = char.charCodeAt(i).toString(16).padStart(4, '0');
    text += '\\u';
    for (const one of hex) {
      text += (capitals >> digit) & 1 ? one.toUpperCase() : one;
      digit += 1;
    }
  }
  return text;
};

const allCapitals = 255;

const render = (char: string, style: CharStyle): string => {
  if (typeof style === 'number') return hexEscape(char, style);
  const short = shorts.get(char);
  if (style === 'short') return short ?? (mustEscape(char) ? hexEscape(char, 0) : char);
  return mustEscape(char) ? (short ?? hexEscape(char, 0)) : char;
};

type Piece = { char: string; text: string; style: CharStyle };

/** The pieces of a string between its quotes, one per character of its value. */
const piecesOf = (inner: string, value: string): Piece[] => {
  const pieces: Piece[] = [];
  let at = 0;
  for (const char of value) {
    let style: CharStyle = 'plain';
    let length = char.length;
    if (inner[at] === '\\') {
      if (inner[at + 1] === 'u') {
        length = 6 * char.length;
        const digits = inner.slice(at, at + length).replace(/\\u/gu, '');
        style = [...digits].reduce((bits, digit, i) => (/[A-F]/u.test(digit) ? bits | (1 << i) : bits), 0);
      } else {
        length = 2;
        style = 'short';
      }
    }
    pieces.push({ char, text: inner.slice(at, at + length), style });
    at += length;
  }
  return pieces;
};

const habitsOf = (pieces: readonly Piece[]): Map<string, CharStyle> => {
  const habits = new Map<string, CharStyle>();
  for (const { char, style } of pieces) {
    const { name } = classOf(char);
    const whole = typeof style === 'number' && style > 0 ? allCapitals : style;
    const known = habits.get(name);
    // An escape of digits only, such as \u0022, does not tell capitals from small letters.
    if (known === undefined || (known === 0 && whole === allCapitals)) habits.set(name, whole);
  }
  // One escaped letter is no habit: letters are written as they are.
  habits.delete('ascii');
  return habits;
};

/** `lexeme` with its quotes. */
export const stringForm = (lexeme: string, value: string): JsonForm => {
  if (lexeme === JSON.stringify(value)) return { t: 'plain' };
  const pieces = piecesOf(lexeme.slice(1, -1), value);
  const habits = habitsOf(pieces);
  const marks: [number, CharStyle][] = [];
  pieces.forEach(({ char, text, style }, i) => {
    const { name, usual } = classOf(char);
    if (render(char, habits.get(name) ?? usual) !== text) marks.push([i, style]);
  });
  const unusual = [...habits].filter(([name, style]) =>
    pieces.some(({ char }) => classOf(char).name === name && classOf(char).usual !== style),
  );
  return {
    t: 'string',
    ...(unusual.length === 0 ? {} : { habits: Object.fromEntries(unusual) }),
    ...(marks.length === 0 ? {} : { marks }),
  };
};

export const spellString = (form: JsonForm | undefined, value: string): string => {
  if (form?.t !== 'string') return JSON.stringify(value);
  const marks = new Map(form.marks ?? []);
  let text = '"';
  let i = 0;
  for (const char of value) {
    const { name, usual } = classOf(char);
    text += render(char, marks.get(i) ?? form.habits?.[name] ?? usual);
    i += 1;
  }
  return `${text}"`;
};
