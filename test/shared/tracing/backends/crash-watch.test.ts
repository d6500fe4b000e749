/** What an application hears of spans that end with its process. */
import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import test from 'ava';
import { createTracing } from '#shared/tracing/index.ts';
import { ROOT, startProcess } from '../../../helpers/processes.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { startThriftCollector } from '../../../helpers/thrift-collector.ts';

const APPLICATION = `
const { createTracing } = await import('#shared/tracing/index.ts');
const tracing = createTracing({ service: 'shop' });
for (let n = 0; n < 3; n++) tracing.tracerFor('stock').startSpan('count').finish();
`;

const LOST = 'spans lost at exit spans=3: close the tracing before, or set TRACE_SPOOL_DIR';

for (const [does, end, code] of [
  ['ends', '', 0],
  ['exits', 'process.exit(3);', 3],
  ['dies', "throw new Error('on purpose');", 1],
] as const)
  test(`a process that ${does} without closing its tracing says how many spans it takes along`, async (t) => {
    const { endpoint } = await startThriftCollector(t);
    const app = startProcess(t, ['node', '--input-type=module', '--eval', APPLICATION + end], {
      env: { JAEGER_ENDPOINT: endpoint },
    });
    t.like(await app.ended, { code });
    t.deepEqual(app.output().match(/.*spans.*/g), [LOST]);
    t.is(app.output() === `${LOST}\n`, does !== 'dies');
  });

test('a process that exits says of all that it has lost how much that is', async (t) => {
  const { endpoint } = await startThriftCollector(t, { refuse: Number.POSITIVE_INFINITY });
  const end = `
    for (let refused = 3; refused < 9; refused++) {
      while (tracing.stats().dropped.rejected < refused) await new Promise((resolve) => setTimeout(resolve, 5));
      tracing.tracerFor('stock').startSpan('count').finish();
    }
    while (tracing.stats().dropped.rejected < 9) await new Promise((resolve) => setTimeout(resolve, 5));
    process.exit();
  `;
  const app = startProcess(t, ['node', '--input-type=module', '--eval', APPLICATION + end], {
    env: { JAEGER_ENDPOINT: endpoint, JAEGER_REPORTER_FLUSH_INTERVAL: '1' },
  });
  t.like(await app.ended, { code: 0 });
  const lines = app.output().match(/.*spans.*/g);
  const detail = `detail=${new URL(endpoint).host}/api/traces: answered 400`;
  t.deepEqual(lines, [
    `spans dropped reason=rejected spans=3 ${detail}`,
    `spans dropped reason=rejected spans=6 ${detail}`,
  ]);
});

test('with a spool that takes nothing, a process that exits says how many spans it takes along', async (t) => {
  const { endpoint } = await startThriftCollector(t);
  const end = "tracing.tracerFor('orders').startSpan('order').finish(); process.exit();";
  const app = startProcess(t, ['node', '--input-type=module', '--eval', APPLICATION + end], {
    env: { JAEGER_ENDPOINT: endpoint, TRACE_SPOOL_DIR: import.meta.filename },
  });
  t.like(await app.ended, { code: 0 });
  t.deepEqual(app.output().match(/.*spans.*/g), ['spans dropped reason=spool_failed spans=4']);
});

const ENDS_LATE = `
const { createTracing } = await import('#shared/tracing/index.ts');
const tracer = createTracing({ service: 'shop' }).tracerFor('stock');
const late = tracer.startSpan('late');
`;
const ON_EXIT = "process.on('exit', () => late.finish());";

test('a span that ends as the process exits is one that is lost, and said to be', async (t) => {
  const { endpoint } = await startThriftCollector(t);
  for (const [before, spans] of [
    ['', [1]],
    ["tracer.startSpan('a').finish(); tracer.startSpan('b').finish();", [2, 1]],
  ] as const) {
    const app = startProcess(t, ['node', '--input-type=module', '--eval', ENDS_LATE + before + ON_EXIT], {
      env: { JAEGER_ENDPOINT: endpoint },
    });
    t.like(await app.ended, { code: 0 });
    const lost = [...app.output().matchAll(/spans lost at exit spans=(\d+)/g)].map(([, n]) => Number(n));
    t.deepEqual(lost, spans);
  }
});

test('a logger that makes spans does not make an exit endless', async (t) => {
  const { endpoint } = await startThriftCollector(t);
  const program = `
    const { createTracing } = await import('#shared/tracing/index.ts');
    const warn = (line) => {
      console.log(line);
      tracing.tracerFor('log').startSpan('line').finish();
    };
    const tracing = createTracing({ service: 'shop', logger: { debug() {}, info() {}, warn } });
    const late = tracing.tracerFor('stock').startSpan('late');
    ${ON_EXIT}
  `;
  const app = startProcess(t, ['node', '--input-type=module', '--eval', program], {
    env: { JAEGER_ENDPOINT: endpoint },
  });
  t.like(await app.ended, { code: 0 });
  t.is(app.output().match(/spans lost at exit/g)?.length, 1);
});

test('with a spool, a span that ends as the process exits is kept', async (t) => {
  const { endpoint } = await startThriftCollector(t);
  const spoolDir = temporaryFolder(t);
  const before = "tracer.startSpan('a').finish();";
  for (const program of [ENDS_LATE + ON_EXIT, ENDS_LATE + before + ON_EXIT]) {
    const app = startProcess(t, ['node', '--input-type=module', '--eval', program], {
      env: { JAEGER_ENDPOINT: endpoint, TRACE_SPOOL_DIR: spoolDir },
    });
    t.like(await app.ended, { code: 0 });
    t.is(app.output(), '');
  }
  t.is(readdirSync(spoolDir).length, 3);
});

test('the folder of the spool is that of the start, wherever the process goes', async (t) => {
  const { endpoint } = await startThriftCollector(t);
  const spoolDir = temporaryFolder(t);
  const end = `process.chdir(${JSON.stringify(temporaryFolder(t))}); process.exit();`;
  const app = startProcess(t, ['node', '--input-type=module', '--eval', APPLICATION + end], {
    env: { JAEGER_ENDPOINT: endpoint, TRACE_SPOOL_DIR: relative(ROOT, spoolDir) },
  });
  t.like(await app.ended, { code: 0 });
  t.is(app.output(), '');
  t.is(readdirSync(spoolDir).length, 1);
});

test('an end is watched for only while there is something to save, and by one pair of listeners', async (t) => {
  const listeners = () => process.listenerCount('uncaughtExceptionMonitor') + process.listenerCount('exit');
  const before = listeners();
  const logger = { debug() {}, info() {}, warn() {} };
  const tracings = Array.from({ length: 20 }, () =>
    createTracing({ service: 'shop', endpoint: 'http://127.0.0.1:1/', env: {}, logger }),
  );
  const tracers = tracings.map((tracing) => tracing.tracerFor('stock'));
  t.is(listeners(), before);
  for (const tracer of tracers) tracer.startSpan('count').finish();
  t.is(listeners(), before + 2, 'the same for all: Node warns of more than ten');
  await Promise.all(tracings.map((tracing) => tracing.close({ deadlineMs: 100 })));
  t.is(listeners(), before);
});

test('a process that has sent its spans says nothing of it', async (t) => {
  const { endpoint, spans } = await startThriftCollector(t);
  const end = 'await tracing.close();';
  const app = startProcess(t, ['node', '--input-type=module', '--eval', APPLICATION + end], {
    env: { JAEGER_ENDPOINT: endpoint },
  });
  t.like(await app.ended, { code: 0 });
  t.is(app.output(), '');
  t.is(spans().length, 3);
});

test('an exception that the application handles loses nothing, and is no reason to say so', async (t) => {
  const { endpoint, spans } = await startThriftCollector(t);
  const end = `
    process.on('uncaughtException', () => {});
    setImmediate(() => { throw new Error('on purpose'); });
    setTimeout(() => tracing.close(), 10);
  `;
  const app = startProcess(t, ['node', '--input-type=module', '--eval', APPLICATION + end], {
    env: { JAEGER_ENDPOINT: endpoint },
  });
  t.like(await app.ended, { code: 0 });
  t.is(app.output(), '');
  t.is(spans().length, 3);
});
