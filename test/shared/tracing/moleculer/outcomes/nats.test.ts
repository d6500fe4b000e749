/** Every outcome of the table over NATS, with callers and callees in processes of their own. */
import test from 'ava';
import { startNats } from '../../../../helpers/nats.ts';
import { isMissing } from '../../../../helpers/needs.ts';
import { tryOutcomes } from './try-outcomes.ts';

if (isMissing('nats-server'))
  test.skip('the outcomes over NATS (skipped: no nats-server on this machine)', () => {});
else
  await tryOutcomes('nats', async () => {
    const server = await startNats({ teardown() {} });
    return { connection: { transport: 'nats', url: server.url }, close: server.close };
  });
