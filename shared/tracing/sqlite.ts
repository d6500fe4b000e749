/** `node:sqlite`: a client span for every statement that runs. */
import type { DatabaseSync } from 'node:sqlite';
import { types } from 'node:util';
import type { Span } from 'opentracing';
import { currentSpan } from './current-span.ts';
import { remembered } from './shared-tags.ts';
import { markError, reworded } from './span-error.ts';
import { type Dialect, readStatement } from './sql-statement.ts';
import * as tag from './tags.ts';
import { timeOf } from './time-of.ts';
import { whenCollected } from './when-collected.ts';

const { isNativeError } = types;

/** The options of {@link tracedDatabase}. */
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
  const describe = describingTexts({ instance, quotesTexts: quotesTexts(db) });
  wrap(db, 'exec', (exec, [sql]) => spanAround(describing(sql, describe), exec));
  wrap(db, 'prepare', (prepare, [sql]) => {
    const describeThis = describing(sql, describe);
    return traceRuns(spanOfFailure(describeThis, prepare) as object, () => describeThis);
  });
  wrap(db, 'createTagStore', (createTagStore) =>
    // It takes each statement as a tagged template.
    traceRuns(createTagStore() as object, (strings) =>
      describing(Array.isArray(strings) ? strings.join('?') : strings, describe),
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
function describing(sql: unknown, describeText: DescribeText): Describe {
  let description: Description | undefined;
  return () => {
    if (typeof sql === 'string') description ??= describeText(sql);
    return description;
  };
}

interface Naming extends Dialect {
  readonly instance: string;
}

type DescribeText = (sql: string) => Description;

/** What is longer is hardly one of the statements that a program has, and prepares for each request. */
const LONGEST_REMEMBERED = 2048;

function describingTexts(naming: Naming): DescribeText {
  const known = remembered((sql: string) => describe(sql, naming));
  return (sql) => (sql.length > LONGEST_REMEMBERED ? describe(sql, naming) : known(sql));
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
  return parent
    ?.tracer()
    .startSpan(name, { childOf: parent, tags, ...(startTime !== undefined && { startTime }) });
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
 * SQLite's message quotes what it does not like, maybe a value: `near "secret": syntax error`, `bad JSON path: 'secret'`, or
 * `no such column: secret`. Where it does not understand the statement, that is shown without texts in the wrong quotes.
 */
function markFailed(span: Span, error: unknown, description?: Description): void {
  if (!isNativeError(error) || !('errcode' in error)) {
    markError(span, error);
    return;
  }
  let text: string | undefined;
  const statement = () => {
    text ??= description ? readStatement(description.sql, { quotesTexts: true }).text : '';
    return text;
  };
  if (error.errcode === SQLITE_ERROR && description) span.setTag(tag.DB_STATEMENT, statement());
  markError(span, withoutQuotation(error, statement));
}

/** What is quoted, and what is named at the end and not in the statement; constraints name columns, which are no values. */
function withoutQuotation(error: Error, statement: () => string): Error {
  const { message } = error;
  const withoutQuoted = message.replace(/".*"|'.*'/s, '?');
  const [, said = '', named = ''] = withoutQuoted === message ? (/^(.*: )(.*)$/s.exec(message) ?? []) : [];
  const isKnown = named === '' || said.endsWith('constraint failed: ') || statement().includes(named);
  const shown = isKnown ? withoutQuoted : `${said}?`;
  return shown === message ? error : reworded(error, (text) => text.replace(message, () => shown));
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
