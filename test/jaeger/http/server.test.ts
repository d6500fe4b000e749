import test, { type ExecutionContext } from 'ava';
import type { Handler } from '../../../jaeger/http/answer.ts';
import { ListenError, startHttpServer } from '../../../jaeger/http/server.ts';

const naming = { purpose: 'test', portVariable: 'TEST_PORT' };

/** A server with this handler, and what it logged. */
async function start(t: ExecutionContext, handle: Handler) {
  const logged: string[] = [];
  const logger = { error: (_: object, message: string) => logged.push(message) };
  const server = await startHttpServer(handle, { ...naming, port: 0, logger });
  t.teardown(() => server.close());
  return { url: server.url, logged };
}

test('a handler that throws is answered 500 and logged, and the next request is served', async (t) => {
  const { url, logged } = await start(t, (_, { pathname }) => {
    if (pathname === '/throw') throw new Error('broken');
    return { status: 200, body: 'fine' };
  });
  t.is((await fetch(`${url}/throw`)).status, 500);
  t.deepEqual(logged, ['request failed']);
  t.is(await (await fetch(`${url}/other`)).text(), 'fine');
});

test('an answer that cannot be sent becomes a 500', async (t) => {
  const { url, logged } = await start(t, () => ({ status: 303, headers: { Location: 'line\nbreak' } }));
  t.is((await fetch(url)).status, 500);
  t.deepEqual(logged, ['request failed']);
});

test('a path is not taken for a host', async (t) => {
  const { url } = await start(t, (_, { host, pathname }) => ({ status: 200, body: `${host} ${pathname}` }));
  t.regex(await (await fetch(`${url}//elsewhere/path`)).text(), /^127\.0\.0\.1 \/\/elsewhere\/path$/);
});

test('a port that cannot be had is named with its reason', (t) => {
  const options = { ...naming, port: 1, logger: { error: () => {} } };
  const denied = Object.assign(new Error('denied'), { code: 'EACCES' });
  t.is(
    new ListenError(options, denied).message,
    'port 1 for the test cannot be had (EACCES): set TEST_PORT to another port (0 takes a free one)',
  );
});
