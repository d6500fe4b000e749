/** Thrift to a Jaeger: in few, large batches over HTTP, or in datagrams. */
import { createHttpReporter, createUdpReporter } from '../reporter/reporter.ts';
import type { TracingSettings } from '../settings.ts';
import { AGENT_MESSAGE, BARE } from '../thrift/agent-message.ts';
import { THRIFT_CONTENT_TYPE } from '../thrift/thrift-batches.ts';
import type { Collector } from './delivery.ts';

/** Jaeger closes the connection after each batch, and takes up to 20 MiB at once. */
const MOST_BYTES_OVER_HTTP = 1024 * 1024;
/** Jaeger reads no larger datagram. */
const MOST_BYTES_OVER_UDP = 65_000;

/** The collector that the settings name; connects to nothing yet. */
export function createCollector({ collector }: TracingSettings): Collector {
  if ('agent' in collector)
    return {
      reporter: createUdpReporter(collector.agent),
      framing: AGENT_MESSAGE,
      maxBatchBytes: MOST_BYTES_OVER_UDP,
      survivesCrash: false,
    };
  const { endpoint, headers } = collector;
  return {
    reporter: createHttpReporter({ endpoint, headers, contentType: THRIFT_CONTENT_TYPE }),
    framing: BARE,
    maxBatchBytes: MOST_BYTES_OVER_HTTP,
    survivesCrash: false,
  };
}
