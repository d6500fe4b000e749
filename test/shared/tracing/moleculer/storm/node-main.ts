/** One node of a storm: a gateway, or the services that are named. Answers questions with its spans and counts. */
import { ServiceBroker } from 'moleculer';
import { createTracing } from '#shared/tracing/index.ts';
import { createMemoryTracing, type MemoryTracing } from '#shared/tracing/testing.ts';
import { stormServices } from './services.ts';
import type { Question, Report, StormNodeSettings } from './storm.ts';
import { startWeb } from './web.ts';

const { name, services, natsUrl, endpoint } = JSON.parse(process.argv[2] ?? '') as StormNodeSettings;
const memory: MemoryTracing | undefined = endpoint ? undefined : createMemoryTracing({ service: name });
const tracing = memory ?? createTracing({ service: name, env: { JAEGER_ENDPOINT: endpoint } });
const broker = new ServiceBroker({
  nodeID: name,
  logger: false,
  transporter: { type: 'NATS', options: { servers: natsUrl } },
  middlewares: [tracing.moleculer()],
  requestTimeout: 2000,
  skipProcessEventRegistration: true,
});
for (const schema of stormServices) if (services.includes(schema.name)) broker.createService(schema);
await broker.start();
const web = services.includes('web') ? await startWeb(broker, tracing) : undefined;

process.on('message', async ({ ask, services = [], calls = [] }: Question) => {
  if (ask === 'wait') await broker.waitForServices(services, 20_000, 20);
  if (ask === 'ping') await broker.ping(undefined, 200);
  if (ask === 'close') await tracing.close();
  await Promise.allSettled(calls.map(({ action, params }) => broker.call(action, params)));
  const { unfinished, started, sent } = tracing.stats();
  const spans = ask === 'spans' ? (memory?.spans ?? []) : [];
  process.send?.({ spans, unfinished, started, sent, traceIds: web?.traceIds ?? [] } satisfies Report);
});
process.on('disconnect', () => process.exit());
process.send?.({ port: web?.port ?? 0 });
