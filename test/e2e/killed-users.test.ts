import test from 'ava';
import { natsTest, startNats } from '../helpers/nats.ts';
import { loseUsers } from './lose-users.ts';

test('users are killed in the middle of 1,000 writes: none that was acknowledged is lost, and all goes on', (t) =>
  loseUsers(t, { count: 1000 }));

natsTest('in the middle of 200 writes over NATS, which tells nobody of the death: the same', async (t) => {
  const { url } = await startNats(t);
  await loseUsers(t, { count: 200, env: { NATS_URL: url } });
});
