/** Moleculer: what its middleware can be told, and what is refused. */
import test from 'ava';
import { ServiceBroker } from 'moleculer';
import { createTracing, type MoleculerOptions, TracingOptionsError } from '#shared/tracing/index.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';

const BAD: [options: object, problem: string][] = [
  [{ capture: 'id' }, 'capture="id" must be an object'],
  [{ capture: ['id'] }, 'capture="" must be an object'],
  [{ capture: { params: 'id' } }, 'capture.params="id" must be true or a list of names'],
  [{ capture: { meta: ['id', 7] } }, 'capture.meta="" must be true or a list of names'],
  [{ capture: { headers: /id/ } }, 'capture.headers="" must be true or a list of names'],
  [{ capture: { response: { id: true } } }, 'capture.response="" must be true or a list of names'],
  [{ capture: { redact: ['ssn'] } }, 'capture.redact="" must be a list of regular expressions'],
  [{ capture: { redact: /ssn/ } }, 'capture.redact="" must be a list of regular expressions'],
  [{ internal: 'yes' }, 'internal="yes" must be true or false'],
  [{ lateCapMs: -1 }, 'lateCapMs="-1" must be a number from 0 on'],
  [{ lateCapMs: Number.NaN }, 'lateCapMs="NaN" must be a number from 0 on'],
];

for (const [options, problem] of BAD) {
  test(`refused at once: ${problem.split(' must')[0]} ${JSON.stringify(options)}`, (t) => {
    const tracing = createMemoryTracing();
    const error = t.throws(() => tracing.moleculer(options as MoleculerOptions), {
      instanceOf: TracingOptionsError,
    });
    t.deepEqual(error?.problems, [problem]);
  });
}

test('what is refused is refused where tracing is switched off, too', (t) => {
  const { moleculer } = createTracing({ backend: 'none', env: {} });
  t.throws(() => moleculer({ capture: { params: 'id' as never } }), { instanceOf: TracingOptionsError });
});

test('options that are null are not set', (t) => {
  const { moleculer } = createMemoryTracing();
  t.notThrows(() => moleculer(null as never));
  t.notThrows(() => moleculer({ capture: null, internal: null, lateCapMs: null } as never));
  t.notThrows(() => moleculer({ capture: { params: null, redact: null } } as never));
});

test('a pattern that is global hides each of the secrets, not every other one', async (t) => {
  const tracing = createMemoryTracing();
  const capture = { params: true, redact: [/number/g] };
  const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer({ capture })] });
  broker.createService({ name: 'shop', actions: { pay: () => 'paid' } });
  await broker.start();
  await broker.call('shop.pay', { number: 1, numbers: 2, numbered: 3 });
  await broker.stop();
  const { tags } = tracing.spans.find(({ parentId }) => parentId !== undefined) ?? {};
  t.like(tags, {
    'params.number': '[redacted]',
    'params.numbers': '[redacted]',
    'params.numbered': '[redacted]',
  });
});
