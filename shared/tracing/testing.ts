/** For tests: tracing that keeps its spans in memory, and traces as pictures (see span-tree.ts). */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { samplers } from './backends/create-backend.ts';
import { createMemoryBackend, type RecordedSpan } from './backends/memory.ts';
import type { TracingOptions } from './options.ts';
import { withRootTracer } from './root-tracer.ts';
import { readSettings } from './settings.ts';
import { type PictureOptions, spanTree } from './span-tree.ts';
import { assembleTracing, type Tracing } from './tracing.ts';

export type { RecordedSpan } from './backends/memory.ts';
export { type PictureOptions, spanTree } from './span-tree.ts';

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

/** What `traced` needs of a test: AVA's `t`, or `{ teardown: (fn) => t.after(fn) }` of node:test's. */
export interface TestContext {
  teardown(fn: () => unknown): void;
}

/** A server may close its span a little after its client has read the answer; so long is waited for that. */
const OPEN_SPANS_WAIT_MS = 5000;
const LOOK_EVERY_MS = 2;

/**
 * Runs `fn` with tracing of its own, also where others run at the same time, and resolves with the spans that it made, once
 * all are finished. Fails where a span is left open for 5 seconds more, or its parent is missing.
 */
export async function traced(
  t: TestContext,
  fn: (tracing: MemoryTracing) => unknown,
): Promise<readonly RecordedSpan[]> {
  const service = 'test';
  const tracing = createMemoryTracing({ service });
  t.teardown(() => tracing.close());
  await withRootTracer(tracing.tracerFor(service), () => fn(tracing));
  const deadline = performance.now() + OPEN_SPANS_WAIT_MS;
  while (tracing.stats().unfinished > 0 && performance.now() < deadline) await delay(LOOK_EVERY_MS);
  assert.equal(tracing.stats().unfinished, 0, 'spans were left open');
  noOrphans(tracing.spans);
  return tracing.spans;
}

/** What regular expressions do not take as it is. */
const PUNCTUATION = /[\\^$.*+?()[\]{}|]/g;

/** Fails unless the spans' picture is `picture`, whose common indentation does not count; `*` stands for any text in a line. */
export function matchTree(spans: readonly RecordedSpan[], picture: string, options?: PictureOptions): void {
  const expected = withoutIndent(picture);
  const actual = spanTree(spans, options);
  const pattern = expected.replaceAll(PUNCTUATION, (mark) => (mark === '*' ? '[^\\n]*' : `\\${mark}`));
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

function withoutIndent(text: string): string {
  const lines = text.split('\n').filter((entry) => entry.trim() !== '');
  const indent = Math.min(...lines.map((entry) => entry.length - entry.trimStart().length));
  return lines.map((entry) => entry.slice(indent).trimEnd()).join('\n');
}
