/** `node:sqlite`: a client span for every statement that runs. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Span } from 'opentracing';
import { currentSpan } from './current-span.ts';
import { markError } from './span-error.ts';
import * as tag from './tags.ts';

export interface TracedDatabaseOptions {
  /** What the database is called in traces: `db.instance`. @default `sqlite` */
  instance?: string;
}

const RUNNING = new Set<PropertyKey>(['run', 'get', 'all']);
const LONGEST_STATEMENT = 4096;

/**
 * The same database, its `exec` and the statements that it prepares traced: a child of the active span by the active
 * span's tracer, named by what it does (`SELECT users`), with the statement as it was prepared, placeholders and all:
 * values never leave the process. Without an active span nothing is traced. Results and errors stay as they are.
 */
export function tracedDatabase(
  db: DatabaseSync,
  { instance = 'sqlite' }: TracedDatabaseOptions = {},
): DatabaseSync {
  return new Proxy(db, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property === 'prepare')
        return (sql: string, ...rest: []) =>
          tracedStatement(target.prepare(sql, ...rest), describe(sql, instance));
      if (property === 'exec')
        return (sql: string) => spanAround(describe(sql, instance), () => target.exec(sql));
      return value.bind(target);
    },
  });
}

/** What the spans of one statement have in common. */
interface Description {
  readonly name: string;
  readonly tags: Readonly<Record<string, unknown>>;
}

function describe(sql: string, instance: string): Description {
  const statement = withoutValues(sql);
  const tags = Object.freeze({
    [tag.SPAN_KIND]: tag.CLIENT,
    [tag.COMPONENT]: 'sqlite',
    [tag.DB_TYPE]: 'sql',
    [tag.DB_INSTANCE]: instance,
    [tag.DB_STATEMENT]: statement,
  });
  return { name: statementName(statement), tags };
}

function tracedStatement(statement: StatementSync, description: Description): StatementSync {
  return new Proxy(statement, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property === 'iterate')
        return (...parameters: unknown[]) => spanOverRows(description, value.apply(target, parameters));
      if (!RUNNING.has(property)) return value.bind(target);
      return (...parameters: unknown[]) => spanAround(description, () => value.apply(target, parameters));
    },
  });
}

function spanAround<Result>({ name, tags }: Description, run: () => Result): Result {
  const parent = currentSpan();
  if (parent === undefined) return run();
  const span: Span = parent.tracer().startSpan(name, { childOf: parent, tags });
  try {
    return run();
  } catch (error) {
    markError(span, error);
    throw error;
  } finally {
    span.finish();
  }
}

/** Rows that are read one by one: the span lasts from the first to the last that is asked for. */
function spanOverRows<Row>({ name, tags }: Description, rows: Iterable<Row>): Generator<Row, void, unknown> {
  const parent = currentSpan();
  return (function* readRows() {
    const span = parent?.tracer().startSpan(name, { childOf: parent, tags });
    try {
      yield* rows;
    } catch (error) {
      if (span) markError(span, error);
      throw error;
    } finally {
      span?.finish();
    }
  })();
}

const TABLE = /\b(?:FROM|INTO|UPDATE|TABLE(?:\s+IF\s+(?:NOT\s+)?EXISTS)?|JOIN)\s+["'`[]?([\w$]+)/i;

/** What the statement does, and to which table: `SELECT users`, `BEGIN`. */
function statementName(sql: string): string {
  const verb = /^[\s(]*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL';
  const table = TABLE.exec(sql)?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}

/**
 * What of a statement is not itself: comments, texts, names in quotation marks, numbers. One pattern for all, so that each is
 * read from where the one before has ended, as SQLite reads them; what has no end goes on to the statement's.
 * Source: https://sqlite.org/lang_expr.html#literal_values_constants_
 */
const TOKEN = new RegExp(
  [
    /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/, // comments
    /(?<![\w$])x?'(?:[^']|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)/, // texts and bytes
    /"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$)/, // names
    /(?<![\w$.?:@])[+-]?(?:0x[\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?[\d_]+)?)(?![\w$])/, // numbers
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);

/** Literals become `?`: a statement that was put together from values must not carry them into the trace. */
function withoutValues(sql: string): string {
  const withoutLiterals = sql.replace(TOKEN, (token) => {
    if (token.startsWith('--') || token.startsWith('/*')) return ' ';
    return /^["`[]/.test(token) ? token : '?';
  });
  return withoutLiterals.replace(/\s+/g, ' ').trim().slice(0, LONGEST_STATEMENT);
}
