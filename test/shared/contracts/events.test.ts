import test from 'ava';
import { emit, listen } from '#shared/contracts/events.ts';
import { startNode } from '../../helpers/broker-node.ts';

test('an event reaches the function of every service that listens, one node of each', async (t) => {
  const heard: string[] = [];
  const service = (name: string) => ({
    name,
    events: listen({
      'user.tested': ({ greeting }, ctx) => void heard.push(`${name} ${greeting} ${ctx.eventName}`),
    }),
  });
  const broker = await startNode(t, [service('one'), service('two')]);
  await emit(broker, 'user.tested', { greeting: 'hi' });
  t.deepEqual(heard.sort(), ['one hi user.tested', 'two hi user.tested']);
});

test('a payload that is not as the contract has it reaches nobody', async (t) => {
  const broker = await startNode(t, [{ name: 'one', events: listen({ 'user.tested': () => t.fail() }) }]);
  await broker.emit('user.tested', { greeting: 5 });
  await broker.emit('user.tested');
  t.pass();
});

test('the contract says whether one node hears it or every one', async (t) => {
  const sent: string[] = [];
  const emitter = {
    emit: async (event: string) => sent.push(`emit ${event}`),
    broadcast: async (event: string) => sent.push(`broadcast ${event}`),
  };
  await emit(emitter, 'user.tested', { greeting: 'hi' });
  t.deepEqual(sent, ['emit user.tested']);
});
