/** The mesh as in production: a NATS server, each service in processes of its own, `hello` twice. */
import { findServices } from '../../dev/services.ts';
import { type Collector, startCollector } from '../helpers/collector.ts';
import { createFileOwner } from '../helpers/file-owner.ts';
import { startMesh as startProcesses } from '../helpers/mesh.ts';
import { natsTest, startNats } from '../helpers/nats.ts';
import { ROOT, type TestProcess } from '../helpers/processes.ts';
import { picture, readTrace, tagsOf, USER_TEST } from '../helpers/traces.ts';

const owner = createFileOwner();

let mesh: Promise<{ gatewayUrl: string; collector: Collector; hellos: TestProcess[] }> | undefined;

/** Starts the mesh for the first test that asks, as a machine without a NATS server has none. */
function startMesh() {
  mesh ??= start();
  return mesh;
}

async function start() {
  const [collector, nats] = await Promise.all([startCollector(owner), startNats(owner)]);
  const services = [...findServices(ROOT).map(({ name }) => name), 'hello'];
  const { gatewayUrl, nodes } = await startProcesses(owner, {
    services,
    env: { NATS_URL: nats.url, JAEGER_ENDPOINT: collector.endpoint },
  });
  return { gatewayUrl, collector, hellos: nodes.filter((_, at) => services[at] === 'hello') };
}

natsTest('200 requests at once are 200 whole and separate traces', async (t) => {
  const { gatewayUrl, collector } = await startMesh();
  const answers = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const response = await fetch(`${gatewayUrl}/user/test`);
      await response.text();
      return { status: response.status, traceId: response.headers.get('x-trace-id') ?? '' };
    }),
  );
  t.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  t.is(new Set(answers.map(({ traceId }) => traceId)).size, 200);
  const pictures = await Promise.all(
    answers.map(async ({ traceId }) =>
      picture(await readTrace(collector.queryUrl, traceId, { spans: USER_TEST.spans })),
    ),
  );
  t.deepEqual(new Set(pictures), new Set([USER_TEST.picture]));
});

natsTest('two nodes of a service take turns', async (t) => {
  const { gatewayUrl, collector, hellos } = await startMesh();
  const nodes = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const { headers } = await fetch(`${gatewayUrl}/user/test`);
      const tree = await readTrace(collector.queryUrl, headers.get('x-trace-id') ?? '', {
        spans: USER_TEST.spans,
      });
      return tagsOf(tree, 'hello.greet', 'server')['moleculer.node'];
    }),
  );
  const pids = new Set(nodes.map((node) => Number(/^hello-(\d+)@/.exec(String(node))?.[1])));
  t.deepEqual([...pids].sort(), hellos.map(({ pid }) => pid).sort());
});
