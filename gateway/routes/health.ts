/** `/health`: for whatever runs this process, and decides whether to restart it or to send it requests. */
import Type from 'typebox';
import { fields } from '#shared/contracts/contract.ts';
import { errorBody } from '../errors.ts';
import { Answer, type Route, route } from '../route.ts';

const Status = fields({ status: Type.Enum(['live', 'ready']) });

/** `GET /health/live` and `GET /health/ready`, which names what `findMissing` finds. */
export function createHealthRoutes(findMissing: () => string[]): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/health/live',
      summary: 'Says that this process lives',
      access: 'anybody',
      isLocal: true,
      success: { status: 200, description: 'It does', schema: Status },
      failures: [],
      answer: async () => ({ status: 'live' }),
    }),

    route({
      method: 'GET',
      path: '/health/ready',
      summary: 'Says whether requests can be answered',
      access: 'anybody',
      isLocal: true,
      success: { status: 200, description: 'They can', schema: Status },
      failures: [503],
      async answer() {
        const missing = findMissing();
        if (missing.length === 0) return { status: 'ready' };
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
