/**
 * Half an hour of the whole mesh under mixed load, with a collector that is away for a tenth of it: in no process do heap,
 * sockets, timers or listeners grow, and no span is lost. SOAK_MINUTES makes it another time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { startMesh } from '../helpers/mesh.ts';
import { startNats } from '../helpers/nats.ts';
import { startProcess } from '../helpers/processes.ts';
import { sendRequest } from '../helpers/requests.ts';
import { until } from '../helpers/until.ts';
import { startMixedLoad } from './mixed-load.ts';

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 30);
const PER_SECOND = 100;
const SAMPLE_EVERY_MS = 5000;
/** What V8 happens to hold on to when it is looked at. */
const HEAP_TOLERANCE_MB = 8;

/** What a process tells of itself: metrics by their names, with labels. */
type Sample = ReadonlyMap<string, number>;

async function sample(url: string): Promise<Sample> {
  const { text } = await sendRequest(url, 'GET', '/metrics');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

const heapMb = (of: Sample): number => (of.get('nodejs_heap_size_used_bytes') ?? 0) / 1e6;
/** Sockets, timers and the like, all together. */
const resources = (of: Sample): number => of.get('nodejs_active_resources_total') ?? 0;

/** The least of a figure in each third of the time: what comes and goes is not in it, what stays is. */
function thirds(samples: readonly Sample[], figure: (of: Sample) => number): number[] {
  const length = Math.floor(samples.length / 3);
  return [0, 1, 2].map((third) =>
    Math.min(...samples.slice(third * length, (third + 1) * length).map((each) => figure(each))),
  );
}

test('half an hour of mixed load: nothing grows, no span is lost', async (t) => {
  t.timeout((MINUTES + 5) * 60_000);
  const nats = await startNats(t);
  const collectorPorts = { JAEGER_QUERY_PORT: '0', JAEGER_BINARY_PORT: '0' };
  const startCollector = (port: string) =>
    startProcess(t, ['node', 'jaeger/main.ts'], { env: { ...collectorPorts, JAEGER_COLLECTOR_PORT: port } });
  let collector = startCollector('0');
  const endpoint = (await collector.ready).urls?.collector ?? '';
  const mesh = await startMesh(t, {
    services: ['audit', 'hello', 'lab', 'users'],
    env: { NATS_URL: nats.url, METRICS_PORT: '0', JAEGER_ENDPOINT: endpoint },
  });
  const nodeUrls = await Promise.all(mesh.nodes.map(async ({ ready }) => (await ready).metricsUrl ?? ''));
  const processes = new Map([
    ['gateway', mesh.gatewayUrl],
    ...nodeUrls.map((url, n) => [['audit', 'hello', 'lab', 'users'][n] ?? '', url] as const),
  ]);
  const user = { name: 'Ada', email: 'ada@example.org', password: 'analytical engine' };
  const { headers } = await sendRequest(mesh.gatewayUrl, 'POST', '/users', user);
  await until(async () => (await sendRequest(mesh.gatewayUrl, 'GET', '/lab/n-plus-one')).status === 200);

  const load = startMixedLoad(mesh.gatewayUrl, { perSecond: PER_SECOND, userPath: headers.location ?? '' });
  const samples = new Map([...processes.keys()].map((name) => [name, [] as Sample[]]));
  const begin = performance.now();
  const passed = (): number => (performance.now() - begin) / (MINUTES * 60_000);
  let outage: 'before' | 'during' | 'behind' = 'before';
  while (passed() < 1) {
    await delay(SAMPLE_EVERY_MS);
    for (const [name, url] of processes) samples.get(name)?.push(await sample(url));
    if (outage === 'before' && passed() > 0.4) {
      outage = 'during';
      collector.child.kill('SIGTERM');
      await collector.ended;
    } else if (outage === 'during' && passed() > 0.5) {
      outage = 'behind';
      collector = startCollector(new URL(endpoint).port);
      await collector.ready;
    }
  }
  await load.stop();
  t.log(`${load.answered()} requests`);
  t.deepEqual(load.surprises.slice(0, 10), []);

  for (const [name, url] of processes) {
    const own = samples.get(name) ?? [];
    const [firstHeap = 0, , lastHeap = 0] = thirds(own, heapMb);
    const [firstResources = 0, , lastResources = 0] = thirds(own, resources);
    t.log(
      `${name}: heap in MB ${thirds(own, heapMb).map((mb) => mb.toFixed(1))}, resources ${thirds(own, resources)}`,
    );
    t.true(lastHeap < firstHeap + HEAP_TOLERANCE_MB, `${name}: heap`);
    t.true(lastResources <= firstResources + 2, `${name}: resources`);

    const state = (of: Sample, name: string) => of.get(`tracemesh_spans_total{state="${name}"}`);
    await until(async () => (await sample(url)).get('tracemesh_spans_queued') === 0, { deadlineMs: 60_000 });
    const last = await sample(url);
    t.is(state(last, 'sent'), state(last, 'finished'), `${name}: spans sent`);
    t.is(last.get('tracemesh_spans_unfinished'), 0, `${name}: spans unfinished`);
    t.true((state(last, 'sent') ?? 0) > 0, name);
    const dropped = [...last].filter(([metric]) => metric.startsWith('tracemesh_spans_dropped_total'));
    t.deepEqual(
      dropped.filter(([, count]) => count > 0),
      [],
      name,
    );
  }
  for (const process of [mesh.gateway, ...mesh.nodes])
    t.notRegex(process.output(), /MaxListenersExceededWarning/);
});
