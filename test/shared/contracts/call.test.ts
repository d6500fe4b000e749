import test from 'ava';
import { type CallingOptions, Errors, ServiceBroker } from 'moleculer';
import { BrokerLog } from '#shared/broker-log.ts';
import { call } from '#shared/contracts/call.ts';
import { createLogger } from '#shared/logger.ts';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

test('hands name, parameters and options to the caller, and its answer back', async (t) => {
  const calls: unknown[][] = [];
  const caller = {
    call: async (...args: [string, unknown, CallingOptions?]) => {
      calls.push(args);
      return { greeting: 'Hello' };
    },
  };
  t.deepEqual(await call(caller, 'hello.greet', { name: 'Ada' }, { timeout: 10 }), { greeting: 'Hello' });
  t.deepEqual(calls, [['hello.greet', { name: 'Ada' }, { tracking: false, timeout: 10 }]]);
});

test('a call that nobody has answered does not hold up the stop of its node', async (t) => {
  const folder = temporaryFolder(t);
  const lines: string[] = [];
  const logger = createLogger({
    name: 'node',
    destination: { write: (line: string) => lines.push(line) > 0 },
  });
  const createNode = (nodeID: string) =>
    new ServiceBroker({
      nodeID,
      logger: new BrokerLog(logger),
      transporter: new LoopbackTcp({ namespace: 'unanswered', root: folder, tmp: folder }),
      tracking: { enabled: true, shutdownTimeout: 500 },
      skipProcessEventRegistration: true,
    });
  const [gateway, hello] = [createNode('gateway'), createNode('hello')];
  hello.createService({
    name: 'hello',
    actions: { greet: { tracking: false, handler: () => new Promise(() => {}) } } as never,
  });
  await hello.start();
  await gateway.start();
  t.teardown(() => hello.stop());
  await gateway.waitForServices('hello');
  await t.throwsAsync(call(gateway, 'hello.greet', { name: 'Ada' }, { timeout: 20 }), {
    instanceOf: Errors.RequestTimeoutError,
  });
  lines.length = 0;
  await gateway.stop();
  t.notRegex(lines.join(''), /running context|gracefully/);
});
