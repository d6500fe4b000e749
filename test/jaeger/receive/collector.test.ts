import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { MAX_BODY_BYTES } from '../../../jaeger/receive/collector.ts';
import { loadRecordedErrors, RECORDED_TYPE, type RecordedPost } from '../recorded.ts';
import { batchOf } from '../spans.ts';
import { type StandIn, startStandIn, THRIFT_TYPE } from '../stand-in.ts';
import { writeBatch } from '../thrift-writer.ts';

const { good, posts } = loadRecordedErrors();
const GOOD_TRACE = '70bac1497bc538bef4a4a4c096126a3d';

/** The bytes of a batch of exactly `size` bytes, by one long tag. */
function batchOfSize(size: number): Uint8Array<ArrayBuffer> {
  const bytes = (length: number) =>
    new Uint8Array(
      writeBatch(batchOf(1n, 'big', [{ id: 1, operation: 'big', tags: { big: 'x'.repeat(length) } }])),
    );
  return bytes(size - bytes(0).length);
}

/** Sends a recorded post as it was sent: with no more headers than it had. */
function send(standIn: StandIn, { request: line, headers = RECORDED_TYPE, body }: RecordedPost) {
  const [method = '', path = ''] = line.split(' ');
  const bytes =
    body === undefined || body === 'good'
      ? body && good
      : 'base64' in body
        ? Buffer.from(body.base64, 'base64')
        : good.subarray(0, body.firstBytesOfGood);
  return raw(standIn, { method, path, headers, ...(bytes && { body: bytes }) });
}

interface RawRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array;
}

/** A request by node:http: unlike fetch it sends any method, no type of its own, and follows nothing. */
async function raw(standIn: StandIn, { method, path, headers, body = new Uint8Array() }: RawRequest) {
  const { port } = new URL(standIn.collectorUrl);
  const outgoing = request({ port, host: '127.0.0.1', method, path, headers });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [
    NodeJS.ReadableStream & import('node:http').IncomingMessage,
  ];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

// What is wrong with bytes is said in other words than Jaeger's: the stand-in also says where.
const inOwnWords = /^Unable to process request body: |^gzip: /;

test('bad posts are answered as by Jaeger', async (t) => {
  const standIn = await startStandIn(t);
  for (const post of posts) {
    const answer = await send(standIn, post);
    const about = `${post.note}: ${post.request} ${JSON.stringify(post.headers ?? {})}`;
    t.is(answer.status, post.status, `${about}: ${answer.text}`);
    t.is(answer.headers['content-type'] ?? null, post.contentType, about);
    for (const [name, value] of Object.entries(post.answerHeaders ?? {}))
      t.is(answer.headers[name.toLowerCase()], value, about);
    if (inOwnWords.test(post.answer)) t.regex(answer.text, inOwnWords, about);
    else t.is(answer.text, post.answer, about);
    t.is(answer.headers.connection, 'close', about);
  }
});

test('a body cut short at any byte is answered 400, and loses nothing of what was there', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(good);
  for (let length = 0; length < good.length; length++) {
    const answer = await standIn.post(good.slice(0, length));
    t.is(answer.status, 400, `${length} bytes`);
    t.regex(await answer.text(), /^Unable to process request body: .* at byte \d+/);
  }
  t.is((await standIn.trace(GOOD_TRACE)).spans.length, 1);
});

test('the answer to a bad body says what is wrong, and where', async (t) => {
  const standIn = await startStandIn(t);
  const answer = await standIn.post(good.slice(0, 194));
  t.is(
    await answer.text(),
    'Unable to process request body: cut short, with 1 of 8 bytes, at byte 193 in spans[0].tags[1].vLong\n',
  );
});

test('a batch is all or nothing', async (t) => {
  const standIn = await startStandIn(t);
  const two = new Uint8Array(
    writeBatch(
      batchOf(5n, 'half', [
        { id: 1, operation: 'whole' },
        { id: 2, operation: 'cut' },
      ]),
    ),
  );
  t.is((await standIn.post(two.slice(0, -10))).status, 400);
  t.is(standIn.store.stats().traces, 0);
});

for (const [encoding, pack] of [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['zlib', deflateSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`a body packed with ${encoding} is unpacked`, async (t) => {
    const standIn = await startStandIn(t);
    const headers = { ...THRIFT_TYPE, 'Content-Encoding': encoding };
    t.is((await standIn.post(new Uint8Array(pack(good)), headers)).status, 202);
    t.is((await standIn.trace(GOOD_TRACE)).spans.length, 1);
    const cutShort = new Uint8Array(pack(good)).slice(0, -12);
    t.is((await standIn.post(cutShort, headers)).status, 400);
  });
}

test('a chunked body is read', async (t) => {
  const standIn = await startStandIn(t);
  const chunks = new ReadableStream({
    start(controller) {
      for (let index = 0; index < good.length; index += 50) controller.enqueue(good.slice(index, index + 50));
      controller.close();
    },
  });
  const answer = await fetch(standIn.collectorUrl, {
    method: 'POST',
    body: chunks,
    headers: THRIFT_TYPE,
    duplex: 'half',
  });
  t.is(answer.status, 202);
});

test('a body of 20 MiB is taken, one byte more is not', async (t) => {
  const standIn = await startStandIn(t);
  t.is((await standIn.post(batchOfSize(MAX_BODY_BYTES))).status, 202);
  const answer = await standIn.post(batchOfSize(MAX_BODY_BYTES + 1));
  t.is(answer.status, 500);
  t.is(await answer.text(), 'Unable to process request body: http: request body too large\n');
});

test('a client that sends far too much still gets its answer', async (t) => {
  const standIn = await startStandIn(t);
  const body = new Uint8Array(3 * MAX_BODY_BYTES);
  const request = { method: 'POST', path: '/api/traces', headers: THRIFT_TYPE, body };
  for (let round = 0; round < 5; round++) t.is((await raw(standIn, request)).status, 500);
});

test('a small body that unpacks to more than 20 MiB is not taken', async (t) => {
  const standIn = await startStandIn(t);
  const headers = { ...THRIFT_TYPE, 'Content-Encoding': 'gzip' };
  const answer = await standIn.post(new Uint8Array(gzipSync(batchOfSize(30_000_000))), headers);
  t.is(answer.status, 500);
});

test('deep nesting in a field nobody asked for is answered 400', async (t) => {
  const standIn = await startStandIn(t);
  for (const depth of [100, 100_000]) {
    const body = Buffer.concat([Buffer.from('0c0063'.repeat(depth), 'hex'), Buffer.alloc(depth + 1)]);
    const answer = await standIn.post(new Uint8Array(body));
    t.is(answer.status, 400);
    t.regex(await answer.text(), /nested deeper than 64 levels/);
  }
});

/** Sends bytes over a socket and answers everything that comes back until it is closed. */
async function converse(standIn: StandIn, text: string): Promise<string> {
  const socket = connect({ port: Number(new URL(standIn.collectorUrl).port), host: '127.0.0.1' });
  socket.setEncoding('utf8').write(text);
  let received = '';
  for await (const part of socket) received += part;
  return received;
}

const head = 'POST /api/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-thrift\r\n';

test('what is not HTTP is answered 400 and closed', async (t) => {
  const standIn = await startStandIn(t);
  const recorded =
    'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request';
  t.is(await converse(standIn, '\x16\x03\x01garbage\r\n\r\n'), recorded);
  t.is(await converse(standIn, `${head}Content-Length: -1\r\n\r\n`), recorded);
});

test('a connection is closed after one answer', async (t) => {
  const standIn = await startStandIn(t);
  const one = `${head}Connection: keep-alive\r\nContent-Length: 0\r\n\r\n`;
  const received = await converse(standIn, one + one);
  t.is(received.split('HTTP/1.1 400').length, 2);
});

test('a client that goes away in the middle of its body harms nobody', async (t) => {
  const standIn = await startStandIn(t);
  for (let round = 0; round < 20; round++) await cutOff(t, standIn);
  await standIn.take(good);
  t.is(standIn.store.stats().spans, 1);
});

async function cutOff(t: ExecutionContext, standIn: StandIn): Promise<void> {
  const socket = connect({ port: Number(new URL(standIn.collectorUrl).port), host: '127.0.0.1' });
  socket.on('error', (error) => t.log(error.message));
  await once(socket, 'connect');
  socket.write(`${head}Content-Length: 1000\r\n\r\nhalf a body`);
  socket.resetAndDestroy();
  await once(socket, 'close');
}

test('requests under way are answered before it closes', async (t) => {
  const standIn = await startStandIn(t);
  const socket = connect({ port: Number(new URL(standIn.collectorUrl).port), host: '127.0.0.1' });
  socket.setEncoding('utf8').write(`${head}Expect: 100-continue\r\nContent-Length: ${good.length}\r\n\r\n`);
  t.regex(String(await once(socket, 'data')), /100 Continue/); // it has been let in
  const closed = standIn.close();
  socket.write(good);
  t.regex(String(await once(socket, 'data')), /202 Accepted/);
  await closed;
  await t.throwsAsync(fetch(standIn.queryUrl));
});

test('a request that never ends does not keep it from closing', async (t) => {
  const standIn = await startStandIn(t, { closeDeadlineMs: 50 });
  const socket = connect({ port: Number(new URL(standIn.collectorUrl).port), host: '127.0.0.1' });
  socket.on('error', (error) => t.log(error.message));
  socket.setEncoding('utf8').write(`${head}Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n`);
  t.regex(String(await once(socket, 'data')), /100 Continue/);
  const gone = once(socket, 'close');
  await standIn.close();
  await gone;
  t.pass();
});
