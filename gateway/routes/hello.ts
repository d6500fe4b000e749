/** `/hello`: what the hello service says. */
import { call } from '#shared/contracts/call.ts';
import { fields } from '#shared/contracts/contract.ts';
import { Greeting, helloContract } from '#shared/contracts/hello.ts';
import { NDJSON, toNdjson } from '../ndjson.ts';
import { type Route, route } from '../route.ts';

const { params } = helloContract.greet;
const { count } = helloContract.stream.params.properties;

/** `GET /hello/:name` and `GET /hello/:name/stream`. */
export const helloRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/hello/:name',
    summary: 'Greets somebody',
    access: 'anybody',
    params,
    success: { status: 200, description: 'The greeting', schema: Greeting },
    failures: [],
    answer: ({ params, mesh }) => call(mesh, 'hello.greet', params),
  }),

  route({
    method: 'GET',
    path: '/hello/:name/stream',
    summary: 'Greets somebody again and again, as fast as it is read',
    access: 'anybody',
    params,
    query: fields({ count }),
    success: { status: 200, description: 'A greeting a line', schema: Greeting, type: NDJSON },
    failures: [],
    answer: async ({ params, query, mesh, createSignal }) =>
      toNdjson(await call(mesh, 'hello.stream', { ...params, ...query }), createSignal()),
  }),
];
