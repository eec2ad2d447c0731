/**
 * Strict JSON (RFC 8259, UTF-8) into a tree that knows where everything stands and how it was written. It refuses
 * everything else with line and column, never repairs, and never builds objects: hostile keys stay plain strings.
 */

export type JsonMember = { key: string; at: number; value: JsonNode };

/** `start` and `end` are offsets into the text (UTF-16 units); `end` is exclusive. */
export type JsonNode = { start: number; end: number } & (
  | { type: 'object'; members: JsonMember[] }
  | { type: 'array'; items: JsonNode[] }
  | { type: 'string'; value: string }
  | { type: 'number'; lexeme: string }
  | { type: 'literal'; value: boolean | null }
);

export type JsonLimits = { depth: number; nodes: number };
export const jsonLimits: JsonLimits = { depth: 64, nodes: 200_000 };

export type JsonProblem = { message: string; offset: number };

/** Thrown and caught in this file only: unwinds the descent at the first error. */
class Refusal extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

type Cursor = { text: string; at: number; nodes: number; limits: JsonLimits };

const refuse = (cursor: Cursor, message: string, offset = cursor.at): never => {
  throw new Refusal(message, offset);
};

const show = (text: string, at: number): string => {
  const point = text.codePointAt(at);
  if (point === undefined) return 'the end of the file';
  const hex = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return point < 0x21 || (point >= 0x7f && point < 0xa1) ? `the character ${hex}` : `"${String.fromCodePoint(point)}"`;
};

const skipSpace = (cursor: Cursor): void => {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    cursor.at += 1;
  }
};

// RFC 8259 forbids exactly these control characters in strings.
const plainRun = /[^"\\\u0000-\u001f]*/uy;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/uy;

const readString = (cursor: Cursor): string => {
  const { text } = cursor;
  const start = cursor.at;
  cursor.at += 1;
  let escaped = false;
  for (;;) {
    plainRun.lastIndex = cursor.at;
    plainRun.test(text);
    cursor.at = plainRun.lastIndex;
    const next = text[cursor.at];
    if (next === '"') break;
    if (next === undefined) refuse(cursor, 'this string has no closing quote', start);
    if (next !== '\\') refuse(cursor, `${show(text, cursor.at)} may not stand in a string; write it as an escape`);
    escape.lastIndex = cursor.at;
    if (!escape.test(text)) refuse(cursor, 'this escape is not one of JSON');
    cursor.at = escape.lastIndex;
    escaped = true;
  }
  cursor.at += 1;
  if (!escaped) return text.slice(start + 1, cursor.at - 1);
  // The lexeme is valid here, so the platform's own decoder may turn it into a value.
  return JSON.parse(text.slice(start, cursor.at)) as string;
};

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/uy;

const readNumber = (cursor: Cursor): string => {
  number.lastIndex = cursor.at;
  const lexeme = number.exec(cursor.text)?.[0];
  if (lexeme === undefined) return refuse(cursor, 'this is not a number as JSON writes them');
  const after = cursor.text[cursor.at + lexeme.length];
  if (after !== undefined && /[0-9.eE+-]/u.test(after)) {
    refuse(cursor, 'this is not a number as JSON writes them', cursor.at + lexeme.length);
  }
  cursor.at += lexeme.length;
  return lexeme;
};

const literals: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

const readScalar = (cursor: Cursor): JsonNode => {
  const { text, at: start } = cursor;
  const first = text[start];
  if (first === '"') {
    const value = readString(cursor);
    return { type: 'string', value, start, end: cursor.at };
  }
  if (first !== undefined && /[-0-9]/u.test(first)) {
    const lexeme = readNumber(cursor);
    return { type: 'number', lexeme, start, end: cursor.at };
  }
  for (const [word, value] of literals) {
    if (text.startsWith(word, start)) {
      cursor.at += word.length;
      return { type: 'literal', value, start, end: cursor.at };
    }
  }
  return refuse(cursor, `a value was expected here, not ${show(text, start)}`);
};

/** After a member or item: true when another follows. */
const readSeparator = (cursor: Cursor, close: string): boolean => {
  skipSpace(cursor);
  const next = cursor.text[cursor.at];
  if (next !== ',' && next !== close)
    refuse(cursor, `"," or "${close}" was expected here, not ${show(cursor.text, cursor.at)}`);
  cursor.at += 1;
  return next === ',';
};

const readObject = (cursor: Cursor, depth: number): JsonNode => {
  const start = cursor.at;
  const members: JsonMember[] = [];
  cursor.at += 1;
  skipSpace(cursor);
  if (cursor.text[cursor.at] === '}') cursor.at += 1;
  else {
    do {
      skipSpace(cursor);
      const at = cursor.at;
      if (cursor.text[at] !== '"')
        refuse(cursor, `a key in double quotes was expected here, not ${show(cursor.text, at)}`);
      const key = readString(cursor);
      skipSpace(cursor);
      if (cursor.text[cursor.at] !== ':')
        refuse(cursor, `":" was expected after the key, not ${show(cursor.text, cursor.at)}`);
      cursor.at += 1;
      members.push({ key, at, value: readValue(cursor, depth + 1) });
    } while (readSeparator(cursor, '}'));
  }
  return { type: 'object', members, start, end: cursor.at };
};

const readArray = (cursor: Cursor, depth: number): JsonNode => {
  const start = cursor.at;
  const items: JsonNode[] = [];
  cursor.at += 1;
  skipSpace(cursor);
  if (cursor.text[cursor.at] === ']') cursor.at += 1;
  else {
    do items.push(readValue(cursor, depth + 1));
    while (readSeparator(cursor, ']'));
  }
  return { type: 'array', items, start, end: cursor.at };
};

const readValue = (cursor: Cursor, depth: number): JsonNode => {
  skipSpace(cursor);
  cursor.nodes += 1;
  if (cursor.nodes > cursor.limits.nodes)
    refuse(cursor, `the file holds more than ${String(cursor.limits.nodes)} values`);
  const first = cursor.text[cursor.at];
  if (first !== '{' && first !== '[') return readScalar(cursor);
  if (depth > cursor.limits.depth) refuse(cursor, `values are nested more than ${String(cursor.limits.depth)} deep`);
  return first === '{' ? readObject(cursor, depth) : readArray(cursor, depth);
};

/** `text` without a byte order mark. */
export const parseJsonTree = (text: string, limits: JsonLimits = jsonLimits): JsonNode | JsonProblem => {
  const cursor: Cursor = { text, at: 0, nodes: 0, limits };
  try {
    skipSpace(cursor);
    if (cursor.at === text.length) return { message: 'the file is empty', offset: cursor.at };
    const root = readValue(cursor, 1);
    skipSpace(cursor);
    if (cursor.at < text.length)
      refuse(cursor, `nothing may follow the value, but here stands ${show(text, cursor.at)}`);
    return root;
  } catch (error) {
    if (error instanceof Refusal) return { message: error.message, offset: error.offset };
    throw error;
  }
};
