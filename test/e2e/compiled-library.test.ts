/** The library as JavaScript, by the commands of docs/existing-system.md, in an application that knows nothing of types. */
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ROOT, startProcess } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { startThriftCollector } from '../helpers/thrift-collector.ts';

const APPLICATION = `
const { ServiceBroker } = require('moleculer');
const { createTracing } = require('./src/tracing/index.js');

const tracing = createTracing({ service: 'shop' });
const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer()] });
broker.createService({ name: 'stock', actions: { count: () => 3 } });
broker.start()
  .then(() => broker.call('stock.count'))
  .then(() => broker.stop());
`;

test('the compiled library traces a CommonJS application', async (t) => {
  const shop = temporaryFolder(t);
  const commands = [
    ...readFileSync(join(ROOT, 'docs/existing-system.md'), 'utf8').matchAll(/^\$ (.* )<shop>(\S+)$/gm),
  ].map(([, command = '', path = '']) => command + join(shop, path));
  t.is(commands.length, 2);
  for (const command of commands) execFileSync('sh', ['-c', command], { cwd: ROOT, stdio: 'pipe' });
  symlinkSync(join(ROOT, 'node_modules'), join(shop, 'node_modules'));
  writeFileSync(join(shop, 'app.js'), APPLICATION);

  const collector = await startThriftCollector(t);
  const env = { JAEGER_ENDPOINT: collector.endpoint };
  const app = startProcess(t, ['node', '--no-strip-types', 'app.js'], { cwd: shop, env });
  t.deepEqual(await app.ended, { code: 0, signal: null }, app.output());
  t.deepEqual(
    collector.spans().map(({ operationName }) => operationName),
    ['stock.count', 'stock.count'],
  );
});
