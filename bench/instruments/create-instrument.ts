import type { NodeSettings } from '../nodes/node-settings.ts';
import type { Instrument } from './instrument.ts';

/**
 * Sets up the instrument that the settings name, before anything is loaded that it may have to patch; loads nothing of
 * the others, so that a process weighs what its own instrument weighs.
 */
export async function createInstrument(settings: NodeSettings): Promise<Instrument> {
  switch (settings.instrument) {
    case 'untraced':
      return (await import('./untraced.ts')).UNTRACED;
    case 'renewing':
      return (await import('./renewing.ts')).RENEWING;
    case 'tracemesh':
    case 'tracemesh-jaeger-client':
      return (await import('./tracemesh.ts')).createTracemesh(settings);
    case 'naive-jaeger-client':
      return (await import('../peers/naive-jaeger-client.ts')).createNaiveJaegerClient(settings);
    case 'moleculer-exporter':
      return (await import('../peers/moleculer-exporter.ts')).createMoleculerExporter(settings);
    case 'opentelemetry':
      return (await import('../peers/opentelemetry.ts')).createOpenTelemetry(settings);
  }
}
