/** One node of a storm: a gateway, or the services that are named. Answers `report` with its spans and counts. */
import { ServiceBroker } from 'moleculer';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { stormServices } from './services.ts';
import { startWeb } from './web.ts';

const [nodeID = '', url = '', ...names] = process.argv.slice(2);
const tracing = createMemoryTracing({ service: nodeID });
const broker = new ServiceBroker({
  nodeID,
  logger: false,
  transporter: { type: 'NATS', options: { servers: url } },
  middlewares: [tracing.moleculer()],
  requestTimeout: 2000,
  skipProcessEventRegistration: true,
});
for (const schema of stormServices) if (names.includes(schema.name)) broker.createService(schema);
await broker.start();
const port = names.includes('web') ? await startWeb(broker, tracing) : 0;

interface Question {
  readonly ask: 'wait' | 'ping' | 'call' | 'count' | 'spans';
  readonly services?: string[];
  readonly calls?: readonly { action: string; params: object }[];
}

process.on('message', async ({ ask, services = [], calls = [] }: Question) => {
  if (ask === 'wait') await broker.waitForServices(services, 20_000, 20);
  if (ask === 'ping') await broker.ping(undefined, 200);
  await Promise.allSettled(calls.map(({ action, params }) => broker.call(action, params)));
  const { spans } = tracing;
  const { unfinished, started } = tracing.stats();
  process.send?.({ spans: ask === 'spans' ? spans : [], unfinished, started });
});
process.on('disconnect', () => process.exit());
process.send?.({ port });
