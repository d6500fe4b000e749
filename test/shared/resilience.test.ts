import test, { type ExecutionContext } from 'ava';
import { Errors, type ServiceBroker } from 'moleculer';
import Type from 'typebox';
import { fields, type ServiceContract } from '#shared/contracts/contract.ts';
import { implement } from '#shared/contracts/implement.ts';
import { resilience } from '#shared/resilience.ts';
import { startNode } from '../helpers/broker-node.ts';

const contract = {
  read: { params: fields({}), result: Type.String(), repeatable: true },
  write: { params: fields({}), result: Type.String() },
} satisfies ServiceContract;

/** A service whose two actions do this, and how often they were asked to. */
async function startService(t: ExecutionContext, act: (attempt: number) => string) {
  let attempts = 0;
  const handler = () => act(++attempts);
  const actions = implement(contract, { read: handler, write: handler });
  const quick = { ...resilience.retryPolicy, delay: 1 };
  const broker = await startNode(t, [{ name: 'things', actions }], {
    ...resilience,
    retryPolicy: quick,
    circuitBreaker: { ...resilience.circuitBreaker, halfOpenTime: 20 },
  });
  return { broker, attempts: () => attempts };
}

const unavailable = new Errors.MoleculerRetryableError('busy', 503, 'BUSY', undefined as never);

test('what may be repeated is tried up to three times, what may not only once', async (t) => {
  const { broker, attempts } = await startService(t, (attempt) => {
    if (attempt < 3) throw unavailable;
    return 'at last';
  });
  t.is(await broker.call('things.read', {}), 'at last');
  t.is(attempts(), 3);

  const failing = await startService(t, () => {
    throw unavailable;
  });
  await t.throwsAsync(failing.broker.call('things.read', {}), { message: 'busy' });
  t.is(failing.attempts(), 3);
  await t.throwsAsync(failing.broker.call('things.write', {}), { message: 'busy' });
  t.is(failing.attempts(), 4);
});

const final: [string, Error][] = [
  ['a timeout', new Errors.RequestTimeoutError({ action: 'a', nodeID: 'n' })],
  ['a full queue', new Errors.QueueIsFullError({ action: 'a', nodeID: 'n' })],
  ['a fault of the caller', new Errors.MoleculerClientError('no', 404, 'NOT_FOUND')],
  ['a fault of the code', new TypeError('no')],
];
for (const [title, error] of final) {
  test(`${title} is not tried again`, async (t) => {
    const { broker, attempts } = await startService(t, () => {
      throw error;
    });
    await t.throwsAsync(broker.call('things.read', {}));
    t.is(attempts(), 1);
  });
}

/** Calls until the circuit is open, and answers how many calls that took. */
async function callsUntilOpen(broker: ServiceBroker): Promise<number> {
  for (let calls = 1; calls <= 100; calls++) {
    const error = await broker.call('things.write', {}).catch((error: Errors.MoleculerError) => error);
    if ((error as Errors.MoleculerError).type === 'SERVICE_NOT_AVAILABLE') return calls;
  }
  return Number.POSITIVE_INFINITY;
}

test('a node that fails by its own fault is given a rest, and then asked again', async (t) => {
  let isBroken = true;
  const { broker } = await startService(t, () => {
    if (isBroken) throw new TypeError('broken');
    return 'mended';
  });
  t.is(await callsUntilOpen(broker), 21);
  isBroken = false;
  const halfOpen = new Promise((resolve) => broker.localBus.once('$circuit-breaker.half-opened', resolve));
  await halfOpen;
  t.is(await broker.call('things.write', {}), 'mended');
});

test('whatever callers do wrong, no circuit opens', async (t) => {
  const { broker } = await startService(t, () => {
    throw new Errors.MoleculerClientError('no', 409, 'TAKEN');
  });
  t.is(await callsUntilOpen(broker), Number.POSITIVE_INFINITY);
});
