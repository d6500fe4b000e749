/**
 * The process that holds what is not counted: the NATS server and the collector. Composition root; a process of its
 * own, so that both end with the benchmark even where that is killed.
 */
import { startLifecycle } from '#shared/lifecycle.ts';
import { startCollectorSink } from './collector-sink.ts';
import type { Addresses } from './mesh.ts';
import { startNatsServer } from './nats-server.ts';

const open: { close(): Promise<void> }[] = [];
const lifecycle = startLifecycle({ close: () => Promise.all(open.map((part) => part.close())) });

const nats = await startNatsServer();
open.push(nats);
const sink = await startCollectorSink();
open.push(sink);

process.on('message', (question: { type: string }) => {
  if (question.type === 'addresses') {
    const addresses: Addresses = { natsUrl: nats.url, collector: { url: sink.url, udpPort: sink.udpPort } };
    process.send?.({ type: 'addresses', ...addresses });
  }
  if (question.type === 'collected') process.send?.({ type: 'collected', ...sink.stats() });
});
lifecycle.announceReady({ name: 'infrastructure' });
