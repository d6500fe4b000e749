/** A stand-in on free ports for a test, and the requests that tests make of it. */
import type { ExecutionContext } from 'ava';
import { type Jaeger, type JaegerOptions, startJaeger } from '../../jaeger/jaeger.ts';
import type { ThriftBatch } from '../../jaeger/thrift/jaeger-batch.ts';
import type { TraceJson } from '../../jaeger/tree/trace-json.ts';
import { writeBatch } from './thrift-writer.ts';

export const THRIFT_TYPE = { 'Content-Type': 'application/x-thrift' };

/** A running stand-in. */
export interface StandIn extends Jaeger {
  /** Posts bytes, or batches one by one; every answer must be 202. */
  take(...batches: (Uint8Array<ArrayBuffer> | ThriftBatch)[]): Promise<void>;
  /** Posts one body and answers what came back. */
  post(body: RequestInit['body'], headers?: Record<string, string>): Promise<Response>;
  /** GETs a path of the query port. */
  get(path: string): Promise<Response>;
  /** The trace, as the query API answers it. */
  trace(traceId: string): Promise<TraceJson>;
}

/** Starts a stand-in that is closed with the test. What it would log as an error fails the test. */
export async function startStandIn(
  t: ExecutionContext,
  options: Partial<JaegerOptions> = {},
): Promise<StandIn> {
  const fail = (...args: unknown[]) => t.fail(`logged: ${JSON.stringify(args)}`);
  const logger = { error: fail, warn: fail };
  const jaeger = await startJaeger({ collectorPort: 0, binaryPort: 0, queryPort: 0, logger, ...options });
  t.teardown(() => jaeger.close());
  const post: StandIn['post'] = (body, headers = THRIFT_TYPE) =>
    fetch(jaeger.collectorUrl, { method: 'POST', body, headers });
  const get: StandIn['get'] = (path) => fetch(`${jaeger.queryUrl}${path}`);
  return {
    ...jaeger,
    post,
    get,
    take: async (...batches) => {
      for (const batch of batches) {
        const answer = await post(batch instanceof Uint8Array ? batch : new Uint8Array(writeBatch(batch)));
        t.is(answer.status, 202, await answer.text());
      }
    },
    trace: async (traceId) => {
      const answer = await get(`/api/traces/${traceId}`);
      const body = (await answer.json()) as { data: TraceJson[] | null };
      const trace = body.data?.[0];
      if (trace === undefined) throw new Error(`no trace ${traceId}: ${JSON.stringify(body)}`);
      return trace;
    },
  };
}
