import test from 'ava';
import { connect } from 'nats';
import { parseNatsUrl } from '#shared/nats-options.ts';
import { natsTest, startNats } from '../helpers/nats.ts';

for (const [url, options] of [
  ['nats://127.0.0.1', { servers: ['127.0.0.1:4222'] }],
  ['nats://nats:4333/', { servers: ['nats:4333'] }],
  ['nats://[::1]:4333', { servers: ['[::1]:4333'] }],
  ['nats://a:1, nats://b:2', { servers: ['a:1', 'b:2'] }],
  ['nats://ann:secret@a:1,nats://b:2', { servers: ['a:1', 'b:2'], user: 'ann', pass: 'secret' }],
  ['nats://ann:p%40ss%2Fword@a:1', { servers: ['a:1'], user: 'ann', pass: 'p@ss/word' }],
  ['nats://t0ken@a:1', { servers: ['a:1'], token: 't0ken' }],
] as const) {
  test(`reads ${url}`, (t) => {
    t.deepEqual(parseNatsUrl(url), options as never);
  });
}

natsTest('a server takes the user and the password of the URL', async (t) => {
  const { port } = await startNats(t, '--user', 'ann', '--pass', 'p@ss/word');
  const client = await connect({ ...parseNatsUrl(`nats://ann:p%40ss%2Fword@127.0.0.1:${port}`) });
  t.teardown(() => client.close());
  await t.notThrowsAsync(() => client.flush());
  await t.throwsAsync(() => connect({ ...parseNatsUrl(`nats://127.0.0.1:${port}`), reconnect: false }), {
    message: /Authorization/i,
  });
});

natsTest('a server takes the token of the URL', async (t) => {
  const { port } = await startNats(t, '--auth', 't0ken');
  const client = await connect({ ...parseNatsUrl(`nats://t0ken@127.0.0.1:${port}`) });
  t.teardown(() => client.close());
  await t.notThrowsAsync(() => client.flush());
});
