/** The stand-in for Jaeger: a collector, a bounded store and a query server in one process, on loopback. */

import { type HttpServer, type ServerLogger, startHttpServer } from './http/server.ts';
import { createQueryServer } from './query/query-server.ts';
import { createCollector } from './receive/collector.ts';
import { TraceStore, type TraceStoreOptions } from './store/trace-store.ts';

/** Options of {@link startJaeger}. */
export interface JaegerOptions {
  /** 0 takes a free one. */
  collectorPort: number;
  /** 0 takes a free one. */
  queryPort: number;
  logger: ServerLogger;
  /** How much is kept. */
  store?: TraceStoreOptions;
  /** How long requests under way may take once it closes. @default 2000 */
  closeDeadlineMs?: number;
}

/** A stand-in that serves. */
export interface Jaeger {
  /** Where spans are posted to, Thrift over HTTP. */
  collectorUrl: string;
  /** The page and the API, without a trailing slash. */
  queryUrl: string;
  store: TraceStore;
  /** Takes no more requests, answers those under way. */
  close(): Promise<void>;
}

/**
 * Starts both servers, or neither.
 * @throws {ListenError}
 */
export async function startJaeger(options: JaegerOptions): Promise<Jaeger> {
  const { logger, closeDeadlineMs } = options;
  const store = new TraceStore(options.store);
  const opened: HttpServer[] = [];
  const close = async () => {
    await Promise.all(opened.map((server) => server.close()));
  };
  try {
    const collector = await startHttpServer(createCollector(store), {
      purpose: 'Jaeger collector',
      port: options.collectorPort,
      portVariable: 'JAEGER_COLLECTOR_PORT',
      logger,
      ...(closeDeadlineMs !== undefined && { closeDeadlineMs }),
    });
    opened.push(collector);
    const query = await startHttpServer(createQueryServer(store), {
      purpose: 'Jaeger UI and query API',
      port: options.queryPort,
      portVariable: 'JAEGER_QUERY_PORT',
      logger,
      ...(closeDeadlineMs !== undefined && { closeDeadlineMs }),
    });
    opened.push(query);
    return { collectorUrl: `${collector.url}/api/traces`, queryUrl: query.url, store, close };
  } catch (error) {
    await close();
    throw error;
  }
}
