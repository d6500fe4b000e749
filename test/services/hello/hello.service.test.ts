import test from 'ava';
import { Errors } from 'moleculer';
import { call } from '#shared/contracts/call.ts';
import helloService from '../../../services/hello/hello.service.ts';
import { startNode } from '../../helpers/broker-node.ts';

test('greets by name, and refuses a name that is none', async (t) => {
  const broker = await startNode(t, [helloService]);
  t.deepEqual(await call(broker, 'hello.greet', { name: 'Ada' }), { greeting: 'Hello, Ada!' });
  t.deepEqual(await call(broker, 'hello.greet', { name: 'محمد 👩‍🚀' }), { greeting: 'Hello, محمد 👩‍🚀!' });
  for (const name of ['', '   ', 'a\nb', 'a\0b', '\ud800', 'x'.repeat(101)]) {
    await t.throwsAsync(call(broker, 'hello.greet', { name }), { instanceOf: Errors.ValidationError });
  }
});
