/** Beside Moleculer's own: its tracing, its promises, its unhandled rejections. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { type BrokerOptions, ServiceBroker } from 'moleculer';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../../..');

for (const tracing of [true, null, { enabled: true }, { enabled: true, exporter: [] }])
  test(`a broker does not start with tracing: ${JSON.stringify(tracing)}, and says which line to remove`, async (t) => {
    const middlewares = [createMemoryTracing().moleculer()];
    const broker = new ServiceBroker({ logger: false, middlewares, tracing } as BrokerOptions);
    const error = await t.throwsAsync(() => broker.start(), { code: 'MOLECULER_TRACING_ENABLED' });
    t.regex(error?.message ?? '', /remove `tracing` from the broker options/);
  });

for (const tracing of [false, undefined, { enabled: false }, { exporter: 'Jaeger' }])
  test(`a broker starts with tracing: ${JSON.stringify(tracing)}, which is off`, async (t) => {
    const middlewares = [createMemoryTracing().moleculer()];
    const broker = new ServiceBroker({ logger: false, middlewares, tracing } as BrokerOptions);
    await t.notThrowsAsync(() => broker.start());
    await broker.stop();
  });

test('nor does the runner, which then ends with a code that is not 0', async (t) => {
  const folder = temporaryFolder(t);
  const library = JSON.stringify(join(root, 'shared/tracing/index.ts'));
  writeFileSync(
    join(folder, 'moleculer.config.mjs'),
    `import { createTracing } from ${library};
     export default {
       tracing: { enabled: true, exporter: [] },
       middlewares: [createTracing({ service: 'runner', backend: 'memory' }).moleculer()],
     };`,
  );
  const runner = join(root, 'node_modules/moleculer/bin/moleculer-runner.mjs');
  const args = [runner, '--config', join(folder, 'moleculer.config.mjs'), '--silent'];
  const { code, stderr, stdout } = await run(process.execPath, args, { cwd: folder, timeout: 30_000 }).catch(
    (error) => error,
  );
  t.is(code, 1);
  t.regex(`${stdout}${stderr}`, /remove `tracing` from the broker options/);
});

/** How often a process hears of unhandled rejections; written down as a script since a test runner listens too. */
const unhandled = (traced: boolean) => `
  import { ServiceBroker } from ${JSON.stringify(join(root, 'node_modules/moleculer/index.js'))};
  import { createTracing } from ${JSON.stringify(join(root, 'shared/tracing/index.ts'))};
  const heard = [];
  process.on('unhandledRejection', (error) => heard.push(error.message));
  const middlewares = ${traced} ? [createTracing({ service: 'test', backend: 'memory' }).moleculer()] : [];
  const broker = new ServiceBroker({ nodeID: 'test', logger: false, middlewares, skipProcessEventRegistration: true });
  broker.createService({
    name: 'shop',
    actions: {
      breaks: () => Promise.reject(new Error('broken')),
      late: () => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 60)),
      forgets(ctx) { ctx.call('shop.breaks'); return 'forgotten'; },
      many: (ctx) => ctx.mcall([{ action: 'shop.breaks' }, { action: 'shop.breaks' }]),
    },
    events: { fire() { throw new Error('fire'); } },
  });
  await broker.start();
  await broker.call('shop.forgets');
  broker.call('shop.breaks');
  broker.call('nobody.knows');
  broker.call('shop.late', {}, { timeout: 10 });
  await broker.call('shop.breaks').catch(() => {});
  await broker.call('shop.many').catch(() => {});
  await broker.emit('fire');
  setTimeout(async () => { await broker.stop(); console.log(JSON.stringify(heard.sort())); }, 150);
`;

test('rejections that nobody handles stay so, and no others come', async (t) => {
  const heard = async (traced: boolean): Promise<string> => {
    const args = ['--input-type=module', '--eval', unhandled(traced)];
    return (await run(process.execPath, args, { cwd: root, timeout: 30_000 })).stdout;
  };
  const [untraced, traced] = await Promise.all([heard(false), heard(true)]);
  t.is(JSON.parse(untraced).length, 4);
  t.is(traced, untraced);
});
