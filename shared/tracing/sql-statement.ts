/** What a trace shows of an SQL statement: a name for its spans, and its text without the values in it. */
import { cut } from './text.ts';

/** A statement, or several, as a trace shows them. */
export interface Statement {
  /** What it does, and to which table: `SELECT users`, `BEGIN`. */
  readonly name: string;
  /** The statement with `?` in place of each value, without comments. */
  readonly text: string;
}

const LONGEST_NAME = 80;
const LONGEST_TEXT = 4096;
/** Of a statement that is longer, only so much is read: it may be megabytes of values. */
const LONGEST_READ = 16_384;

/** How a database reads statements. */
export interface Dialect {
  /** Whether what is in double quotes can be a text, as SQLite has it where it is told to, and not only a name. */
  readonly quotesTexts: boolean;
}

/** Reads the statement, or several, as SQLite would; what is none has a name and a text as well. Takes linear time. */
export function readStatement(sql: string, { quotesTexts }: Dialect): Statement {
  const tokens = tokensOf(sql.slice(0, LONGEST_READ));
  const isValue = (at: number) => tokens[at]?.kind === 'value' || (quotesTexts && mayBeText(tokens, at));
  return { name: cut(nameOf(tokens), LONGEST_NAME), text: textOf(tokens, isValue).slice(0, LONGEST_TEXT) };
}

interface Token {
  readonly text: string;
  /** A name in quotation marks is `quoted`; any other, and a keyword, is a `word`. */
  readonly kind: 'value' | 'quoted' | 'word' | 'mark';
  /** A word in capitals, of anything else nothing. */
  readonly keyword: string;
  /** In how many parentheses it is. */
  readonly depth: number;
  /** Whether there is a space, or a comment, before it. */
  readonly isApart: boolean;
}

/**
 * One pattern for all, so that each is read from where the one before has ended. What has no end goes on to the statement's,
 * and is taken for a value. Sources: https://sqlite.org/lang_expr.html#literal_values_constants_ and, for names, of which all
 * that is not ASCII may be part, https://sqlite.org/src/file/src/tokenize.c
 */
const TOKEN = new RegExp(
  [
    /((?:[ \t\n\f\r\ufeff]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+)/, // spaces and comments
    /("(?:[^"]|"")*"(?!")|`(?:[^`]|``)*`(?!`)|\[[^\]]*\])/, // names in quotation marks
    /(x?'(?:[^']|'')*(?:'|$)|["`[][\s\S]*)/, // texts and bytes
    /((?:(?<![\w$.?:@])[+-])?(?:0x[\da-f_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?[\d_]+)?))/, // numbers
    /([a-z_\u0080-\uffff][\w$\u0080-\uffff]*)/, // words
    /[?:@$][\w$\u0080-\uffff]*|[\s\S]/, // parameters and operators
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let isApart = false;
  for (const [text, space, quoted, literal, number, word] of sql.matchAll(TOKEN)) {
    if (space === undefined) {
      const kind = quoted ? 'quoted' : (literal ?? number) ? 'value' : word ? 'word' : 'mark';
      if (text === ')') depth -= 1;
      tokens.push({ text, kind, keyword: word?.toUpperCase() ?? '', depth, isApart });
      if (text === '(') depth += 1;
    }
    isApart = space !== undefined;
  }
  return tokens;
}

function textOf(tokens: readonly Token[], isValue: (at: number) => boolean): string {
  const shown = tokens.map((token, at) => (token.isApart ? ' ' : '') + (isValue(at) ? '?' : token.text));
  return inOneLine(shown.join(''));
}

const BEFORE_NAME = new Set([
  ...['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE', 'INDEX', 'VIEW', 'TRIGGER'],
  ...['EXISTS', 'AS', 'REFERENCES'],
]);

/**
 * What is in double quotes may be a text as well as a name (`enableDoubleQuotedStringLiterals`), and only the tables can tell
 * which: `WHERE "a" = "b"`. So it is shown only where no text can be: beside a dot, and behind a word that only a name can
 * follow. Wherever there can be an expression it counts as a value, be it the name of a column.
 * Source: https://sqlite.org/quirks.html#double_quoted_string_literals_are_accepted
 */
function mayBeText(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token?.kind !== 'quoted' || !token.text.startsWith('"')) return false;
  if (tokens[at - 1]?.text === '.' || tokens[at + 1]?.text === '.') return false;
  const isUpdateOr = tokens[at - 2]?.keyword === 'OR' && tokens[at - 3]?.keyword === 'UPDATE';
  return !isUpdateOr && !isBeforeName(tokens, at - 1, BEFORE_NAME);
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function nameOf(tokens: readonly Token[]): string {
  const begin = beginOf(tokens);
  const verb = tokens[begin]?.keyword || 'SQL';
  const table = tableOf(tokens, begin);
  return table ? `${verb} ${table}` : verb;
}

const WRITES = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE']);
const MAIN = new Set([...WRITES, 'SELECT', 'VALUES']);

/** Where the verb is: behind a WITH, the one that changes a table, if any does. */
function beginOf(tokens: readonly Token[]): number {
  const first = tokens.findIndex(({ text }) => text !== '(');
  const { keyword, depth } = tokens[first] ?? {};
  if (keyword !== 'WITH') return first;
  const main = tokens.findIndex((token) => token.depth === depth && MAIN.has(token.keyword));
  return WRITES.has(tokens[main]?.keyword ?? '') ? main : first;
}

const BEFORE_TABLE = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE']);
/**
 * Definitions are named by what comes to be, changes or goes: a trigger as in its `DROP TRIGGER`, which tells no table, and
 * not like the making of the table that it watches.
 */
const DEFINES = new Set(['CREATE', 'DROP', 'ALTER']);
const BEFORE_DEFINED = new Set(['TABLE', 'INDEX', 'VIEW', 'TRIGGER']);

/** The first table; one that a subquery before the statement's own FROM reads is named only where there is no such FROM. */
function tableOf(tokens: readonly Token[], begin: number): string | undefined {
  const { keyword = '', depth } = tokens[begin] ?? {};
  const words = DEFINES.has(keyword) ? BEFORE_DEFINED : BEFORE_TABLE;
  const isOwn = ({ depth: of }: Token, at: number) => of === depth && isBeforeName(tokens, at, words);
  const own = keyword === 'WITH' ? begin : tokens.findIndex((token, at) => at >= begin && isOwn(token, at));
  for (let at = Math.max(own, begin); at < tokens.length; at += 1) {
    const name = isBeforeName(tokens, at, words) ? nameBehind(tokens, at) : undefined;
    if (name) return name;
  }
  return undefined;
}

/** Whether a name or a parenthesis follows; but a value does `IS DISTINCT FROM`, and a file `VACUUM INTO`. */
function isBeforeName(tokens: readonly Token[], at: number, words: ReadonlySet<string>): boolean {
  const keyword = tokens[at]?.keyword ?? '';
  if (!words.has(keyword)) return false;
  const before = tokens[at - 1]?.keyword ?? '';
  if (keyword === 'FROM') return before !== 'DISTINCT';
  if (keyword === 'INTO') return WRITES.has(before) || tokens[at - 2]?.keyword === 'OR';
  return true;
}

/** The name behind `UPDATE`, `UPDATE OR IGNORE` or `TABLE IF NOT EXISTS`, without its schema's. */
function nameBehind(tokens: readonly Token[], at: number): string | undefined {
  const keyword = (place: number) => tokens[place]?.keyword;
  let place = at + 1;
  if (keyword(place) === 'OR') place += 2;
  if (keyword(place) === 'IF' && keyword(place + 1) === 'EXISTS') place += 2;
  if (keyword(place) === 'IF' && keyword(place + 1) === 'NOT') place += 3;
  if (tokens[place + 1]?.text === '.') place += 2;
  const { kind, text = '' } = tokens[place] ?? {};
  if (kind === 'word') return text;
  if (kind !== 'quoted') return undefined;
  const mark = text.slice(-1);
  return inOneLine(text.slice(1, -1).replaceAll(mark + mark, mark));
}
