import test, { type ExecutionContext } from 'ava';
import { Errors, ServiceBroker } from 'moleculer';
import Type from 'typebox';
import { fields } from '#shared/contracts/contract.ts';
import { ContractValidator } from '#shared/contracts/validator.ts';

const thing = fields({
  name: Type.String({ minLength: 2, pattern: '^[a-z]*$', description: 'a text of small letters' }),
  count: Type.Optional(Type.Integer({ minimum: 1 })),
  tags: Type.Optional(Type.Array(fields({ key: Type.String() }))),
});

/** A started broker with the validator and one service that answers the parameters it got. */
async function startBroker(t: ExecutionContext): Promise<ServiceBroker> {
  const broker = new ServiceBroker({ logger: false, validator: new ContractValidator() });
  const answer = (ctx: { params: unknown }) => ctx.params;
  broker.createService({
    name: 'things',
    actions: {
      make: { params: { ...thing }, handler: answer },
      other: { params: { id: 'number' }, handler: answer },
    },
  });
  await broker.start();
  t.teardown(() => broker.stop());
  return broker;
}

test('good parameters arrive as they were sent', async (t) => {
  const broker = await startBroker(t);
  const params = { name: 'ada', count: 3, tags: [{ key: 'a' }] };
  t.deepEqual(await broker.call('things.make', params), params);
});

const bad: [string, unknown, { field: string; message: string }[]][] = [
  ['a missing field', {}, [{ field: 'name', message: 'is required' }]],
  ['no parameters at all', undefined, [{ field: 'name', message: 'is required' }]],
  ['a field that is undefined', { name: undefined }, [{ field: 'name', message: 'is required' }]],
  ['a field of another type', { name: 5 }, [{ field: 'name', message: 'must be string' }]],
  [
    'a number as a text, which is not converted',
    { name: 'ada', count: '3' },
    [{ field: 'count', message: 'must be integer' }],
  ],
  ['no number', { name: 'ada', count: Number.NaN }, [{ field: 'count', message: 'must be integer' }]],
  [
    'a text that is too short',
    { name: 'a' },
    [{ field: 'name', message: 'must not have fewer than 2 characters' }],
  ],
  [
    'a text of another form',
    { name: 'ADA' },
    [{ field: 'name', message: 'must be a text of small letters' }],
  ],
  ['an unknown field', { name: 'ada', nam: 'x' }, [{ field: 'nam', message: 'is not a known field' }]],
  [
    'a prototype as a field',
    JSON.parse('{"name":"ada","__proto__":{"x":1},"constructor":1}'),
    [
      { field: '__proto__', message: 'is not a known field' },
      { field: 'constructor', message: 'is not a known field' },
    ],
  ],
  [
    'a field within a list',
    { name: 'ada', tags: [{ key: 'a' }, { key: 1 }] },
    [{ field: 'tags.1.key', message: 'must be string' }],
  ],
  [
    'several fields, all of which are named',
    { name: 1, count: 0, tags: 'x', a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1 },
    [
      { field: 'name', message: 'must be string' },
      { field: 'count', message: 'must be >= 1' },
      { field: 'tags', message: 'must be array' },
      ...[...'abcdefgh'].map((field) => ({ field, message: 'is not a known field' })),
    ],
  ],
  ['a list', [1], [{ field: 'params', message: 'must be an object' }]],
  ['a text', 'name', [{ field: 'params', message: 'must be an object' }]],
];
for (const [title, params, details] of bad) {
  test(`a call is refused for ${title}`, async (t) => {
    const broker = await startBroker(t);
    const call = broker.call('things.make', params as Record<string, unknown>);
    const error = await t.throwsAsync<Errors.ValidationError>(call, { instanceOf: Errors.ValidationError });
    t.like(error, { code: 422, type: 'VALIDATION_ERROR' });
    t.deepEqual(
      error?.data.map(({ field, message }: { field: string; message: string }) => ({ field, message })),
      details,
    );
  });
}

test('an answer stays small however many fields are unknown', async (t) => {
  const broker = await startBroker(t);
  const params = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`${'x'.repeat(500)}${at}`, 1]));
  const error = await t.throwsAsync<Errors.ValidationError>(broker.call('things.make', params));
  t.true(JSON.stringify(error?.data).length < 5000);
});

test("schemas of Moleculer's own kind are left to its own validator", async (t) => {
  const broker = await startBroker(t);
  t.deepEqual(await broker.call('things.other', { id: 1 }), { id: 1 });
  await t.throwsAsync(broker.call('things.other', { id: 'x' }), { instanceOf: Errors.ValidationError });
  t.true(Array.isArray(await broker.call('$node.list', { withServices: 'true' })));
});

test('can be asked outside a call', (t) => {
  const validator = new ContractValidator();
  const schema = { ...thing };
  t.true(validator.validate({ name: 'ada' }, schema));
  t.throws(() => validator.validate({}, schema), { instanceOf: Errors.ValidationError });
  t.true(validator.validate({ id: 1 }, { id: 'number' }));
});
