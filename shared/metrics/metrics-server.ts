/** The HTTP side of a service node, for whatever runs and watches it: `/metrics`, `/health/live`, `/health/ready`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RunningServer, startServer } from '../http-server.ts';
import type { Metrics } from './metrics.ts';

/** What {@link startMetricsServer} needs. */
export interface MetricsServerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  metrics: Metrics;
  /** Names what keeps the node from doing its work. */
  findMissing: () => string[];
}

const VARIABLES = { host: 'METRICS_HOST', port: 'METRICS_PORT' };

/** Listens. @throws {ListenError} */
export function startMetricsServer(options: MetricsServerOptions): Promise<RunningServer> {
  const { host, port } = options;
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    answer(request, options)
      .catch((error: unknown) => json(500, { status: 'failed', message: String(error) }))
      .then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
      });
  return startServer(listener, { host, port, name: 'metrics server', variables: VARIABLES });
}

const JSON_TYPE = 'application/json; charset=utf-8';

const json = (status: number, body: object) => ({ status, type: JSON_TYPE, body: JSON.stringify(body) });

async function answer({ method, url = '', headers }: IncomingMessage, options: MetricsServerOptions) {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { status: 'GET only' });
  switch (url.split('?')[0]) {
    case '/metrics': {
      const { type, text } = await options.metrics.read(headers.accept ?? '');
      return { status: 200, type, body: text };
    }
    case '/health/live':
      return json(200, { status: 'live' });
    case '/health/ready': {
      const missing = options.findMissing();
      return missing.length === 0
        ? json(200, { status: 'ready' })
        : json(503, { status: 'not ready', missing });
    }
    default:
      return json(404, { status: 'not found' });
  }
}
