import test from 'ava';
import { startGateway } from '../../helpers/gateway.ts';

test('GET /hello/:name greets whoever is named, in any script', async (t) => {
  const { send } = await startGateway(t);
  for (const name of ['Ada', 'a/b', 'محمد', '👩‍🚀', "Robert'); --", '<script>']) {
    const { status, json } = await send('GET', `/hello/${encodeURIComponent(name)}`);
    t.is(status, 200);
    t.deepEqual(json, { greeting: `Hello, ${name}!` });
  }
});

for (const name of ['%00', '%0A', '%20', 'x'.repeat(101)]) {
  test(`GET /hello/${name.slice(0, 9)} answers 422 and names the field`, async (t) => {
    const { send } = await startGateway(t);
    const { status, json } = await send('GET', `/hello/${name}`);
    t.is(status, 422);
    t.is(json.error.details[0].field, 'name');
  });
}
