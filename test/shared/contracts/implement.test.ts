import { Readable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { Errors, ServiceBroker } from 'moleculer';
import Type from 'typebox';
import { contracts } from '#shared/contracts/call.ts';
import { fields, type ServiceContract } from '#shared/contracts/contract.ts';
import { implement } from '#shared/contracts/implement.ts';
import { ContractValidator } from '#shared/contracts/validator.ts';
import { RequestError, UnavailableError } from '#shared/errors.ts';
import { startNode } from '../../helpers/broker-node.ts';

class NobodyError extends RequestError {
  readonly code = 'NOBODY';
  readonly status = 404;
  override readonly details = [{ field: 'name', message: 'is nobody' }];
}

class BusyError extends UnavailableError {
  readonly code = 'BUSY';
}

/** A broker whose hello service greets with this function. */
async function startBroker(t: ExecutionContext, greet: (params: { name: string }) => { greeting: string }) {
  const broker = new ServiceBroker({ logger: false, validator: new ContractValidator() });
  broker.createService({ name: 'hello', actions: implement({ greet: contracts.hello.greet }, { greet }) });
  await broker.start();
  t.teardown(() => broker.stop());
  return broker;
}

test('actions answer with what the functions answer', async (t) => {
  const broker = await startBroker(t, ({ name }) => ({ greeting: `Hi ${name}` }));
  t.deepEqual(await broker.call('hello.greet', { name: 'Ada' }), { greeting: 'Hi Ada' });
});

test("an error of the request crosses the mesh as Moleculer's own, with code, details and cause", async (t) => {
  const cause = new NobodyError('Nobody is there');
  const broker = await startBroker(t, () => {
    throw cause;
  });
  const error = await t.throwsAsync(broker.call('hello.greet', { name: 'Ada' }), {
    instanceOf: Errors.MoleculerClientError,
    message: 'Nobody is there',
  });
  t.like(error, { code: 404, type: 'NOBODY', data: cause.details, cause, retryable: false });
});

test('what is not available at the moment is 503 in the mesh, and may be tried again', async (t) => {
  const cause = new BusyError('Come back later');
  const broker = await startBroker(t, () => {
    throw cause;
  });
  const error = await t.throwsAsync(broker.call('hello.greet', { name: 'Ada' }));
  t.like(error, { code: 503, type: 'BUSY', message: 'Come back later', cause, retryable: true });
});

test('any other error is left as it is', async (t) => {
  const broken = new TypeError('broken');
  const broker = await startBroker(t, () => {
    throw broken;
  });
  t.is(await t.throwsAsync(broker.call('hello.greet', { name: 'Ada' })), broken);
});

const Item = fields({ n: Type.Integer() });
const streams = {
  count: { params: fields({}), result: Item, streamed: true },
  sum: { params: fields({}), input: Item, result: Item },
} satisfies ServiceContract;

/** Two nodes: calls between them cross the mesh. Answers what calls the service, which counts to 3 and adds up. */
async function startStreams(t: ExecutionContext, { idleMs = 10_000, fail = () => {} } = {}) {
  const transport = { namespace: t.title, transporter: 'Fake' as const };
  const actions = implement(
    streams,
    {
      async *count() {
        for (let n = 1; n <= 3; n++) yield { n };
        fail();
      },
      async sum(_, __, items) {
        let sum = 0;
        for await (const { n } of items) sum += n;
        return { n: sum };
      },
    },
    { idleMs },
  );
  await startNode(t, [{ name: 'streams', actions }], { ...transport, nodeID: 'callee' });
  const caller = await startNode(t, [], { ...transport, nodeID: 'caller' });
  await caller.waitForServices('streams', 5000, 5);
  return caller;
}

test('a streamed result arrives object by object', async (t) => {
  const caller = await startStreams(t);
  const stream = await caller.call<AsyncIterable<unknown>, object>('streams.count', {});
  t.deepEqual(await Array.fromAsync(stream), [{ n: 1 }, { n: 2 }, { n: 3 }]);
});

test('an error of the request in the middle of a stream crosses the mesh like any other', async (t) => {
  const caller = await startStreams(t, {
    fail: () => {
      throw new NobodyError('Nobody is there');
    },
  });
  const stream = await caller.call<AsyncIterable<unknown>, object>('streams.count', {});
  const error = await t.throwsAsync(Array.fromAsync(stream), { message: 'Nobody is there' });
  t.like(error, { code: 404, type: 'NOBODY', data: [{ field: 'name', message: 'is nobody' }] });
});

test('the stream that comes in is read item by item', async (t) => {
  const caller = await startStreams(t);
  const stream = Readable.from([{ n: 1 }, { n: 2 }, { n: 4 }]);
  t.deepEqual(await caller.call('streams.sum', {}, { stream }), { n: 7 });
});

test('an item that is not as the contract has it is refused', async (t) => {
  const caller = await startStreams(t);
  for (const item of [{ n: 'one' }, {}, { n: 1, more: 1 }, 'text', 5]) {
    const stream = Readable.from([{ n: 1 }, item]);
    const error = await t.throwsAsync(caller.call('streams.sum', {}, { stream }));
    t.like(error, { code: 422, type: 'VALIDATION_ERROR' });
  }
});

test('a call without the stream that the action takes is refused', async (t) => {
  const caller = await startStreams(t);
  const error = await t.throwsAsync(caller.call('streams.sum', {}));
  t.like(error, { code: 422, type: 'INPUT_MISSING' });
});

test('a caller that falls silent is not waited for', async (t) => {
  const caller = await startStreams(t, { idleMs: 20 });
  const stream = new Readable({ objectMode: true, read() {} });
  stream.push({ n: 1 });
  const error = await t.throwsAsync(caller.call('streams.sum', {}, { stream }));
  t.like(error, { code: 408, type: 'INPUT_IDLE' });
});

test('a stream that comes in broken fails the action that reads it', async (t) => {
  const caller = await startStreams(t);
  const stream = Readable.from(
    (function* () {
      yield { n: 1 };
      throw new Error('broken off');
    })(),
  );
  await t.throwsAsync(caller.call('streams.sum', {}, { stream }), { message: 'broken off' });
});
