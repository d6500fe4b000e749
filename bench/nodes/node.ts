/** One process of a mesh. Composition root; its settings are its first argument. */
import { type StopReason, startLifecycle } from '#shared/lifecycle.ts';
import { createInstrument } from '../instruments/create-instrument.ts';
import type { Gateway } from './gateway.ts';
import { measureLiveBytes } from './live-memory.ts';
import type { NodeSettings } from './node-settings.ts';
import { createProfiler } from './profiler.ts';

const SERVICES_WITHIN_MS = 50_000;
const POLL_MS = 20;

const settings = JSON.parse(process.argv[2] ?? '') as NodeSettings;
const { role, workload } = settings;
const closers: (() => Promise<unknown>)[] = [];
const lifecycle = startLifecycle({
  close: async (_reason: StopReason) => {
    for (const close of closers.toReversed()) await close();
  },
});

const instrument = await createInstrument(settings);
if (instrument.close) closers.push(instrument.close);

// Loaded only now: an instrument may have to patch what these load.
const { ServiceBroker } = await import('moleculer');
const { greeterService, usersService } = await import('./services.ts');

const broker = new ServiceBroker({
  nodeID: role,
  namespace: settings.namespace,
  transporter: { type: 'NATS', options: { url: settings.natsUrl } },
  logger: false,
  requestTimeout: 30_000,
  skipProcessEventRegistration: true,
  ...instrument.broker,
});
closers.push(() => broker.stop());

if (role === 'users') broker.createService(usersService);
if (role === 'greeter') {
  broker.createService(
    greeterService(() => {
      for (let span = 0; span < workload.innerSpans; span++) instrument.makeSpan(workload.innerTags);
    }),
  );
}
const gateway = role === 'gateway' ? await startGateway() : undefined;
if (gateway) closers.push(gateway.close);
else await broker.start();
if (role === 'users') await broker.waitForServices('greeter', SERVICES_WITHIN_MS, POLL_MS);

const profiler = createProfiler();
process.on('message', (question: { type: string; path?: string }) => {
  if (question.type === 'usage') answer('usage', usage());
  if (question.type === 'liveMemory') answer('liveMemory', { liveBytes: measureLiveBytes() });
  if (question.type === 'profile') profiler.start().then(() => answer('profile'));
  if (question.type === 'profiled') profiler.stop(String(question.path)).then(() => answer('profiled'));
});
lifecycle.announceReady({ name: role, ...(gateway && { url: gateway.url }) });

async function startGateway(): Promise<Gateway> {
  let started: Gateway;
  if (settings.gateway === 'moleculer-web') {
    const { createMoleculerWebGateway } = await import('../peers/moleculer-web-gateway.ts');
    const gatewayOf = createMoleculerWebGateway(broker);
    await broker.start();
    started = gatewayOf();
  } else {
    const { startKoaGateway } = await import('./koa-gateway.ts');
    await broker.start();
    const { metaBytes } = workload;
    started = await startKoaGateway(broker, { middlewares: instrument.koa, metaBytes });
  }
  await broker.waitForServices(['users', 'greeter'], SERVICES_WITHIN_MS, POLL_MS);
  return started;
}

function usage() {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, rssBytes: process.memoryUsage.rss(), spans: instrument.finishedSpans?.() };
}

function answer(type: string, fields: object = {}): void {
  process.send?.({ type, ...fields });
}
