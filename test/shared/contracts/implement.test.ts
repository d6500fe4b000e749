import test, { type ExecutionContext } from 'ava';
import { Errors, ServiceBroker } from 'moleculer';
import { contracts } from '#shared/contracts/call.ts';
import { implement } from '#shared/contracts/implement.ts';
import { ContractValidator } from '#shared/contracts/validator.ts';
import { RequestError } from '#shared/errors.ts';

class NobodyError extends RequestError {
  readonly code = 'NOBODY';
  readonly status = 404;
  override readonly details = [{ field: 'name', message: 'is nobody' }];
}

/** A broker whose hello service greets with this function. */
async function startBroker(t: ExecutionContext, greet: (params: { name: string }) => { greeting: string }) {
  const broker = new ServiceBroker({ logger: false, validator: new ContractValidator() });
  broker.createService({ name: 'hello', actions: implement(contracts.hello, { greet }) });
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

test('any other error is left as it is', async (t) => {
  const broken = new TypeError('broken');
  const broker = await startBroker(t, () => {
    throw broken;
  });
  t.is(await t.throwsAsync(broker.call('hello.greet', { name: 'Ada' })), broken);
});
