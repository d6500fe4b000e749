/** `/health`: for whatever runs this process, and decides whether to restart it or to send it requests. */
import Type from 'typebox';
import { fields } from '#shared/contracts/contract.ts';
import { errorBody } from '../errors.ts';
import type { Readiness } from '../readiness.ts';
import { Answer, type Route, route } from '../route.ts';

const Live = fields({ status: Type.Literal('live') });
const Ready = fields({ status: Type.Literal('ready'), services: Type.Array(Type.String()) });

/** `GET /health/live` and `GET /health/ready`, which names what is missing, or the services that are there. */
export function createHealthRoutes({ findMissing, listServices }: Readiness): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/health/live',
      summary: 'Says that this process lives',
      access: 'anybody',
      isLocal: true,
      success: { status: 200, description: 'It does', schema: Live },
      failures: [],
      answer: async () => ({ status: 'live' }),
    }),

    route({
      method: 'GET',
      path: '/health/ready',
      summary: 'Says whether requests can be answered',
      access: 'anybody',
      isLocal: true,
      success: { status: 200, description: 'They can, by these services and others', schema: Ready },
      failures: [503],
      async answer() {
        const missing = findMissing();
        if (missing.length === 0) return { status: 'ready', services: listServices() };
        // No error of this request, which is answered: so none for the log or for a span.
        const body = errorBody({
          code: 'NOT_READY',
          message: `Waiting for: ${missing.join(', ')}`,
          details: missing.map((field) => ({ field, message: 'is missing' })),
        });
        return new Answer(body, { status: 503 });
      },
    }),
  ];
}
