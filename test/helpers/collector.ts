/** A collector outside the mesh: it stays when all that sends to it is stopped. */
import { type Owner, startProcess } from './processes.ts';

/** Where it takes spans, and where it shows them. */
export interface Collector {
  endpoint: string;
  queryUrl: string;
}

/** Starts the stand-in on its own, on free ports. */
export async function startCollector(owner: Owner): Promise<Collector> {
  const ports = ['COLLECTOR', 'QUERY', 'BINARY', 'OTLP', 'ZIPKIN'].map((name) => [
    `JAEGER_${name}_PORT`,
    '0',
  ]);
  const collector = startProcess(owner, ['node', 'jaeger/main.ts'], { env: Object.fromEntries(ports) });
  const { url = '', urls } = await collector.ready;
  return { endpoint: urls?.collector ?? '', queryUrl: url };
}
