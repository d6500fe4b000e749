/**
 * For tests: tracing that keeps its spans in memory, and traces as pictures.
 *
 * A picture is the tree of a trace as indented text, a line a span, siblings in the order of their start:
 *
 *     gateway GET /users/:id (server)
 *       gateway users.get (client)
 *         users users.get (server)
 *           users SELECT users (client)
 *
 * A failed span ends in `ERROR`; one that follows from its parent instead of being its child begins with `~`.
 */
import assert from 'node:assert/strict';
import { samplers } from './backends/create-backend.ts';
import { createMemoryBackend, type RecordedSpan } from './backends/memory.ts';
import type { TracingOptions } from './options.ts';
import { readSettings } from './settings.ts';
import { assembleTracing, type Tracing } from './tracing.ts';

export type { RecordedSpan } from './backends/memory.ts';

/** Tracing whose finished spans are at hand. */
export interface MemoryTracing extends Tracing {
  /** All spans finished so far. */
  readonly spans: RecordedSpan[];
}

/** Tracing with the memory backend; takes no setting from the environment. */
export function createMemoryTracing(options: Omit<TracingOptions, 'backend' | 'env'> = {}): MemoryTracing {
  const settings = readSettings({ service: 'test', ...options, backend: 'memory', env: {} });
  const backend = createMemoryBackend({ createSampler: samplers(settings) });
  return Object.assign(assembleTracing(settings, backend), { spans: backend.spans });
}

/** What `traced` needs of a test: AVA's `t`, node:test's context, anything that can clean up. */
export interface TestContext {
  teardown(fn: () => unknown): void;
}

/**
 * Runs `fn` with tracing of its own and resolves with the spans that it made. Fails where a span was left open or its
 * parent is missing.
 */
export async function traced(
  t: TestContext,
  fn: (tracing: MemoryTracing) => unknown,
): Promise<readonly RecordedSpan[]> {
  const tracing = createMemoryTracing();
  t.teardown(() => tracing.close());
  await fn(tracing);
  assert.equal(tracing.stats().unfinished, 0, 'spans were left open');
  noOrphans(tracing.spans);
  return tracing.spans;
}

export interface PictureOptions {
  /** Tags to show behind each span that has them, as `name=value`. @default none */
  tags?: readonly string[];
  /** More words behind each span. @default none */
  words?: (span: RecordedSpan) => readonly string[];
  /** How siblings are ordered; by name where they run at the same time. @default start */
  siblings?: 'start' | 'name';
}

/** The picture of all traces among `spans`; see the head of this file. */
export function spanTree(spans: readonly RecordedSpan[], options: PictureOptions = {}): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(spans, ({ parentId }) => (parentId && ids.has(parentId) ? parentId : ''));
  const lines: string[] = [];
  const draw = (parentId: string, depth: number): void => {
    const siblings = (children.get(parentId) ?? []).toSorted(order(options.siblings));
    for (const span of siblings) {
      lines.push('  '.repeat(depth) + line(span, options));
      draw(span.spanId, depth + 1);
    }
  };
  draw('', 0);
  return lines.join('\n');
}

/** Fails unless the spans' picture is `picture`, whose common indentation does not count; `*` stands for any text in a line. */
export function matchTree(spans: readonly RecordedSpan[], picture: string, options?: PictureOptions): void {
  const expected = withoutIndent(picture);
  const actual = spanTree(spans, options);
  const pattern = expected.split('*').map(RegExp.escape).join('[^\\n]*');
  if (!new RegExp(`^${pattern}$`).test(actual)) assert.equal(actual, expected);
}

/** Fails where a span's parent, or a span that it refers to, is not among `spans`. */
export function noOrphans(spans: readonly RecordedSpan[]): void {
  const ids = new Set(spans.map(({ traceId, spanId }) => `${traceId}:${spanId}`));
  const orphans = spans.filter(
    ({ traceId, parentId, references }) =>
      (parentId !== undefined && !ids.has(`${traceId}:${parentId}`)) ||
      references.some((reference) => !ids.has(`${reference.traceId}:${reference.spanId}`)),
  );
  assert.deepEqual(orphans.map(describe), [], 'spans whose parent is missing');
}

/** Fails where a span carries an error. */
export function noErrors(spans: readonly RecordedSpan[]): void {
  assert.deepEqual(
    spans.filter(({ tags }) => tags['error'] === true).map(describe),
    [],
    'spans with an error',
  );
}

function describe({ service, operation, spanId, parentId }: RecordedSpan): string {
  return `${service} ${operation} ${spanId}, child of ${parentId ?? 'none'}`;
}

function line(span: RecordedSpan, options: PictureOptions): string {
  const { service, operation, tags, references, parentId } = span;
  const follows = references.some(({ type, spanId }) => type === 'follows_from' && spanId === parentId);
  const kind = tags['span.kind'];
  const shown = (options.tags ?? []).filter((name) => name in tags).map((name) => `${name}=${tags[name]}`);
  return [
    follows ? '~' : '',
    service,
    operation,
    kind === undefined ? '' : `(${kind})`,
    tags['error'] === true ? 'ERROR' : '',
    ...shown,
    ...(options.words?.(span) ?? []),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function order(siblings: PictureOptions['siblings']) {
  const name = ({ service, operation }: RecordedSpan): string => `${service} ${operation}`;
  const byName = (a: RecordedSpan, b: RecordedSpan): number => name(a).localeCompare(name(b));
  const byStart = (a: RecordedSpan, b: RecordedSpan): number => a.startUs - b.startUs;
  return (a: RecordedSpan, b: RecordedSpan): number =>
    siblings === 'name' ? byName(a, b) || byStart(a, b) : byStart(a, b) || byName(a, b);
}

function withoutIndent(text: string): string {
  const lines = text.split('\n').filter((entry) => entry.trim() !== '');
  const indent = Math.min(...lines.map((entry) => entry.length - entry.trimStart().length));
  return lines.map((entry) => entry.slice(indent).trimEnd()).join('\n');
}
