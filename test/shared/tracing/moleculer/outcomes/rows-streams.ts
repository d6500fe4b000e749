/** Streams, there and back: spans last until the last byte, or until they break. */
import { once } from 'node:events';
import { PassThrough, Readable, Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Context, Errors, type Service } from 'moleculer';
import { note } from './notes.ts';
import { kindOf, type Outcomes } from './row.ts';

type Counting = Service & { tries: number };
type Flowing = Context<{ times?: number }, Record<string, unknown>> & { stream: Readable };

/** Texts of 4 bytes, one at a time. */
async function* drops(times = 3): AsyncGenerator<string> {
  for (let drop = 1; drop <= times; drop++) {
    await delay(1);
    yield `drop`;
  }
}

async function* dropsThatFail(): AsyncGenerator<string> {
  yield* drops(2);
  await delay(5);
  throw new Error('the spring is dry');
}

/** Reads to the end, part by part as it was sent; an error on the way is part of the answer. */
function read(stream: unknown): Promise<unknown> {
  const source = stream as Readable;
  const parts: unknown[] = [];
  source.on('data', (part) => parts.push(Buffer.isBuffer(part) ? part.toString() : part));
  return finished(source).then(
    () => parts,
    (error) => [...parts, error.message],
  );
}

const never = (): Readable => new Readable({ read() {} });

export const streams: Outcomes = {
  there: [
    {
      name: 'spring',
      actions: {
        flow: ({ params }: Flowing) => Readable.from(drops(params.times), { objectMode: false }),
        things: () => Readable.from([{ n: 1 }, { n: 2 }]),
        dry: () => Readable.from([], { objectMode: false }),
        fails: () => Readable.from(dropsThatFail(), { objectMode: false }),
        stops() {
          const stream = never();
          stream.push('drop');
          setTimeout(() => stream.destroy(), 20);
          return stream;
        },
        slow: () => delay(250).then(() => Readable.from(['late'])),
        many: () =>
          Readable.from(
            Array.from({ length: 50 }, () => Buffer.alloc(1000)),
            { objectMode: false },
          ),
      },
    },
    {
      name: 'drain',
      created(this: Counting) {
        this.tries = 0;
      },
      actions: {
        takesAtSecond: {
          retryPolicy: { enabled: true, retries: 1, delay: 2, maxDelay: 2, factor: 1 },
          async handler(this: Counting, { stream }: Flowing) {
            if (++this.tries % 2 === 1) throw new Errors.MoleculerRetryableError('busy', 503, 'BUSY');
            return { took: await read(stream) };
          },
        },
        takes: async ({ stream }: Flowing) => ({ took: await read(stream) }),
        takesAsItComes: (ctx: Flowing) => {
          ctx.stream.on('data', (part) => note(ctx.broker, `took ${part}`));
          return once(ctx.stream, 'end').then(() => 'took all');
        },
        async takesOne({ stream }: Flowing) {
          const [part] = await once(stream, 'data');
          stream.destroy();
          return `took ${part}`;
        },
        async answersFirst(ctx: Flowing) {
          read(ctx.stream).then((took) => note(ctx.broker, `took ${took} later`));
          return 'answered';
        },
        clogs(ctx: Flowing) {
          ctx.stream.resume();
          throw new Error('the drain is clogged');
        },
        async takesAndFails({ stream }: Flowing) {
          await read(stream);
          throw new Error('it was not enough');
        },
        async takesAndThinks({ stream }: Flowing) {
          const took = await read(stream);
          return delay(10, took);
        },
        refuses: { params: { id: 'number' }, handler: () => 'never' },
      },
    },
    {
      name: 'mill',
      actions: {
        shouts: ({ stream }: Flowing) =>
          stream.pipe(
            new Transform({
              transform: (part, _, done) => done(null, String(part).toUpperCase()),
            }),
          ),
      },
    },
    {
      name: 'well',
      actions: {
        flow() {
          const stream = never();
          stream.push('drop');
          return stream;
        },
      },
    },
    { name: 'sink', actions: { takes: async ({ stream }: Flowing) => ({ took: await read(stream) }) } },
  ],
  rows: [
    {
      title: 'a stream that is returned: both spans last until its last byte',
      run: async ({ broker }) => read(await broker.call('spring.flow')),
      picture: `
        gateway spring.flow (client) stream.received.bytes=12 stream.received.chunks=3
          spring spring.flow (server) stream.sent.bytes=12 stream.sent.chunks=3
      `,
    },
    {
      title: 'a stream of objects',
      run: async ({ broker }) => read(await broker.call('spring.things')),
      picture: `
        gateway spring.things (client) stream.received.chunks=2
          spring spring.things (server) stream.sent.chunks=2
      `,
    },
    {
      title: 'a stream of nothing',
      run: async ({ broker }) => read(await broker.call('spring.dry')),
      picture: `
        gateway spring.dry (client) stream.received.bytes=0 stream.received.chunks=0
          spring spring.dry (server) stream.sent.bytes=0 stream.sent.chunks=0
      `,
    },
    {
      title: 'a stream through a slow pipe',
      async run({ broker }) {
        const stream = (await broker.call('spring.many')) as Readable;
        let bytes = 0;
        const slow = new Transform({
          highWaterMark: 1000,
          transform(part, _, done) {
            bytes += part.length;
            setImmediate(done);
          },
        });
        await pipeline(stream, slow.resume());
        return bytes;
      },
      picture: `
        gateway spring.many (client) stream.received.bytes=50000 stream.received.chunks=*
          spring spring.many (server) stream.sent.bytes=50000 stream.sent.chunks=*
      `,
    },
    {
      title: 'a returned stream that fails in the middle',
      run: async ({ broker }) => read(await broker.call('spring.fails')),
      picture: `
        gateway spring.fails (client) ERROR Error stream.received.bytes=8 stream.received.chunks=2
          spring spring.fails (server) ERROR Error stream.sent.bytes=8 stream.sent.chunks=2
      `,
    },
    {
      title: 'a returned stream whose source gives it up',
      async run({ broker }) {
        const stream = (await broker.call('spring.stops')) as Readable;
        const [part] = await once(stream, 'data');
        await delay(40);
        stream.destroy();
        return String(part);
      },
      picture: `
        gateway spring.stops (client) ERROR StreamDestroyedError stream.received.bytes=4 stream.received.chunks=1
          spring spring.stops (server) ERROR StreamDestroyedError stream.sent.bytes=4 stream.sent.chunks=1
      `,
    },
    {
      title: 'a returned stream that the caller has enough of: the callee does not hear it',
      async run({ broker }) {
        const stream = (await broker.call('spring.flow', { times: 5 })) as Readable;
        const [part] = await once(stream, 'data');
        stream.destroy();
        return String(part);
      },
      picture: {
        local: `
          gateway spring.flow (client) ERROR StreamDestroyedError stream.received.bytes=* stream.received.chunks=*
            spring spring.flow (server) ERROR StreamDestroyedError stream.sent.bytes=* stream.sent.chunks=*
        `,
        tcp: `
          gateway spring.flow (client) ERROR StreamDestroyedError stream.received.bytes=* stream.received.chunks=*
            spring spring.flow (server) stream.sent.bytes=20 stream.sent.chunks=5
        `,
        nats: `
          gateway spring.flow (client) ERROR StreamDestroyedError stream.received.bytes=* stream.received.chunks=*
            spring spring.flow (server) stream.sent.bytes=20 stream.sent.chunks=5
        `,
      },
    },
    {
      title: 'a stream that is not there in time',
      run: ({ broker }) => broker.call('spring.slow', {}, { timeout: 20 }).catch(kindOf),
      picture: `
        gateway spring.slow (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
          spring spring.slow (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT late=*
      `,
    },
    {
      title: 'a stream that is sent: both spans last until its last byte',
      run: ({ broker }) =>
        broker.call('drain.takes', {}, { stream: Readable.from(drops(), { objectMode: false }) } as object),
      picture: `
        gateway drain.takes (client) stream.sent.bytes=12 stream.sent.chunks=3
          drain drain.takes (server) stream.received.bytes=12 stream.received.chunks=3
      `,
    },
    {
      title: 'a stream that is sent, to a listener',
      run: ({ broker }) =>
        broker.call('drain.takesAsItComes', {}, {
          stream: Readable.from(drops(2), { objectMode: false }),
        } as object),
      picture: `
        gateway drain.takesAsItComes (client) stream.sent.bytes=8 stream.sent.chunks=2
          drain drain.takesAsItComes (server) stream.received.bytes=8 stream.received.chunks=2
      `,
    },
    {
      title: 'a stream that flows on after the answer',
      run: ({ broker }) =>
        broker.call('drain.answersFirst', {}, {
          stream: Readable.from(drops(), { objectMode: false }),
        } as object),
      picture: `
        gateway drain.answersFirst (client) stream.sent.bytes=12 stream.sent.chunks=3
          drain drain.answersFirst (server) stream.received.bytes=12 stream.received.chunks=3
      `,
    },
    {
      title: 'a sent stream that fails in the middle',
      run: ({ broker }) =>
        broker.call('drain.takes', {}, {
          stream: Readable.from(dropsThatFail(), { objectMode: false }),
          headers: {},
        } as object),
      picture: `
        gateway drain.takes (client) ERROR Error stream.sent.bytes=8 stream.sent.chunks=2
          drain drain.takes (server) ERROR Error stream.received.bytes=8 stream.received.chunks=2
      `,
    },
    {
      title: 'a sent stream that the callee has enough of',
      async run({ broker }) {
        const stream = Readable.from(drops(5), { objectMode: false });
        const answer = await broker.call('drain.takesOne', {}, { stream } as object);
        if (!stream.closed) await once(stream, 'close');
        return answer;
      },
      picture: {
        local: `
          gateway drain.takesOne (client) ERROR StreamDestroyedError stream.sent.bytes=* stream.sent.chunks=*
            drain drain.takesOne (server) ERROR StreamDestroyedError stream.received.bytes=* stream.received.chunks=*
        `,
        tcp: `
          gateway drain.takesOne (client) stream.sent.bytes=20 stream.sent.chunks=5
            drain drain.takesOne (server) ERROR StreamDestroyedError stream.received.bytes=* stream.received.chunks=*
        `,
        nats: `
          gateway drain.takesOne (client) stream.sent.bytes=20 stream.sent.chunks=5
            drain drain.takesOne (server) ERROR StreamDestroyedError stream.received.bytes=* stream.received.chunks=*
        `,
      },
    },
    {
      title: 'a stream sent to a handler that throws',
      async run({ broker }) {
        const stream = Readable.from(drops(), { objectMode: false });
        const failure = await broker.call('drain.clogs', {}, { stream } as object).catch(kindOf);
        stream.resume();
        await once(stream, 'close');
        return failure;
      },
      picture: `
        gateway drain.clogs (client) ERROR Error stream.sent.bytes=* stream.sent.chunks=*
          drain drain.clogs (server) ERROR Error stream.received.bytes=* stream.received.chunks=*
      `,
    },
    {
      title: 'a handler that fails when it has taken the whole stream',
      run: ({ broker }) =>
        broker.call('drain.takesAndFails', {}, {
          stream: Readable.from(drops(), { objectMode: false }),
        } as object),
      picture: `
        gateway drain.takesAndFails (client) ERROR Error stream.sent.bytes=12 stream.sent.chunks=3
          drain drain.takesAndFails (server) ERROR Error stream.received.bytes=12 stream.received.chunks=3
      `,
    },
    {
      title: 'a handler that goes on when it has taken the whole stream',
      run: ({ broker }) =>
        broker.call('drain.takesAndThinks', {}, {
          stream: Readable.from(drops(), { objectMode: false }),
        } as object),
      picture: `
        gateway drain.takesAndThinks (client) stream.sent.bytes=12 stream.sent.chunks=3
          drain drain.takesAndThinks (server) stream.received.bytes=12 stream.received.chunks=3
      `,
    },
    {
      title: 'a stream sent to a call that is tried again: the second attempt sends it',
      async run({ broker, begun }) {
        const stream = new PassThrough();
        const answer = broker.call('drain.takesAtSecond', {}, { stream } as object);
        await begun(2);
        stream.end('drop');
        return answer;
      },
      picture: `
        gateway drain.takesAtSecond (client) ERROR MoleculerRetryableError 503 BUSY attempt=1 stream.sent.bytes=0 stream.sent.chunks=0
          drain drain.takesAtSecond (server) ERROR MoleculerRetryableError 503 BUSY stream.received.bytes=0 stream.received.chunks=0
        gateway drain.takesAtSecond (client) attempt=2 stream.sent.bytes=4 stream.sent.chunks=1
          drain drain.takesAtSecond (server) stream.received.bytes=4 stream.received.chunks=1
      `,
    },
    {
      title: 'a stream there and another back',
      run: async ({ broker }) =>
        read(
          await broker.call('mill.shouts', {}, {
            stream: Readable.from(drops(), { objectMode: false }),
          } as object),
        ),
      picture: `
        gateway mill.shouts (client) stream.sent.bytes=12 stream.sent.chunks=3 stream.received.bytes=12 stream.received.chunks=3
          mill mill.shouts (server) stream.received.bytes=12 stream.received.chunks=3 stream.sent.bytes=12 stream.sent.chunks=3
      `,
    },
    {
      title: 'a node that dies in the middle of a stream that it returned',
      loses: 'well',
      async run({ broker, lose }) {
        const stream = (await broker.call('well.flow')) as Readable;
        const ended = read(stream);
        await once(stream, 'data');
        await lose('killed');
        await Promise.race([once(stream, 'close'), delay(100)]);
        if (stream.destroyed) return ended;
        stream.destroy(new Error('waited long enough'));
        return ended;
      },
      picture: {
        local: `
          gateway well.flow (client) ERROR Error stream.received.bytes=4 stream.received.chunks=1
            well well.flow (server) ERROR Error stream.sent.bytes=4 stream.sent.chunks=1
        `,
        tcp: 'gateway well.flow (client) ERROR Error stream.received.bytes=4 stream.received.chunks=1',
        nats: 'gateway well.flow (client) ERROR Error stream.received.bytes=4 stream.received.chunks=1',
      },
    },
    {
      title: 'a node that dies in the middle of a stream that is sent to it',
      loses: 'sink',
      async run({ broker, lose }) {
        const stream = new PassThrough();
        const call = broker.call('sink.takes', {}, { stream, timeout: 300 } as object).catch(kindOf);
        stream.write('drop');
        await delay(20);
        await lose('killed');
        const end = await call;
        stream.end();
        return end;
      },
      picture: {
        local: `
          gateway sink.takes (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT stream.sent.bytes=4 stream.sent.chunks=1
            sink sink.takes (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT stream.received.bytes=4 stream.received.chunks=1 late=*
        `,
        tcp: 'gateway sink.takes (client) ERROR RequestRejectedError 503 REQUEST_REJECTED stream.sent.bytes=4 stream.sent.chunks=1',
        nats: 'gateway sink.takes (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT stream.sent.bytes=4 stream.sent.chunks=1',
      },
    },
  ],
};
