/** A thousand requests at once, of every kind, over two gateways and two nodes of each service. */
import { request } from 'node:http';
import type { ExecutionContext } from 'ava';
import { matchTree, noOrphans, type RecordedSpan } from '#shared/tracing/testing.ts';
import { natsTest } from '../../../../helpers/nats.ts';
import { findJaeger, type RealJaeger, testNeedingJaeger } from '../../../../helpers/real-jaeger.ts';
import { type StormNode, spansOf, startStorm, warningsOf } from './storm.ts';

const REQUESTS = 1000;

/** Each kind of request, and its trace; attempts are drawn apart, their number is chance. */
const pictures: Record<string, string> = {
  success: `
    * GET /success/:key (server)
      * orders.success (client)
        orders orders.success (server)
          orders stock.take (client)
            stock stock.take (server)
  `,
  error: `
    * GET /error/:key (server) ERROR
      * orders.error (client) ERROR
        orders orders.error (server) ERROR
  `,
  event: `
    * GET /event/:key (server)
      * orders.event (client)
        orders orders.event (server)
          orders ordered (producer)
            ~ stock ordered (consumer)
  `,
  stream: `
    * GET /stream/:key (server)
      * orders.stream (client)
        orders orders.stream (server)
  `,
  abort: `
    * GET /abort/:key (server)*
      * orders.abort (client)
        orders orders.abort (server)
  `,
};
/** Requests of the last kind have a path that is not to be traced: none of their spans may be anywhere. */
const KINDS = [...Object.keys(pictures), 'retry', 'ignored'];

/** The answer's text; `aborted` where the client hangs up after some milliseconds. */
function get(port: number, path: string, abortAfterMs?: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path }, async (incoming) => {
      let text = '';
      for await (const part of incoming) text += part;
      resolve(text);
    });
    outgoing.on('error', abortAfterMs === undefined ? reject : () => resolve('aborted'));
    if (abortAfterMs !== undefined) setTimeout(() => outgoing.destroy(), abortAfterMs);
    outgoing.end();
  });
}

const jaegerTest = testNeedingJaeger(await findJaeger(), natsTest);

natsTest('1,000 requests at once are 1,000 whole traces, and nobody sees the meta of another', (t) =>
  storm(t),
);

jaegerTest('a real Jaeger shows 1,000 requests at once as 1,000 whole traces, without a warning', storm);

async function storm(t: ExecutionContext, jaeger?: RealJaeger): Promise<void> {
  const nodes = await startStorm(
    t,
    {
      'web-1': ['web'],
      'web-2': ['web'],
      'orders-1': ['orders'],
      'orders-2': ['orders'],
      'stock-1': ['stock'],
      'stock-2': ['stock'],
    },
    jaeger,
  );
  const gateways = [nodes['web-1'], nodes['web-2']] as [StormNode, StormNode];
  const requests = Array.from({ length: REQUESTS }, (_, n) => ({
    kind: KINDS[n % KINDS.length] as string,
    n,
  }));
  const answers = await Promise.all(
    requests.map(async ({ kind, n }) => {
      const { port } = gateways[n % 2] as StormNode;
      const text = await get(port, `/${kind}/key-${n}`, kind === 'abort' ? 40 : undefined);
      return { kind, n, text };
    }),
  );

  for (const { kind, n, text } of answers) {
    const keys = new Set(text.match(/key-\d+/g));
    if (kind === 'error') t.is(text, 'Internal Server Error');
    else if (kind !== 'abort') t.deepEqual([...keys], [`key-${n}`], `${kind} ${n} answered ${text}`);
    t.false(text.includes('$trace'));
  }

  const spans = await spansOf(Object.values(nodes), jaeger);
  t.deepEqual(warningsOf(spans), []);
  noOrphans(spans);
  const traces = Map.groupBy(spans, ({ traceId }) => traceId);
  const kinds = [...traces.values()].map(checkTrace);
  // Who hangs up before the connection is made has sent no request.
  const unsent =
    answers.filter(({ kind }) => kind === 'abort').length - kinds.filter((kind) => kind === 'abort').length;
  t.true(unsent >= 0);
  const ignored = requests.filter(({ kind }) => kind === 'ignored').length;
  t.is(traces.size, REQUESTS - ignored - unsent);
}

/** Fails unless the trace is what its request's kind says; tells that kind. */
function checkTrace(spans: readonly RecordedSpan[]): string {
  const [root] = spans.filter(({ parentId }) => parentId === undefined);
  const kind = /^GET \/(\w+)\//.exec(root?.operation ?? '')?.[1] ?? 'none';
  matchTree(spans, pictures[kind] ?? attemptsPicture(spans));
  return kind;
}

/** One client span for each attempt, numbered, and only the last has no error. */
function attemptsPicture(spans: readonly RecordedSpan[]): string {
  const attempts = spans
    .filter(({ tags }) => tags['span.kind'] === 'client')
    .toSorted((a, b) => a.startUs - b.startUs)
    .map(({ tags }) => tags['moleculer.attempt']);
  const numbers = attempts.map((_, index) => index + 1);
  if (String(attempts) !== String(numbers)) throw new Error(`attempts ${attempts} instead of ${numbers}`);
  const calls = numbers.map((number) => {
    const error = number === numbers.length ? '' : ' ERROR';
    return `      * orders.retry (client)${error}\n        orders orders.retry (server)${error}`;
  });
  return ['    * GET /retry/:key (server)', ...calls].join('\n');
}
