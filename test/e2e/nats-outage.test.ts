/** NATS goes, and comes back: every process says so, and nobody has to start anything again. */
import { missing, startMesh } from '../helpers/mesh.ts';
import { natsTest, startNats } from '../helpers/nats.ts';
import { sendRequest } from '../helpers/requests.ts';
import { until } from '../helpers/until.ts';

const WARN = 40;

natsTest(
  'without NATS nobody is ready, each says so as a warning, and all goes on when it is back',
  async (t) => {
    const nats = await startNats(t);
    const { gatewayUrl, gateway, nodes } = await startMesh(t, {
      services: ['users'],
      env: { NATS_URL: nats.url, METRICS_PORT: '0' },
    });
    const nodeUrls = await Promise.all(nodes.map(async ({ ready }) => (await ready).metricsUrl ?? ''));
    const health = () => Promise.all(nodeUrls.map((url) => sendRequest(url, 'GET', '/health/ready')));
    const statuses = async () => (await health()).map(({ status }) => status);
    t.deepEqual(await statuses(), [200]);

    await nats.close();
    await until(async () => (await missing(gatewayUrl)).includes('transporter'));
    await until(async () => (await statuses()).every((status) => status === 503));
    for (const { json } of await health())
      t.deepEqual(json, { status: 'not ready', missing: ['transporter'] });
    t.is((await sendRequest(gatewayUrl, 'GET', '/health/live')).status, 200);

    await startNats(t, '--port', String(nats.port));
    await until(async () => !(await missing(gatewayUrl)).includes('transporter'));
    await until(async () => (await statuses()).every((status) => status === 200));
    t.is((await sendRequest(gatewayUrl, 'GET', '/users')).status, 200);

    for (const process of [gateway, ...nodes]) {
      const lines = process.output().trim().split('\n');
      const said = lines.map((line) => JSON.parse(line)).filter(({ level }) => level >= WARN);
      const server = `NATS at 127.0.0.1:${nats.port}`;
      t.deepEqual(
        said.map(({ level, msg }) => [level, msg]),
        [
          [WARN, `lost the connection to ${server}, trying to get it back`],
          [WARN, `has the connection to ${server} again`],
        ],
      );
    }
  },
);
