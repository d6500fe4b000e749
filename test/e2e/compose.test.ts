/** The containers of docker-compose.yml as plain processes: their commands, their variables, and only what the image holds. */
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { startCollector } from '../helpers/collector.ts';
import { type Container, readComposeFile, readLines } from '../helpers/compose.ts';
import { natsTest, startNats } from '../helpers/nats.ts';
import { ROOT, startProcess } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { picture, readTrace, USER_TEST } from '../helpers/traces.ts';
import { until } from '../helpers/until.ts';

/** A folder with the files of the image. */
function makeImage(t: ExecutionContext): string {
  const root = join(temporaryFolder(t), 'app');
  for (const line of readLines('.dockerignore').slice(1)) {
    if (line.startsWith('!'))
      cpSync(join(ROOT, line.slice(1)), join(root, line.slice(1)), { recursive: true });
    else rmSync(join(root, line), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  mkdirSync(join(root, 'data'));
  return root;
}

natsTest('the commands of the containers form a mesh that answers', async (t) => {
  const [nats, collector] = await Promise.all([startNats(t), startCollector(t)]);
  const app = makeImage(t);
  // What Docker's network does: names become addresses, and ports do not meet.
  const here: Record<string, string> = {
    NATS_URL: nats.url,
    JAEGER_ENDPOINT: collector.endpoint,
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_PORT: '0',
    JWT_SECRET: 'x'.repeat(32),
    AVATARS_HOST: '127.0.0.1',
    AVATARS_PORT: '0',
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: '0',
    USERS_DB: join(app, 'data/users.sqlite'),
  };
  const run = ({ command = '', environment = {} }: Container) => {
    const env = Object.entries(environment).map(([name, value]) => [name, here[name] ?? String(value ?? '')]);
    return startProcess(t, command.split(' '), {
      cwd: app,
      env: { NODE_ENV: 'production', ...Object.fromEntries(env) },
    });
  };
  const containers = Object.entries(readComposeFile().services).filter(
    ([, { build }]) => build !== undefined,
  );
  const nodes = containers.map(([name, container]) => ({ name, container, node: run(container) }));
  const words = await Promise.all(nodes.map(({ node }) => node.ready));
  const url = words.find(({ name }) => name === 'gateway')?.url ?? '';
  await until(async () => (await fetch(`${url}/health/ready`)).ok);
  /** Runs the health check of each container, and answers how it ended; with the addresses that there are here. */
  const checkHealth = () =>
    Promise.all(
      nodes.map(async ({ name, container }, at) => {
        const [, ...command] = container.healthcheck?.test ?? [];
        const address = words[at]?.metricsUrl ?? words[at]?.url ?? '';
        const here = command.map((part) => part.replace(/http:\/\/127\.0\.0\.1:\d+/, address));
        return [name, (await startProcess(t, here, { cwd: app }).ended).code];
      }),
    );
  const names = nodes.map(({ name }) => name);
  t.deepEqual(
    await checkHealth(),
    names.map((name) => [name, 0]),
  );

  const { status, headers } = await fetch(`${url}/user/test`);
  t.is(status, 200);
  const tree = await readTrace(collector.queryUrl, headers.get('x-trace-id') ?? '', {
    spans: USER_TEST.spans,
  });
  t.is(picture(tree), USER_TEST.picture);
  t.is((await fetch(`${url}/lab/n-plus-one`)).status, 404);

  await nats.close();
  await until(async () => !(await fetch(`${url}/health/ready`)).ok);
  t.deepEqual(
    await checkHealth(),
    names.map((name) => [name, name === 'avatars' ? 0 : 1]),
    'avatars is not in the mesh',
  );

  for (const { node } of nodes) node.child.kill('SIGTERM');
  const ends = await Promise.all(nodes.map(({ node }) => node.ended));
  t.deepEqual(new Set(ends.map(({ code }) => code)), new Set([0]));
});
