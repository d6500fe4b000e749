/** What a remote sampler asks: a server that says which traces are recorded. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** Answers what `answer` says: a body, 'fail' or 'hang'. */
export async function startSamplingServer(t: ExecutionContext, answer: () => string) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const body = answer();
    if (body === 'hang') return;
    response.writeHead(body === 'fail' ? 500 : 200).end(body);
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return { hostPort: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** The strategy that keeps all traces whose first span has this name, and no other. */
export function keepOnly(operation: string): string {
  return JSON.stringify({
    operationSampling: {
      defaultSamplingProbability: 0,
      defaultLowerBoundTracesPerSecond: 0,
      perOperationStrategies: [{ operation, probabilisticSampling: { samplingRate: 1 } }],
    },
  });
}
