import { execFile } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import type { TracingOptions } from '#shared/tracing/index.ts';
import { ROOT, startProcess } from '../../helpers/processes.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { startThriftCollector } from '../../helpers/thrift-collector.ts';

/** Runs to its own end: what kept the process alive would end it by force. */
async function load(options: TracingOptions, spans: number) {
  const child = join(import.meta.dirname, 'loading-child.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [child, JSON.stringify(options), String(spans)],
    { timeout: 20_000 },
  );
  return JSON.parse(stdout) as { packages: string[]; before: string[]; opened: string[] };
}

const NOWHERE = { endpoint: 'http://127.0.0.1:1/api/traces' };

for (const type of ['const', 'probabilistic', 'ratelimiting', 'remote'] as const) {
  test(`the default tracer with a ${type} sampler loads no Thrift of jaeger-client, and keeps no process alive`, async (t) => {
    const { packages } = await load({ ...NOWHERE, sampler: { type, param: 1, hostPort: '127.0.0.1:1' } }, 3);
    t.true(packages.includes('jaeger-client'));
    t.deepEqual(
      packages.filter((name) => /thriftrw|bufrw|koa|moleculer/.test(name)),
      [],
    );
  });
}

for (const backend of ['jaeger', 'jaeger-client', 'memory', 'none'] as const) {
  test(`${backend}: nothing is open before the first span, and nothing keeps the process alive after it`, async (t) => {
    const { before, opened } = await load({ ...NOWHERE, backend }, 3);
    t.deepEqual(opened, before);
  });
}

const DELIVERS_A_SPAN = `
const { createTracing } = await import('#shared/tracing/index.ts');
const tracing = createTracing({ service: 'shop' });
tracing.koa();
tracing.moleculer();
tracing.tracerFor('stock').startSpan('count').finish();
await tracing.close({ deadlineMs: 5000 });
console.log(process.moduleLoadList.filter((module) => module.includes('undici')).join() || 'no undici');
`;

test('a process that delivers spans has no use for what is behind fetch, and does not load it', async (t) => {
  const collector = await startThriftCollector(t);
  const env = { JAEGER_ENDPOINT: collector.endpoint };
  const app = startProcess(t, ['node', '--input-type=module', '--eval', DELIVERS_A_SPAN], { env });
  t.deepEqual(await app.ended, { code: 0, signal: null }, app.output());
  t.is(app.output(), 'no undici\n');
  t.is(collector.spans().length, 1);
});

/** What makes CommonJS of modules, as tsx and Jest do, finds in `opentracing` what it exports by name, and no default. */
const NAMED = `
const { registerHooks } = require('node:module');
const url = require('node:url').pathToFileURL(require.resolve('opentracing')).href;
const named = 'data:text/javascript,' + encodeURIComponent('export * from ' + JSON.stringify(url));
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'opentracing' && context.parentURL.includes('/shared/tracing/')
      ? { url: named, shortCircuit: true }
      : next(specifier, context),
});
`;

test('the library asks for no default export of a package that has none', async (t) => {
  const collector = await startThriftCollector(t);
  const app = startProcess(t, ['node', '--eval', `${NAMED} (async () => {${DELIVERS_A_SPAN}})()`], {
    env: { JAEGER_ENDPOINT: collector.endpoint },
  });
  t.deepEqual(await app.ended, { code: 0, signal: null }, app.output());
  t.is(collector.spans().length, 1);
});

for (const type of ['commonjs', 'module'])
  test(`a copy of the folder can be taken into a package of type ${type}`, async (t) => {
    const folder = temporaryFolder(t);
    cpSync(join(ROOT, 'shared/tracing'), join(folder, 'tracing'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', type }));
    const load =
      type === 'module'
        ? "import { createTracing } from './tracing/index.ts';"
        : "const { createTracing } = require('./tracing/index.ts');";
    const use = "const { koa, moleculer } = createTracing({ backend: 'memory' });";
    writeFileSync(join(folder, 'main.js'), `${load} ${use} console.log(typeof koa(), moleculer().name);`);
    const { stdout } = await promisify(execFile)(process.execPath, ['main.js'], { cwd: folder });
    t.is(stdout, 'function Tracemesh\n');
  });
