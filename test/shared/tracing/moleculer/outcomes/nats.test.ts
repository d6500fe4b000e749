/** Every outcome of the table over NATS, with callers and callees in processes of their own. */
import { startNats } from '../../../../helpers/nats.ts';
import { tryOutcomes } from './try-outcomes.ts';

tryOutcomes('nats', async () => {
  const server = await startNats({ teardown() {} });
  return { connection: { transport: 'nats', url: server.url }, close: server.close };
});
