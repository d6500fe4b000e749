/** Thrift to a Jaeger: in few, large batches over HTTP, or in datagrams. */
import type { TracingLogger } from '../options.ts';
import { createHttpReporter, createUdpReporter, type ReporterLogger } from '../reporter/reporter.ts';
import type { TracingSettings } from '../settings.ts';
import { AGENT_MESSAGE, BARE } from '../thrift/agent-message.ts';
import { THRIFT_CONTENT_TYPE } from '../thrift/thrift-batches.ts';
import type { Collector } from './delivery.ts';

/** Jaeger closes the connection after each batch, and takes up to 20 MiB at once. */
const MOST_BYTES_OVER_HTTP = 1024 * 1024;
/** Jaeger reads no larger datagram. */
const MOST_BYTES_OVER_UDP = 65_000;

const CLOSE_BEFORE = 'close the tracing before';

/** The collector that the settings name; connects to nothing yet. */
export function createCollector(settings: TracingSettings): Collector {
  const { collector, maxQueueSpans, spoolDir } = settings;
  const logger = reporterLogger(settings.logger);
  if ('agent' in collector)
    return {
      reporter: createUdpReporter({ ...collector.agent, logger, maxQueueSpans }),
      framing: AGENT_MESSAGE,
      maxBatchBytes: MOST_BYTES_OVER_UDP,
      survivesCrash: false,
      logger: settings.logger,
      exitHint: CLOSE_BEFORE,
    };
  const { endpoint, headers } = collector;
  const contentType = THRIFT_CONTENT_TYPE;
  return {
    reporter: createHttpReporter({ endpoint, headers, contentType, logger, maxQueueSpans, spoolDir }),
    framing: BARE,
    maxBatchBytes: MOST_BYTES_OVER_HTTP,
    survivesCrash: spoolDir !== undefined,
    logger: settings.logger,
    exitHint: spoolDir === undefined ? `${CLOSE_BEFORE}, or set TRACE_SPOOL_DIR` : CLOSE_BEFORE,
  };
}

/** One text a line, for loggers of any kind. */
function reporterLogger(logger: TracingLogger): ReporterLogger {
  const line = (fields: object, message: string): string =>
    [message, ...Object.entries(fields).map(([name, value]) => `${name}=${value}`)].join(' ');
  return {
    debug: (fields, message) => logger.debug(line(fields, message)),
    warn: (fields, message) => logger.warn(line(fields, message)),
  };
}
