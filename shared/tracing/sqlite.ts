/** `node:sqlite`: a client span for every statement that runs. */
import type { DatabaseSync } from 'node:sqlite';
import { types } from 'node:util';
import type { Span } from 'opentracing';
import { currentSpan } from './current-span.ts';
import { markError } from './span-error.ts';
import { type Dialect, readStatement } from './sql-statement.ts';
import * as tag from './tags.ts';
import { timeOf } from './time-of.ts';
import { whenCollected } from './when-collected.ts';

const { isNativeError } = types;

export interface TracedDatabaseOptions {
  /** What the database is called in traces: `db.instance`. @default `sqlite` */
  instance?: string;
}

/**
 * Traces `exec` and the statements that the database prepares: each is a child of the active span by the active span's
 * tracer, named by what it does (`SELECT users`), with the statement as it was prepared, placeholders and all: values
 * never leave the process. To prepare one is a span only where it fails. Without an active span nothing is traced. Results
 * and errors stay as they are.
 *
 * The database itself is changed and returned, since Node takes no other object for it (`backup`, `using`).
 */
export function tracedDatabase(
  db: DatabaseSync,
  { instance = 'sqlite' }: TracedDatabaseOptions = {},
): DatabaseSync {
  if (traced.has(db)) return db;
  traced.add(db);
  const naming = { instance, quotesTexts: quotesTexts(db) };
  wrap(db, 'exec', (exec, [sql]) => spanAround(describing(sql, naming), exec));
  wrap(db, 'prepare', (prepare, [sql]) => {
    const describe = describing(sql, naming);
    return traceRuns(spanOfFailure(describe, prepare) as object, () => describe);
  });
  wrap(db, 'createTagStore', (createTagStore) =>
    // It takes each statement as a tagged template.
    traceRuns(createTagStore() as object, (strings) =>
      describing(Array.isArray(strings) ? strings.join('?') : strings, naming),
    ),
  );
  return db;
}

const traced = new WeakSet<DatabaseSync>();

/**
 * Whether the database takes `"..."` for a text where it knows no such name (`enableDoubleQuotedStringLiterals`). One that
 * cannot say so, not being open, counts as one that does.
 */
function quotesTexts(db: DatabaseSync): boolean {
  try {
    return Boolean(db.prepare('SELECT "a text?"'));
  } catch (error) {
    return !/^no such column/.test((error as Error).message);
  }
}

/** Runs `call`, which is the method with its parameters, and answers what it answers. */
type Around = (call: () => unknown, parameters: readonly unknown[]) => unknown;

/** Puts a method of the object's own before the one that it inherits. */
function wrap(object: object, name: string, around: Around): void {
  const method: unknown = Reflect.get(object, name);
  if (typeof method !== 'function') return;
  const value = (...parameters: unknown[]) => around(() => method.apply(object, parameters), parameters);
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}

const RUNNING = ['run', 'get', 'all'];

/** Traces the methods that run a statement; which one that is may be said by their first parameter. */
function traceRuns(target: object, describe: (first: unknown) => Describe): object {
  for (const name of RUNNING) wrap(target, name, (run, [first]) => spanAround(describe(first), run));
  wrap(target, 'iterate', (iterate, [first]) => {
    const described = describe(first);
    return traceRows(spanOfFailure(described, iterate) as object, described);
  });
  return target;
}

/** What the spans of one statement have in common. */
interface Description {
  readonly sql: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, unknown>>;
}

/** Undefined for what is no statement: it is SQLite's to refuse. */
type Describe = () => Description | undefined;

/** Describes a statement once, and only where it runs within a trace. */
function describing(sql: unknown, naming: Naming): Describe {
  let description: Description | undefined;
  return () => {
    if (typeof sql === 'string') description ??= describe(sql, naming);
    return description;
  };
}

interface Naming extends Dialect {
  readonly instance: string;
}

function describe(sql: string, { instance, ...dialect }: Naming): Description {
  const { name, text } = readStatement(sql, dialect);
  const tags = Object.freeze({
    [tag.SPAN_KIND]: tag.CLIENT,
    [tag.COMPONENT]: 'sqlite',
    [tag.DB_TYPE]: 'sql',
    [tag.DB_INSTANCE]: instance,
    [tag.DB_STATEMENT]: text,
  });
  return { sql, name, tags };
}

/** The span of a statement that runs in a span. */
function startSpan(parent: Span | undefined, describe: Describe, startTime?: number): Span | undefined {
  const description = parent && describe();
  if (description === undefined) return undefined;
  const { name, tags } = description;
  return parent?.tracer().startSpan(name, { childOf: parent, tags, startTime });
}

function spanAround<Result>(describe: Describe, run: () => Result): Result {
  const span = startSpan(currentSpan(), describe);
  try {
    return run();
  } catch (error) {
    if (span) markFailed(span, error, describe());
    throw error;
  } finally {
    span?.finish();
  }
}

/** The code of an error that SQLite has no other code for, such as of a statement that it does not understand. */
const SQLITE_ERROR = 1;

/**
 * Where SQLite does not understand a statement, its message quotes from it, maybe a value: `near "secret": syntax error`,
 * or `no such column: "secret"` of a text in the wrong quotes. The statement is shown without it as well.
 */
function markFailed(span: Span, error: unknown, description?: Description): void {
  const isOfSqlite = isNativeError(error) && 'errcode' in error;
  if (isOfSqlite && error.errcode === SQLITE_ERROR && description)
    span.setTag(tag.DB_STATEMENT, readStatement(description.sql, { quotesTexts: true }).text);
  markError(span, isOfSqlite ? withoutQuotation(error) : error);
}

function withoutQuotation(error: Error): Error {
  const { message } = error;
  const shown = message.replace(/".*"/s, '?');
  if (shown === message) return error;
  const stack = () => error.stack?.replace(message, () => shown);
  return Object.create(error, { message: { value: shown }, stack: { get: stack } });
}

/** A call that becomes a span only where it fails. */
function spanOfFailure<Result>(describe: Describe, call: () => Result): Result {
  const parent = currentSpan();
  const startTime = parent && timeOf(parent);
  try {
    return call();
  } catch (error) {
    const span = startSpan(parent, describe, startTime);
    if (span) markFailed(span, error, describe());
    span?.finish();
    throw error;
  }
}

/**
 * Rows that are read one by one: the span lasts from the first to the last that is asked for, or until nobody can ask any
 * more. The rows stay Node's own, so that they end and fail as they would untraced.
 */
function traceRows(rows: object, describe: Describe): object {
  const parent = currentSpan();
  if (parent === undefined) return rows;
  let span: Span | undefined;
  let isOver = false;
  const end = (): void => {
    isOver = true;
    span?.finish();
  };
  const step: Around = (read) => {
    if (isOver) return read();
    try {
      const row = read() as IteratorResult<unknown>;
      if (row.done) end();
      return row;
    } catch (error) {
      if (span) markFailed(span, error);
      end();
      throw error;
    }
  };
  wrap(rows, 'next', (next, parameters) => {
    if (!isOver) span ??= startSpan(parent, describe);
    return step(next, parameters);
  });
  wrap(rows, 'return', step);
  whenCollected(rows, end);
  return rows;
}
