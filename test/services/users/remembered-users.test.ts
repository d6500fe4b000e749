import { join } from 'node:path';
import test from 'ava';
import { call } from '#shared/contracts/call.ts';
import { resilience } from '#shared/resilience.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { createUsersService } from '../../../services/users/users.service.ts';
import { startNode } from '../../helpers/broker-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { until } from '../../helpers/until.ts';

const ada = { name: 'Ada', email: 'ada@example.org', password: 'analytical engine' };

test('a user is read once, and again only when he has changed, on whichever node', async (t) => {
  const env = { USERS_DB: join(temporaryFolder(t), 'users.sqlite'), AVATARS_URL: 'http://127.0.0.1:1' };
  const tracing = createMemoryTracing();
  const reads = () => tracing.spans.filter(({ operation }) => operation === 'SELECT users').length;
  const mesh = { ...resilience, namespace: t.title, transporter: 'Fake' as const };
  const one = await startNode(t, [createUsersService(env)], {
    ...mesh,
    nodeID: 'one',
    middlewares: [tracing.moleculer()],
  });
  const two = await startNode(t, [createUsersService(env)], { ...mesh, nodeID: 'two' });
  await until(() =>
    [one, two].every(({ registry }) => registry.nodes.list({ onlyAvailable: true }).length === 2),
  );

  const { id } = await call(one, 'users.create', ada);
  const here = { nodeID: 'one' };
  const get = () => call(one, 'users.get', { id }, here);
  t.is((await get()).name, 'Ada');
  t.is((await get()).name, 'Ada');
  t.is(reads(), 1);
  await call(one, 'users.get', { id, picture: true }, here);
  t.is(reads(), 2, 'with a picture he is not remembered');

  await call(two, 'users.update', { id, name: 'Countess' }, { nodeID: 'two' });
  await until(async () => (await get()).name === 'Countess');
  const before = reads();
  await get();
  t.is(reads(), before);
  await call(two, 'users.remove', { id }, { nodeID: 'two' });
  await until(() =>
    get().then(
      () => false,
      () => true,
    ),
  );
});
