import { Readable } from 'node:stream';
import test from 'ava';
import { Errors } from 'moleculer';
import { call } from '#shared/contracts/call.ts';
import helloService from '../../../services/hello/hello.service.ts';
import { greetAgain } from '../../../services/hello/hello.ts';
import { startNode } from '../../helpers/broker-node.ts';

test('greets by name, and refuses a name that is none', async (t) => {
  const broker = await startNode(t, [helloService]);
  t.deepEqual(await call(broker, 'hello.greet', { name: 'Ada' }), { greeting: 'Hello, Ada!' });
  t.deepEqual(await call(broker, 'hello.greet', { name: 'محمد 👩‍🚀' }), { greeting: 'Hello, محمد 👩‍🚀!' });
  for (const name of ['', '   ', 'a\nb', 'a\0b', '\ud800', 'x'.repeat(101)]) {
    await t.throwsAsync(call(broker, 'hello.greet', { name }), { instanceOf: Errors.ValidationError });
  }
});

test('greets again and again, 5 times unless told otherwise', async (t) => {
  const broker = await startNode(t, [helloService]);
  const greetings = async (params: { name: string; count?: number }) =>
    Array.fromAsync(await call(broker, 'hello.stream', params));
  t.deepEqual(await greetings({ name: 'Ada' }), Array(5).fill({ greeting: 'Hello, Ada!' }));
  t.is((await greetings({ name: 'Ada', count: 1000 })).length, 1000);
  for (const count of [0, -1, 1001, 1.5])
    await t.throwsAsync(greetings({ name: 'Ada', count }), { instanceOf: Errors.ValidationError });
});

test('a greeting is made when it is read, not before', async (t) => {
  const greetings = greetAgain({ name: 'Ada', count: 1000 });
  t.deepEqual(greetings.next().value, { greeting: 'Hello, Ada!' });
  t.true(greetings.return(undefined as never).done);
});

for (const transporter of ['none', 'Fake'] as const)
  test(`returns strokes while they come, transporter: ${transporter}`, async (t) => {
    const options = transporter === 'none' ? {} : { namespace: t.title, transporter };
    const here = await startNode(t, [helloService], { ...options, nodeID: 'callee' });
    const broker = transporter === 'none' ? here : await startNode(t, [], { ...options, nodeID: 'caller' });
    await broker.waitForServices('hello', 5000, 5);
    const strokes = new Readable({ objectMode: true, read() {} });
    const returned = await call(broker, 'hello.pingpong', {}, { stream: strokes });
    const game = returned[Symbol.asyncIterator]();
    for (const stroke of [1, 2, 3]) {
      strokes.push({ stroke });
      t.deepEqual(await game.next(), { done: false, value: { stroke } });
    }
    strokes.push(null);
    t.true((await game.next()).done);
  });
