/** A real Jaeger: taken where one answers on this machine at its usual ports; no test starts one. */
import { isDeepStrictEqual } from 'node:util';
import test, { type ExecutionContext, type Implementation } from 'ava';
import { createCollector } from '#shared/tracing/backends/collector.ts';
import { Delivery } from '#shared/tracing/backends/delivery.ts';
import { processTags } from '#shared/tracing/backends/process-tags.ts';
import { readSettings } from '#shared/tracing/settings.ts';
import type { RecordedSpan } from '#shared/tracing/testing.ts';
import { writeSpan } from '#shared/tracing/thrift/span-encoding.ts';
import type { FinishedSpan } from '#shared/tracing/tracer/finished-span.ts';
import { tagPairs } from '#shared/tracing/tracer/tag-pairs.ts';
import type { SpanJson, TagJson, TraceJson } from '../../jaeger/tree/trace-json.ts';
import { contextOf, referenceTo } from '../shared/tracing/thrift/finished-span.ts';
import { until } from './until.ts';

/** Where it takes spans, and where it shows them. */
export interface RealJaeger {
  readonly endpoint: string;
  readonly queryUrl: string;
}

/** A span as Jaeger shows it, with the node that sent it, and what Jaeger finds wrong with it. */
export interface ShownSpan extends RecordedSpan {
  readonly node: unknown;
  readonly warnings: readonly string[];
}

const HEALTH_URL = 'http://127.0.0.1:13133/status';
const USUAL: RealJaeger = {
  endpoint: 'http://127.0.0.1:14268/api/traces',
  queryUrl: 'http://127.0.0.1:16686',
};

/** The Jaeger of this machine; the stand-in has no health port, and is not taken for one. */
export async function findJaeger(): Promise<RealJaeger | undefined> {
  try {
    const response = await fetch(HEALTH_URL, { signal: AbortSignal.timeout(1000) });
    const { healthy } = (await response.json()) as { healthy?: unknown };
    return healthy === true ? USUAL : undefined;
  } catch {
    return undefined;
  }
}

/** A test that is handed the Jaeger. */
export type TestWithJaeger = (
  title: string,
  run: (t: ExecutionContext, jaeger: RealJaeger) => Promise<void>,
) => void;

/** The `test` of tests on a real Jaeger; where there is none they are skipped and say so, also in CI. */
export function testNeedingJaeger(
  jaeger: RealJaeger | undefined,
  declare: (title: string, run: Implementation<[]>) => void = test.serial,
): TestWithJaeger {
  if (jaeger) return (title, run) => declare(title, (t) => run(t, jaeger));
  return (title) => test.skip(`${title} (skipped: no Jaeger answers at ${HEALTH_URL})`, () => {});
}

/** Sends spans that were kept in memory as the library would have, and resolves when Jaeger has taken them. */
export async function sendToJaeger(
  { endpoint }: RealJaeger,
  spans: readonly RecordedSpan[],
): Promise<{ sent: number; dropped: number }> {
  const settings = readSettings({ service: 'test', env: { JAEGER_ENDPOINT: endpoint } });
  const delivery = new Delivery<FinishedSpan>(createCollector(settings), {
    writeSpan,
    processTags: processTags({}),
    flushIntervalMs: 1000,
  });
  for (const span of spans) delivery.record(finished(span));
  return delivery.close({ deadlineMs: 10_000 });
}

/** The spans of these traces, once Jaeger shows `spans` of them; only those of `nodes` count, where these are given. */
export async function spansFromJaeger(
  { queryUrl }: RealJaeger,
  traceIds: readonly string[],
  { spans, nodes }: { spans: number; nodes?: ReadonlySet<unknown> },
): Promise<ShownSpan[]> {
  const shown = new Map<string, readonly ShownSpan[]>();
  const counts = ({ node }: ShownSpan): boolean => nodes?.has(node) ?? true;
  const count = (): number => [...shown.values()].flat().filter(counts).length;
  await until(
    async () => {
      for (const id of traceIds) shown.set(id, await readSpans(queryUrl, id));
      return count() >= spans;
    },
    { deadlineMs: 30_000 },
  ).catch(() => {
    throw new Error(`Jaeger shows ${count()} spans of ${spans}`);
  });
  return [...shown.values()].flat();
}

async function readSpans(queryUrl: string, traceId: string): Promise<ShownSpan[]> {
  const response = await fetch(`${queryUrl}/api/traces/${traceId}`);
  const { data } = (await response.json()) as { data?: TraceJson[] | null };
  const trace = data?.[0];
  return trace ? trace.spans.map((span) => shownSpan(span, trace)) : [];
}

function shownSpan(span: SpanJson, { processes }: TraceJson): ShownSpan {
  const { references, startTime, duration, warnings } = span;
  const parent = references.find(({ traceID }) => traceID === span.traceID);
  return {
    service: processes[span.processID]?.serviceName ?? '',
    operation: span.operationName,
    traceId: span.traceID,
    spanId: span.spanID,
    parentId: parent?.spanID,
    references: references
      .filter((reference) => reference.refType === 'FOLLOWS_FROM' || !isDeepStrictEqual(reference, parent))
      .map(({ refType, traceID, spanID }) => ({
        type: refType === 'FOLLOWS_FROM' ? 'follows_from' : 'child_of',
        traceId: traceID,
        spanId: spanID,
      })),
    startUs: Number(startTime),
    durationUs: Number(duration),
    tags: byKey(span.tags),
    logs: span.logs.map(({ timestamp, fields }) => ({ timeUs: Number(timestamp), fields: byKey(fields) })),
    node: byKey(processes[span.processID]?.tags ?? [])['node.id'],
    warnings: warnings ?? [],
  };
}

function byKey(tags: readonly TagJson[]): Record<string, unknown> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

function finished(span: RecordedSpan): FinishedSpan {
  return {
    service: span.service,
    operationName: span.operation,
    spanContext: contextOf(span),
    references: span.references.map(({ type, ...ids }) => referenceTo(type, ids)),
    startTimeMs: span.startUs / 1000,
    finishTimeMs: (span.startUs + span.durationUs) / 1000,
    sharedTags: undefined,
    tags: tagPairs(span.tags),
    logs: span.logs.map(({ timeUs, fields }) => ({ timeMs: timeUs / 1000, fields: tagPairs(fields) })),
  };
}
