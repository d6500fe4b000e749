/** The whole system beside a real Jaeger: `npm start` finds it, uses it, and it has no warning about any trace. */

import { startEverything } from '../helpers/npm-start.ts';
import { findJaeger, testNeedingJaeger } from '../helpers/real-jaeger.ts';
import { picture, readTrace, USER_TEST } from '../helpers/traces.ts';

const jaegerTest = testNeedingJaeger(await findJaeger());

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
  /** How many spans the trace has in the end. */
  readonly spans: number;
  readonly picture: string;
}

const user = { name: 'Ada', email: 'ada@example.com', password: 'correct horse' };

const requests: readonly Asked[] = [
  { path: '/user/test', ...USER_TEST },
  {
    method: 'POST',
    path: '/users',
    body: user,
    spans: 6,
    picture: `\
gateway POST /users (server)
  gateway users.create (client)
    users users.create (server)
      users INSERT users (client)
      users user.created (producer)
        ~ audit user.created (consumer)`,
  },
  {
    method: 'POST',
    path: '/users',
    body: user,
    spans: 4,
    picture: `\
gateway POST /users (server)
  gateway users.create (client) ERROR
    users users.create (server)
      users INSERT users (client) ERROR`,
  },
  {
    path: '/hello/Ada/stream?count=100',
    spans: 3,
    picture: `\
gateway GET /hello/:name/stream (server)
  gateway hello.stream (client)
    hello hello.stream (server)`,
  },
  {
    path: '/users/00000000-0000-4000-8000-000000000000?picture=true',
    spans: 4,
    picture: `\
gateway GET /users/:id (server)
  gateway users.get (client) ERROR
    users users.get (server)
      users SELECT users (client)`,
  },
  {
    path: '/lab/n-plus-one?cured=true',
    spans: 4,
    picture: `\
gateway GET /lab/n-plus-one (server)
  gateway lab.listOrders (client)
    lab lab.listOrders (server)
      lab SELECT orders (client)`,
  },
  {
    path: '/lab/retry-storm?cured=true',
    spans: 13,
    picture: `\
gateway GET /lab/retry-storm (server)
  gateway lab.trackParcel (client)
    lab lab.trackParcel (server)
      lab lab.askCarrier (client) ERROR
        lab lab.askCarrier (server) ERROR
          lab lab.askDepot (client) ERROR
            lab lab.askDepot (server) ERROR
              lab lab.askScanner (client) ERROR
                lab lab.askScanner (server) ERROR
              lab lab.askScanner (client) ERROR
                lab lab.askScanner (server) ERROR
              lab lab.askScanner (client) ERROR
                lab lab.askScanner (server) ERROR`,
  },
  { path: '/nowhere', spans: 1, picture: 'gateway GET (server)' },
];

jaegerTest(
  'npm start uses a Jaeger that answers, which has no warning about any route',
  async (t, jaeger) => {
    const { gatewayUrl, queryUrl } = await startEverything(t, {
      env: { JAEGER_ENDPOINT: jaeger.endpoint, JAEGER_QUERY_URL: jaeger.queryUrl },
    });
    t.is(queryUrl, jaeger.queryUrl);
    for (const { method = 'GET', path, body, spans, picture: expected } of requests) {
      const { headers } = await fetch(`${gatewayUrl}${path}`, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const tree = await readTrace(jaeger.queryUrl, headers.get('x-trace-id') ?? '', { spans });
      t.is(picture(tree), expected, `${method} ${path}`);
    }
  },
);
