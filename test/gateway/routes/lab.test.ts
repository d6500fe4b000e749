import test, { type ExecutionContext } from 'ava';
import { resilience } from '#shared/resilience.ts';
import { matchTree, noErrors, noOrphans, type RecordedSpan } from '#shared/tracing/testing.ts';
import { startGateway } from '../../helpers/gateway.ts';
import { until } from '../../helpers/until.ts';

/** A gateway whose mesh tries again soon. */
function startLab(t: ExecutionContext) {
  return startGateway(t, { broker: { retryPolicy: { ...resilience.retryPolicy, delay: 1 } } });
}

/** Asks, and answers the reply with the spans of its trace once all have ended. */
async function trace({ send, tracing }: Awaited<ReturnType<typeof startGateway>>, path: string) {
  const reply = await send('GET', path);
  await until(() => tracing.stats().unfinished === 0);
  noOrphans(tracing.spans);
  const spans = tracing.spans.filter(({ traceId }) => traceId === reply.headers['x-trace-id']);
  return { ...reply, spans };
}

const times = (count: number, lines: string) => Array<string>(count).fill(lines).join('\n');

test('n-plus-one asks for the customer of each order, cured for all at once: with the same answer', async (t) => {
  const lab = await startLab(t);
  const faulty = await trace(lab, '/lab/n-plus-one');
  t.is(faulty.status, 200);
  t.is(faulty.json.orders.length, 20);
  noErrors(faulty.spans);
  matchTree(
    faulty.spans,
    `
    gateway GET /lab/n-plus-one (server)
      gateway lab.listOrders (client)
        lab lab.listOrders (server)
          lab SELECT orders (client)
${times(20, '          lab SELECT customers (client)')}`,
  );

  const cured = await trace(lab, '/lab/n-plus-one?cured=true');
  t.is(cured.text, faulty.text);
  noErrors(cured.spans);
  matchTree(
    cured.spans,
    `
    gateway GET /lab/n-plus-one (server)
      gateway lab.listOrders (client)
        lab lab.listOrders (server)
          lab SELECT orders (client)`,
  );
});

/** Whether all these operations were under way at one time. */
function together(spans: readonly RecordedSpan[], operations: readonly string[]): boolean {
  const some = spans.filter(({ operation }) => operations.includes(operation));
  const lastStart = Math.max(...some.map(({ startUs }) => startUs));
  return some.every(({ startUs, durationUs }) => startUs + durationUs >= lastStart);
}

test('serial asks three who do not need each other in turn, cured at once: with the same answer', async (t) => {
  const lab = await startLab(t);
  const actions = ['lab.checkStock', 'lab.findPrice', 'lab.estimateShipping'];
  const picture = `
    gateway GET /lab/serial (server)
      gateway lab.quote (client)
        lab lab.quote (server)
          lab lab.checkStock (client)
            lab lab.checkStock (server)
          lab lab.findPrice (client)
            lab lab.findPrice (server)
          lab lab.estimateShipping (client)
            lab lab.estimateShipping (server)`;

  const faulty = await trace(lab, '/lab/serial');
  t.is(faulty.status, 200);
  t.deepEqual(faulty.json, { inStock: 3, priceCents: 1900, shippingDays: 2 });
  noErrors(faulty.spans);
  matchTree(faulty.spans, picture, { siblings: 'start' });
  t.false(together(faulty.spans, actions));

  const cured = await trace(lab, '/lab/serial?cured=true');
  t.is(cured.text, faulty.text);
  noErrors(cured.spans);
  matchTree(cured.spans, picture, { siblings: 'start' });
  t.true(together(cured.spans, actions));
});

test('pool renders six reports one at a time, cured all at a time: with the same answer', async (t) => {
  const lab = await startLab(t);
  const faulty = await trace(lab, '/lab/pool');
  t.is(faulty.status, 200);
  t.deepEqual(faulty.json, { reports: ['north', 'east', 'south', 'west', 'inland', 'overseas'] });
  noErrors(faulty.spans);
  const tags = ['moleculer.queue_ms'];
  const picture = (action: string, queued: string) => `
    gateway GET /lab/pool (server)
      gateway lab.renderReports (client)
        lab lab.renderReports (server)
          lab ${action} (client)
            lab ${action} (server)
              lab render report
${times(
  5,
  `\
          lab ${action} (client)
            lab ${action} (server)${queued}
              lab render report`,
)}`;
  matchTree(faulty.spans, picture('lab.renderInPoolOfOne', ' moleculer.queue_ms=*'), { tags });
  t.false(together(faulty.spans, ['render report']));

  const cured = await trace(lab, '/lab/pool?cured=true');
  t.is(cured.text, faulty.text);
  noErrors(cured.spans);
  matchTree(cured.spans, picture('lab.renderInPoolOfSix', ''), { tags });
  t.true(together(cured.spans, ['render report']));
});

/** The lines of a failed call, with what its callee did below; of an attempt where it is one of several. */
function failed(action: string, below: readonly string[] = [], attempt = ''): string[] {
  return [
    `lab ${action} (client) ERROR${attempt}`,
    `  lab ${action} (server) ERROR`,
    ...below.map((line) => `    ${line}`),
  ];
}

/** The same for each of three attempts. */
function failedThrice(action: string, below: readonly string[] = []): string[] {
  return [1, 2, 3].flatMap((attempt) => failed(action, below, ` moleculer.attempt=${attempt}`));
}

/** What is the same of both storms: the request, and that it was answered. */
function storm(below: readonly string[]): string {
  return [
    'gateway GET /lab/retry-storm (server)',
    '  gateway lab.trackParcel (client)',
    '    lab lab.trackParcel (server)',
    ...below.map((line) => `      ${line}`),
  ].join('\n');
}

const STORM = storm(
  failedThrice('lab.askCarrier', failedThrice('lab.askDepot', failedThrice('lab.askScanner'))),
);
const CALM = storm(failed('lab.askCarrier', failed('lab.askDepot', failedThrice('lab.askScanner'))));

test('retry-storm asks a silent scanner 27 times, cured 3 times: and is answered in both cases', async (t) => {
  const lab = await startLab(t);
  const tags = ['moleculer.attempt'];
  const faulty = await trace(lab, '/lab/retry-storm');
  t.is(faulty.status, 200);
  t.deepEqual(faulty.json, { place: null, attempts: 27 });
  matchTree(faulty.spans, STORM, { tags });

  const cured = await trace(lab, '/lab/retry-storm?cured=true');
  t.is(cured.status, 200);
  t.deepEqual(cured.json, { place: null, attempts: 3 });
  matchTree(cured.spans, CALM, { tags });
});

test('storms end as they did before, however many there were, and no circuit opens for others', async (t) => {
  const { send, broker } = await startLab(t);
  const opened: unknown[] = [];
  broker.localBus.on('$circuit-breaker.opened', (circuit) => opened.push(circuit));
  for (let storms = 0; storms < 20; storms++) {
    const { status, json } = await send('GET', '/lab/retry-storm');
    t.is(status, 200);
    t.is(json.attempts, 27);
  }
  const together = await Promise.all(Array.from({ length: 5 }, () => send('GET', '/lab/retry-storm')));
  t.deepEqual(
    together.map(({ json }) => json.attempts),
    [27, 27, 27, 27, 27],
  );
  t.deepEqual(opened, []);
  for (const path of ['n-plus-one', 'serial', 'pool'])
    t.is((await send('GET', `/lab/${path}`)).status, 200, path);
});

test('in production there are no such paths, no word of them, and no need for the lab', async (t) => {
  const { send } = await startGateway(t, { app: { servesLab: false } });
  t.is((await send('GET', '/lab/n-plus-one')).status, 404);
  t.false((await send('GET', '/openapi.json')).text.includes('/lab'));

  const without = await startGateway(t, { services: [], app: { servesLab: false } });
  const { json } = await without.send('GET', '/health/ready');
  t.is(json.error.message, 'Waiting for: hello, users');
});

for (const path of ['n-plus-one', 'serial', 'pool', 'retry-storm']) {
  test(`GET /lab/${path} takes no other switch, and its own for true or false alone`, async (t) => {
    const { send } = await startLab(t);
    for (const query of ['cured=1', 'cured=', 'cured=TRUE', 'cured=true&cured=true', 'cure=true']) {
      const { status, json } = await send('GET', `/lab/${path}?${query}`);
      t.is(status, 422);
      t.is(json.error.details[0].field, query.split('=')[0]);
    }
    t.is((await send('GET', `/lab/${path}?cured=false`)).status, 200);
  });
}
