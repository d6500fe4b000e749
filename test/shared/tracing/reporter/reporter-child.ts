/** A process with a reporter, for tests of how it lives and dies: `<what it does> <endpoint> [<spool folder>]`. */
import dns, { type LookupAddress } from 'node:dns';
import {
  createHttpReporter,
  createUdpReporter,
  type HttpReporterOptions,
  type Reporter,
} from '#shared/tracing/reporter/reporter.ts';

const [task = '', endpoint = '', spoolDir] = process.argv.slice(2);
const contentType = 'application/x-thrift';

/** Patience beyond any test's: a process that waits for its reporter does not end in time. */
const PATIENCE_MS = 300_000;
const patient = {
  connectTimeoutMs: PATIENCE_MS,
  responseTimeoutMs: PATIENCE_MS,
  retryFirstMs: PATIENCE_MS,
  retryMaxMs: PATIENCE_MS,
  random: () => 1,
};

function send(count: number, options: Partial<HttpReporterOptions> = {}): Reporter {
  const reporter = createHttpReporter({ endpoint, contentType, spoolDir, ...options });
  for (let id = 0; id < count; id += 1) {
    const bytes = Buffer.alloc(1_000, 'x');
    bytes.write(`${process.pid}-${id} `);
    reporter.send({ bytes, spans: 1 });
  }
  return reporter;
}

switch (task) {
  case 'end': {
    send(5, patient); // and then nothing but the reporter is left to do
    break;
  }
  case 'end-by-name': {
    // The name of a collector with two addresses, of which the second is the right one.
    dns.lookup = ((
      _name: string,
      _options: object,
      found: (error: null, addresses: LookupAddress[]) => void,
    ) => {
      setImmediate(found, null, [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ]);
    }) as typeof dns.lookup;
    send(5, patient);
    break;
  }
  case 'end-udp': {
    createUdpReporter({ host: '127.0.0.1', port: 9 }).send({ bytes: Buffer.from('x'), spans: 1 });
    break;
  }
  case 'close': {
    const delivered = await send(5).close({ deadlineMs: 500 });
    process.stdout.write(JSON.stringify(delivered));
    break;
  }
  case 'crash': {
    const reporter = send(5);
    process.on('uncaughtExceptionMonitor', () => reporter.saveNow());
    process.once('message', () => {
      throw new Error('on purpose');
    });
    process.send?.('ready');
    break;
  }
  case 'serve': {
    const reporter = send(1);
    process.once('message', async () => {
      const delivered = await reporter.close({ deadlineMs: 5_000 });
      process.stdout.write(JSON.stringify(delivered));
      process.disconnect?.();
    });
    process.send?.('ready');
    break;
  }
}
