/** The mesh as in production: a NATS server, each service in processes of its own, `hello` twice. */
import { randomBytes } from 'node:crypto';
import { findServices } from '../../dev/services.ts';
import { startCollector } from '../helpers/collector.ts';
import { createFileOwner } from '../helpers/file-owner.ts';
import { startMesh as startProcesses } from '../helpers/mesh.ts';
import { natsTest, startNats, tapNats } from '../helpers/nats.ts';
import { ROOT } from '../helpers/processes.ts';
import { sendRequest } from '../helpers/requests.ts';
import { findSecrets } from '../helpers/secret-search.ts';
import { picture, readTrace, tagsOf, USER_TEST } from '../helpers/traces.ts';

const owner = createFileOwner();

let mesh: ReturnType<typeof start> | undefined;

/** Starts the mesh for the first test that asks, as a machine without a NATS server has none. */
function startMesh() {
  mesh ??= start();
  return mesh;
}

async function start() {
  const [collector, nats] = await Promise.all([startCollector(owner), startNats(owner)]);
  const services = [...findServices(ROOT).map(({ name }) => name), 'hello'];
  const { gatewayUrl, nodes, env } = await startProcesses(owner, {
    services,
    env: { NATS_URL: nats.url, JAEGER_ENDPOINT: collector.endpoint },
  });
  return { gatewayUrl, collector, env, hellos: nodes.filter((_, at) => services[at] === 'hello') };
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

natsTest('a stream of a thousand pieces crosses the mesh, in one trace', async (t) => {
  const { gatewayUrl, collector } = await startMesh();
  const { text, headers } = await sendRequest(gatewayUrl, 'GET', '/hello/Ada/stream?count=1000');
  t.is(text, '{"greeting":"Hello, Ada!"}\n'.repeat(1000));
  const tree = await readTrace(collector.queryUrl, String(headers['x-trace-id']), { spans: 3 });
  t.is(
    picture(tree),
    `\
gateway GET /hello/:name/stream (server)
  gateway hello.stream (client)
    hello hello.stream (server)`,
  );
});

/** A message between nodes, as far as it is read here. */
interface Packet {
  action?: string;
  event?: string;
  timeout?: number;
  meta: { $trace: string };
}

natsTest(
  'the user and what is left of the time go from hop to hop; a password to users alone, a token nowhere',
  async (t) => {
    const { gatewayUrl, env } = await startMesh();
    const credentials = { email: 'wire@example.org', password: randomBytes(12).toString('hex') };
    const { messages, catchUp } = await tapNats(t, env['NATS_URL'] ?? '');
    const { json: user } = await sendRequest(gatewayUrl, 'POST', '/users', { name: 'Ada', ...credentials });
    const { json: login } = await sendRequest(gatewayUrl, 'POST', '/users/login', credentials);
    const authorization = `Bearer ${login.token}`;
    const { headers } = await sendRequest(gatewayUrl, 'GET', '/user/test', undefined, { authorization });
    await catchUp();

    const traceId = String(headers['x-trace-id']);
    const packets = messages
      .filter((text) => text.includes(traceId))
      .map((text) => JSON.parse(text) as Packet);
    packets.sort((a, b) => (a.action ?? 'event').localeCompare(b.action ?? 'event'));
    t.deepEqual(
      packets.map(({ action, event }) => action ?? event),
      ['user.tested', 'user.tested', 'hello.greet', 'users.test'],
      'the event goes to two services',
    );
    for (const { meta } of packets) {
      t.deepEqual(meta, { userId: user.id, $trace: meta.$trace } as Packet['meta']);
      t.true(meta.$trace.startsWith(traceId));
    }
    const [, , { timeout: second = 0 } = {}, { timeout: first = 0 } = {}] = packets;
    t.true(0 < second && second < first && first <= 5000, `${first} ms, then ${second} ms`);

    const withPassword = messages
      .filter((text) => text.includes(credentials.password))
      .map((text) => JSON.parse(text) as Packet);
    t.deepEqual(
      withPassword.map(({ action }) => action),
      ['users.create', 'users.auth'],
    );
    // Routes that hash have more time than any call has by itself.
    for (const { timeout = 0 } of withPassword)
      t.true(10_000 < timeout && timeout <= 15_000, `${timeout} ms`);
    const signature = login.token.slice(login.token.lastIndexOf('.') + 1);
    t.deepEqual(findSecrets({ signature }, { wire: messages.join('\n') }), []);
  },
);
