/**
 * Looks at a statement's text before it is prepared: what kind it is, and whether replaying it later would give the same
 * result. It refuses (throws: such SQL is a bug) what reads the clock, chance or the connection's own past, and whatever
 * is neither a query nor a change of rows: tables are changed by schema steps only, transactions by the store only.
 */
export type StatementKind = 'read' | 'write';

type Token = { kind: 'word' | 'string' | 'mark'; text: string };

const tokenPattern =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(?<string>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<mark>[\s\S])/gu;

const tokensOf = (sql: string): Token[] => {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(tokenPattern)) {
    const { string, word, mark, quoted } = match.groups ?? {};
    if (string !== undefined) tokens.push({ kind: 'string', text: string.slice(1, -1).toLowerCase() });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase() });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    else if (quoted !== undefined) tokens.push({ kind: 'mark', text: quoted.toLowerCase() });
  }
  return tokens;
};

const writing = new Set(['insert', 'update', 'delete', 'replace']);
const never = new Set(['current_time', 'current_date', 'current_timestamp']);
/** Functions whose answer is not in the database. */
const fickle = new Set(['random', 'randomblob', 'last_insert_rowid', 'changes', 'total_changes', 'sqlite_version']);
/** Harmless with a given time; with none, or with 'now', they read the clock. In a change they are not needed at all. */
const dates = new Set(['date', 'time', 'datetime', 'julianday', 'unixepoch', 'strftime', 'timediff']);

const kindOf = (tokens: readonly Token[], sql: string): StatementKind => {
  const first = tokens[0]?.text ?? '';
  if (writing.has(first)) return 'write';
  if (first === 'select' || first === 'values') return 'read';
  // `replace(` is also a text function.
  const changes = (token: Token, i: number): boolean =>
    token.kind === 'word' && writing.has(token.text) && tokens[i + 1]?.text !== '(';
  if (first === 'with') return tokens.some(changes) ? 'write' : 'read';
  throw new Error(`The store runs queries and changes of rows only, not: ${sql.slice(0, 80)}`);
};

const refuse = (what: string, sql: string): never => {
  throw new Error(`${what} cannot be replayed; pass the value as a parameter: ${sql.slice(0, 200)}`);
};

/** Throws for a statement that the journal could not replay. */
export const checkSql = (sql: string): StatementKind => {
  const tokens = tokensOf(sql);
  while (tokens.at(-1)?.text === ';') tokens.pop();
  const kind = kindOf(tokens, sql);
  for (const [i, token] of tokens.entries()) {
    const call = tokens[i + 1]?.text === '(';
    if (token.kind === 'mark' && token.text === ';') throw new Error(`More than one statement: ${sql.slice(0, 200)}`);
    if (token.text === 'now' && (token.kind === 'string' || token.kind === 'mark')) refuse(`'now'`, sql);
    if (token.kind === 'mark' && token.text === '"now"') refuse(`'now'`, sql);
    if (token.kind !== 'word') continue;
    if (never.has(token.text)) refuse(token.text.toUpperCase(), sql);
    if (call && fickle.has(token.text)) refuse(`${token.text}()`, sql);
    if (call && dates.has(token.text)) {
      if (kind === 'write' || tokens[i + 2]?.text === ')') refuse(`${token.text}()`, sql);
    }
  }
  if (kind === 'write') refuseOddConflict(tokens, sql);
  return kind;
};

/** `OR FAIL` keeps half of a failed statement and `OR ROLLBACK` ends the round's transaction: neither can be journaled. */
const refuseOddConflict = (tokens: readonly Token[], sql: string): void => {
  for (const [i, token] of tokens.entries()) {
    const next = tokens[i + 1]?.text;
    if (token.kind === 'word' && token.text === 'or' && (next === 'fail' || next === 'rollback')) {
      refuse(`OR ${next.toUpperCase()}`, sql);
    }
  }
};
