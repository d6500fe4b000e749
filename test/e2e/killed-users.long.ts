import { natsTest, startNats } from '../helpers/nats.ts';
import { loseUsers } from './lose-users.ts';

for (const count of [1000, 5000])
  natsTest(
    `users are killed in the middle of ${count} writes over NATS: none that was acknowledged is lost`,
    async (t) => {
      const { url } = await startNats(t);
      await loseUsers(t, { count, env: { NATS_URL: url } });
    },
  );
