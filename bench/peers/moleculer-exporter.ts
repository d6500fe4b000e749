/** Moleculer's own tracing with its Jaeger exporter, at its defaults: server spans, sent over UDP. */

import type { Instrument } from '../instruments/instrument.ts';
import type { NodeSettings } from '../nodes/node-settings.ts';

export function createMoleculerExporter({ collector }: NodeSettings): Instrument {
  const options = { host: '127.0.0.1', port: collector.udpPort };
  return {
    koa: [],
    broker: { tracing: { enabled: true, exporter: { type: 'Jaeger', options } } },
    makeSpan() {},
  };
}
