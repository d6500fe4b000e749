/** What a remote sampler asks: a server that says which traces are recorded. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { until } from './until.ts';

/** Answers what `answer` says: a body, 'fail' or 'hang'. */
export async function startSamplingServer(t: ExecutionContext, answer: () => string) {
  const requests: string[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    open.add(response.on('close', () => open.delete(response)));
    const body = answer();
    if (body === 'hang') return;
    response.writeHead(body === 'fail' ? 500 : 200).end(body);
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close().closeAllConnections());
  await once(server, 'listening');
  /** Resolves when it was asked so many times more. */
  const askedAgain = (times: number): Promise<void> => {
    const before = requests.length;
    return until(() => requests.length >= before + times);
  };
  return { hostPort: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests, open, askedAgain };
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
