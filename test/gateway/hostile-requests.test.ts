/** Nothing that comes in by HTTP may take the process down, or be answered with more than a clean refusal. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { until } from '../helpers/until.ts';

const json = { 'content-type': 'application/json' };
const ada = { name: 'Ada', email: 'ada@example.org', password: 'analytical engine' };

const bodies: [string, unknown, Record<string, string>, number, string][] = [
  ['a broken object', '{"name":', json, 400, 'MALFORMED_BODY'],
  ['an object and more', '{} {}', json, 400, 'MALFORMED_BODY'],
  ['a list', '[]', json, 400, 'MALFORMED_BODY'],
  ['a list of users', [ada], json, 400, 'MALFORMED_BODY'],
  ['a text', '"Ada"', json, 400, 'MALFORMED_BODY'],
  ['a number', '1', json, 400, 'MALFORMED_BODY'],
  ['null', 'null', json, 400, 'MALFORMED_BODY'],
  ['NUL bytes', '\0\0\0', json, 400, 'MALFORMED_BODY'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b]), json, 400, 'MALFORMED_BODY'],
  [
    'a name in Latin-1',
    Buffer.from(JSON.stringify({ ...ada, name: 'José' }), 'latin1'),
    json,
    400,
    'MALFORMED_BODY',
  ],
  [
    'Latin-1, packed',
    gzipSync(Buffer.from(JSON.stringify({ ...ada, name: 'José' }), 'latin1')),
    { ...json, 'content-encoding': 'gzip' },
    400,
    'MALFORMED_BODY',
  ],
  ['a prototype in other letters', '{"\\u005f_proto__":{"admin":true}}', json, 400, 'MALFORMED_BODY'],
  ['a prototype', '{"__proto__":{"admin":true}}', json, 400, 'MALFORMED_BODY'],
  ['100,000 levels', '['.repeat(50_000) + ']'.repeat(50_000), json, 400, 'MALFORMED_BODY'],
  [
    '50,000 levels in a field',
    `{"name":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    json,
    422,
    'VALIDATION_ERROR',
  ],
  ['an empty object', '{}', json, 422, 'VALIDATION_ERROR'],
  ['nothing', '', json, 422, 'VALIDATION_ERROR'],
  ['nothing, of no type', undefined, {}, 422, 'VALIDATION_ERROR'],
  ['a constructor', { ...ada, constructor: { prototype: {} } }, json, 422, 'VALIDATION_ERROR'],
  ['lists for fields', { name: ['Ada'], email: ['x'], password: [1] }, json, 422, 'VALIDATION_ERROR'],
  ['objects for fields', { name: { $gt: '' }, email: {}, password: {} }, json, 422, 'VALIDATION_ERROR'],
  ['NUL in a name', { ...ada, name: 'A\0da' }, json, 422, 'VALIDATION_ERROR'],
  [
    'half a character',
    '{"name":"\\ud800","email":"a@b.org","password":"0123456789"}',
    json,
    422,
    'VALIDATION_ERROR',
  ],
  ['too many bytes', { ...ada, name: 'x'.repeat(200_000) }, json, 413, 'BODY_TOO_LARGE'],
  [
    'too many bytes when unpacked',
    gzipSync(Buffer.alloc(5_000_000, 32)),
    { ...json, 'content-encoding': 'gzip' },
    413,
    'BODY_TOO_LARGE',
  ],
  ['a broken gzip', Buffer.from('no gzip'), { ...json, 'content-encoding': 'gzip' }, 400, 'MALFORMED_BODY'],
  ['an unknown encoding', '{}', { ...json, 'content-encoding': 'lzma' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  [
    'a charset, which JSON has none of',
    '{}',
    { 'content-type': 'application/json; charset=klingon' },
    422,
    'VALIDATION_ERROR',
  ],
  [
    'a form',
    'name=Ada',
    { 'content-type': 'application/x-www-form-urlencoded' },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['a plain text', JSON.stringify(ada), { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['a type that is none', JSON.stringify(ada), { 'content-type': ';;;' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
];
for (const [title, body, headers, status, code] of bodies) {
  test(`POST /users with ${title} is ${status} ${code}`, async (t) => {
    const gateway = await startGateway(t);
    const reply = await gateway.send('POST', '/users', body, headers);
    t.is(reply.status, status);
    t.like(reply.json.error, { code, traceId: reply.headers['x-trace-id'] });
    t.true(reply.text.length < 5000);
    await t.notThrowsAsync(stillServes(gateway));
  });
}

const paths: [string, string, number, string][] = [
  ['GET', '/users/%E0%A4%A', 400, 'MALFORMED_PATH'],
  ['GET', '/hello/%FF', 400, 'MALFORMED_PATH'],
  ['GET', '/%', 400, 'MALFORMED_PATH'],
  ['GET', '/users/%00', 404, 'USER_NOT_FOUND'],
  ['GET', '/users/__proto__', 404, 'USER_NOT_FOUND'],
  ['GET', '/users/..%2F..%2Fetc%2Fpasswd', 404, 'USER_NOT_FOUND'],
  ['GET', `/users/${'x'.repeat(10_000)}`, 404, 'USER_NOT_FOUND'],
  ['GET', `/${'a/'.repeat(5000)}`, 404, 'NOT_FOUND'],
  ['GET', '/', 404, 'NOT_FOUND'],
  ['GET', '//', 404, 'NOT_FOUND'],
  ['GET', '/../../etc/passwd', 404, 'NOT_FOUND'],
  ['GET', '/constructor', 404, 'NOT_FOUND'],
  ['GET', 'http://elsewhere.example/nowhere', 404, 'NOT_FOUND'],
  ['OPTIONS', '*', 404, 'NOT_FOUND'],
  ['POST', '/nowhere', 404, 'NOT_FOUND'],
];
for (const [method, path, status, code] of paths) {
  const shown = path.length > 40 ? `${path.slice(0, 40)}...` : path;
  test(`${method} ${shown} is ${status} ${code}`, async (t) => {
    const gateway = await startGateway(t);
    const reply = await gateway.send(method, path);
    t.is(reply.status, status);
    t.like(reply.json.error, { code, traceId: reply.headers['x-trace-id'] });
    await t.notThrowsAsync(stillServes(gateway));
  });
}

const methods: [string, string, string][] = [
  ['DELETE', '/users', 'POST, HEAD, GET, OPTIONS'],
  ['PROPFIND', '/users', 'POST, HEAD, GET, OPTIONS'],
  ['POST', '/hello/Ada', 'HEAD, GET, OPTIONS'],
  ['GET', '/user/register', 'POST, OPTIONS'],
  ['POST', '/health/live', 'HEAD, GET, OPTIONS'],
];
for (const [method, path, allow] of methods) {
  test(`${method} ${path} is 405 and says what is allowed`, async (t) => {
    const { send } = await startGateway(t);
    const { status, headers, json } = await send(method, path);
    t.is(status, 405);
    t.is(headers.allow, allow);
    t.is(json.error.code, 'METHOD_NOT_ALLOWED');
  });
}

test('OPTIONS says what is allowed, and HEAD answers as GET without a body', async (t) => {
  const { send } = await startGateway(t);
  const options = await send('OPTIONS', '/users');
  t.is(options.status, 204);
  t.is(options.headers.allow, 'POST, HEAD, GET, OPTIONS');

  const [head, get] = [await send('HEAD', '/hello/Ada'), await send('GET', '/hello/Ada')];
  t.is(head.status, 200);
  t.is(head.text, '');
  t.is(head.headers['content-length'], get.headers['content-length']);
  t.is((await send('HEAD', '/nowhere')).status, 404);
});

const raw: [string, string, RegExp][] = [
  ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1.1 400/],
  ['a header without end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1.1 431/],
  [
    'two lengths',
    'POST /users HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
    /^HTTP\/1.1 400/,
  ],
  [
    'a length and chunks',
    'POST /users HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    /^HTTP\/1.1 400/,
  ],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400/],
  ['blanks in a path', 'GET /a b HTTP/1.1\r\nhost: a\r\n\r\n', /^HTTP\/1.1 400/],
  [
    'a chunk that is none',
    `POST /users HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
    /^HTTP\/1.1 400/,
  ],
  [
    'a target that is no URL',
    'GET http://[::1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    /^HTTP\/1.1 400/,
  ],
  [
    'a target without a path',
    'GET http:// HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    /^HTTP\/1.1 404/,
  ],
  ['a host that is none', 'GET /nowhere HTTP/1.1\r\nhost: ][\r\nconnection: close\r\n\r\n', /^HTTP\/1.1 404/],
];
for (const [title, bytes, answer] of raw) {
  test(`a request with ${title} is refused`, async (t) => {
    const gateway = await startGateway(t);
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(bytes);
    t.regex(await text(socket), answer);
    await t.notThrowsAsync(stillServes(gateway));
  });
}

test('a client that leaves in the middle of its body does no harm, and its span ends', async (t) => {
  const gateway = await startGateway(t);
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    'POST /users HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"na',
  );
  await until(() => gateway.tracing.stats().unfinished === 1);
  socket.destroy();
  await until(() => gateway.tracing.stats().unfinished === 0);
  t.is(gateway.tracing.spans.length, 1);
  await until(() => gateway.logLines().length === 1);
  t.like(gateway.logLines()[0], { status: 499, level: 30 });
  await t.notThrowsAsync(stillServes(gateway));
});

test('garbage in the trace headers starts a new trace', async (t) => {
  const { send } = await startGateway(t);
  for (const header of [
    'x',
    '1:2:3',
    '12zz:34yy:0:1',
    `${'f'.repeat(5000)}:1:0:1`,
    '0:0:0:0',
    '\u00ff\u00fe',
  ]) {
    const { status, headers } = await send('GET', '/hello/Ada', undefined, { 'uber-trace-id': header });
    t.is(status, 200);
    t.regex(String(headers['x-trace-id']), /^(?!0{32})[0-9a-f]{32}$/);
  }
});

async function stillServes({ send }: TestGateway): Promise<void> {
  const { status } = await send('GET', '/hello/Ada');
  if (status !== 200) throw new Error(`answered ${status}`);
}
