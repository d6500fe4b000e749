/** `GET /metrics`: for Prometheus. */
import Type from 'typebox';
import type { Metrics } from '#shared/metrics/metrics.ts';
import { Answer, type Route, route } from '../route.ts';

/** The route, of these metrics. */
export function createMetricsRoute(metrics: Metrics): Route {
  return route({
    method: 'GET',
    path: '/metrics',
    summary: 'Tells Prometheus how this gateway does; with traces as examples where OpenMetrics is accepted',
    access: 'anybody',
    isLocal: true,
    success: { status: 200, description: 'The metrics', schema: Type.String(), type: 'text/plain' },
    failures: [],
    async answer({ accept }) {
      const { type, text } = await metrics.read(accept);
      return new Answer(text, { headers: { 'Content-Type': type } });
    },
  });
}
