/** The stand-in for Jaeger: a collector, an agent, a bounded store and a query server in one process, on loopback. */
import { type HttpServer, type ServerLogger, startHttpServer } from './http/server.ts';
import { createQueryServer } from './query/query-server.ts';
import { type AgentLogger, startAgent } from './receive/agent.ts';
import { createCollector } from './receive/collector.ts';
import { TraceStore, type TraceStoreOptions } from './store/trace-store.ts';

/** Options of {@link startJaeger}. */
export interface JaegerOptions {
  /** 0 takes a free one. */
  collectorPort: number;
  /** For spans over UDP; 0 takes a free one. */
  binaryPort: number;
  /** 0 takes a free one. */
  queryPort: number;
  logger: ServerLogger & AgentLogger;
  /** How much is kept. */
  store?: TraceStoreOptions;
  /** How long requests under way may take once it closes. @default 2000 */
  closeDeadlineMs?: number;
}

/** A stand-in that serves. */
export interface Jaeger {
  /** Where spans are posted to, Thrift over HTTP. */
  collectorUrl: string;
  /** Where spans are sent to over UDP, `udp://127.0.0.1:<port>`; undefined where that port cannot be had. */
  agentUrl: string | undefined;
  /** The page and the API, without a trailing slash. */
  queryUrl: string;
  store: TraceStore;
  /** Takes no more requests, answers those under way. */
  close(): Promise<void>;
}

/**
 * Starts both servers, or neither; and the agent, if its port is free.
 * @throws {ListenError}
 */
export async function startJaeger(options: JaegerOptions): Promise<Jaeger> {
  const { logger, closeDeadlineMs } = options;
  const store = new TraceStore(options.store);
  const opened: Pick<HttpServer, 'close'>[] = [];
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
    const agent = await startAgent(store, { port: options.binaryPort, logger });
    if (agent) opened.push(agent);
    return {
      collectorUrl: `${collector.url}/api/traces`,
      agentUrl: agent?.url,
      queryUrl: query.url,
      store,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
