/** What goes out beside the answers themselves. */
import test from 'ava';
import { startGateway } from '../helpers/gateway.ts';

const origin = 'https://app.example.org';

test('answers say that they are data, for nobody to keep or to frame, whether they are errors or not', async (t) => {
  const { send } = await startGateway(t);
  for (const path of ['/hello/Ada', '/users/nobody', '/nowhere']) {
    const { headers } = await send('GET', path);
    t.is(headers['x-content-type-options'], 'nosniff');
    t.is(headers['content-security-policy'], "default-src 'none';frame-ancestors 'none'");
    t.is(headers['x-frame-options'], 'SAMEORIGIN');
    t.is(headers['x-powered-by'], undefined);
  }
  t.is((await send('GET', '/hello/Ada')).headers['cache-control'], 'no-store');
});

test('pages of other origins may do nothing, unless they are named', async (t) => {
  const { send } = await startGateway(t);
  for (const method of ['GET', 'OPTIONS']) {
    const asked = { origin, 'access-control-request-method': 'GET' };
    const { headers } = await send(method, '/hello/Ada', undefined, asked);
    t.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('access-control-')),
      [],
    );
  }
});

test('pages of a named origin may, and read the headers that tell of the trace', async (t) => {
  const { send } = await startGateway(t, { app: { corsOrigins: [origin] } });
  const asked = { origin, 'access-control-request-method': 'PATCH' };
  const preflight = await send('OPTIONS', '/users/1', undefined, asked);
  t.is(preflight.status, 204);
  t.is(preflight.headers['access-control-allow-origin'], origin);
  t.regex(String(preflight.headers['access-control-allow-methods']), /PATCH/);
  t.regex(String(preflight.headers['access-control-allow-headers']), /Authorization/);

  for (const path of ['/hello/Ada', '/nowhere', '/users/nobody']) {
    const { headers } = await send('GET', path, undefined, { origin });
    t.is(headers['access-control-allow-origin'], origin);
    t.regex(String(headers['access-control-expose-headers']), /x-trace-id/);
    t.is(headers['access-control-allow-credentials'], undefined);
    t.regex(String(headers.vary), /Origin/);
  }
  const foreign = await send('GET', '/hello/Ada', undefined, { origin: `${origin}.evil.example` });
  t.is(foreign.headers['access-control-allow-origin'], undefined);
});
