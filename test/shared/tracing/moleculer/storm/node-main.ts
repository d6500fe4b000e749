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

process.on(
  'message',
  async (question: { ask: string; wait?: string[]; action?: string; params?: unknown }) => {
    if (question.ask === 'wait') await broker.waitForServices(question.wait ?? [], 20_000, 20);
    if (question.ask === 'nodes') await broker.ping();
    if (question.ask === 'call')
      await broker.call(question.action ?? '', question.params as object).catch(() => undefined);
    const { spans } = tracing;
    const { unfinished, started } = tracing.stats();
    process.send?.({ spans: question.ask === 'spans' ? spans : [], unfinished, started });
    if (question.ask === 'spans') spans.length = 0;
  },
);
process.on('disconnect', () => process.exit());
process.send?.({ port });
